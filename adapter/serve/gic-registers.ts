import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import type { StubRegister } from '../rsp/stub/target.ts';
import { register } from './registers.ts';

export const GIC_FEATURE = 'org.gicinspector.gic';

/**
 * The GIC CPU interface, as far as looking changes nothing: an acknowledge register never is read by a debugger.
 * Writing goes by `monitor gic write`, which knows what a write would do.
 */
export function gicRegisters(guest: SimulatedGuest): readonly StubRegister[] {
  return guest.machine.config.gic === 'v3' ? systemInterface(guest) : memoryInterface(guest);
}

/** GICv3: system registers. */
function systemInterface({ machine: { gic } }: SimulatedGuest): StubRegister[] {
  return [...gic.systemRegisters()].flatMap(({ name, peek }) =>
    peek === null || name.startsWith('ICC_IAR')
      ? []
      : [register(name, GIC_FEATURE, 64, 'uint64', (vcpu) => BigInt(peek(vcpu) >>> 0), null, 'gic')],
  );
}

/** GICv2: the frame of the CPU interface, as user space sees it. */
function memoryInterface(guest: SimulatedGuest): StubRegister[] {
  const { registers } = guest;
  const frame = registers.devices.find(({ regions }) => regions.frame.kind === 'GICC');
  if (!frame) return [];
  return registers
    .registersOf(frame)
    .filter(({ implemented, row }) => implemented && row.access !== 'wo' && row.readEffect === undefined)
    .map((placed) =>
      register(
        placed.name,
        GIC_FEATURE,
        64,
        'uint64',
        (vcpu) => {
          guest.refresh();
          return registers.value(placed, vcpu);
        },
        null,
        'gic',
      ),
    );
}
