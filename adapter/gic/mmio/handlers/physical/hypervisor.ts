import { hypervisorOf, type Hypervisor } from '../../../physical/hypervisor.ts';
import type { PhysicalPolicy } from '../../../physical/policy.ts';
import type { ReadHandler, RowHandlers } from '../../../registers/row.ts';
import type { GicState } from '../../../state/state.ts';
import { gicvNames, type GicvName } from '../../../virtual/gicv-frame.ts';
import { readAsZero, writeIgnored } from '../common.ts';

/*
 * GICv2's hypervisor interface and virtual CPU interface, IHI 0048 chapter 5. Accesses narrower than a word reach a
 * register at its first byte alone.
 */

type GichRegister = 'HCR' | 'VTR' | 'VMCR' | 'MISR' | 'EISR' | 'ELRSR' | 'APR' | 'LR';

const LIST_REGISTERS_A_WORD = 32;

/** Rows of the hypervisor interface by name, without prefix. */
export function gichRows(policy: PhysicalPolicy): Readonly<Record<GichRegister, RowHandlers>> {
  const of = (state: GicState): Hypervisor => hypervisorOf(state, policy);
  const readOnly = (read: ReadHandler): RowHandlers => ({ read: atStart(read), write: writeIgnored });
  const word = (
    read: (hypervisor: Hypervisor, cpu: number, nth: number) => number,
    write: (hypervisor: Hypervisor, cpu: number, value: number, nth: number) => void,
  ): RowHandlers => ({
    read: atStart((state, cpu, offset) => read(of(state), cpu, offset >> 2)),
    write({ state }, cpu, offset, _length, value) {
      if ((offset & 3) === 0) write(of(state), cpu, value, offset >> 2);
    },
  });
  const { listRegisterAtAnyByte } = policy.virtual.v2;
  const isThere = (state: GicState, offset: number): boolean =>
    offset >> 2 < state.config.lrs && (listRegisterAtAnyByte || (offset & 3) === 0);
  return {
    HCR: word(
      (hypervisor, cpu) => hypervisor.hcr(cpu),
      (hypervisor, cpu, value) => hypervisor.setHcr(cpu, value),
    ),
    VTR: readOnly((state) => of(state).vtr()),
    VMCR: word(
      (hypervisor, cpu) => hypervisor.vmcr(cpu),
      (hypervisor, cpu, value) => hypervisor.setVmcr(cpu, value),
    ),
    MISR: readOnly((state, cpu) => of(state).misr(cpu)),
    EISR: readOnly((state, cpu, offset) => of(state).virtual.ended(cpu, (offset >> 2) * LIST_REGISTERS_A_WORD)),
    ELRSR: readOnly((state, cpu, offset) => of(state).virtual.empty(cpu, (offset >> 2) * LIST_REGISTERS_A_WORD)),
    APR: word(
      (hypervisor, cpu) => hypervisor.activePriorities(cpu, 0),
      (hypervisor, cpu, value) => hypervisor.setActivePriorities(cpu, 0, value),
    ),
    LR: {
      read: (state, cpu, offset, length) =>
        isThere(state, offset) ? of(state).listRegister(cpu, offset >> 2) : readAsZero(state, cpu, offset, length),
      write({ state }, cpu, offset, _length, value) {
        if (isThere(state, offset)) of(state).setListRegister(cpu, offset >> 2, value & LR_BITS, 0);
      },
    },
  };
}

/** GICH_LRn: what is not reserved. */
const LR_BITS = 0xff8f_ffff | 0;

/** Rows of the virtual CPU interface by name, without prefix. */
export function gicvRows(policy: PhysicalPolicy): Readonly<Record<string, RowHandlers>> {
  return Object.fromEntries(gicvNames.map((name) => [name, gicvRow(policy, name)]));
}

function gicvRow(policy: PhysicalPolicy, name: GicvName): RowHandlers {
  const of = (state: GicState): Hypervisor => hypervisorOf(state, policy);
  // An array of one that counts: GICV_APR0.
  const isThere = (offset: number): boolean => offset === 0;
  const read: ReadHandler = (state, cpu, offset) => {
    const register = of(state).gicv[name];
    return isThere(offset) ? ((register.peek ?? register.read)?.(cpu) ?? 0) : 0;
  };
  return {
    read,
    ...(name === 'IAR' || name === 'AIAR'
      ? {
          take(state, cpu, offset) {
            const hypervisor = of(state);
            if (!isThere(offset)) return 0;
            const value = hypervisor.gicv[name].read?.(cpu) ?? 0;
            hypervisor.settle(cpu);
            return value;
          },
        }
      : {}),
    write({ state }, cpu, offset, _length, value) {
      const hypervisor = of(state);
      if (!isThere(offset)) return;
      hypervisor.gicv[name].write?.(cpu, value);
      hypervisor.settle(cpu);
    },
  };
}

function atStart(read: ReadHandler): ReadHandler {
  return (state, cpu, offset, length) =>
    (offset & 3) === 0 ? read(state, cpu, offset, length) : readAsZero(state, cpu, offset, length);
}
