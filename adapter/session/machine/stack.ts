import type { SimulatedGuest } from '../../guest/simulated/simulated-guest.ts';
import { exceptionFrames } from '../../symbols/exception-frames.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import { unwind, type CodeKnowledge, type StackFrame } from '../../symbols/unwind.ts';
import * as L from '../../guest/simulated/core/layout.ts';

const NOTHING_KNOWN: CodeKnowledge = { functionAt: () => null, frameRulesAt: () => null };
const FP = 29;
const LR = 30;

/** The stack of a vCPU, innermost frame first, through the exceptions it is handling. */
export function stackOf(guest: SimulatedGuest, vcpu: number, symbols: SymbolQueries | null): readonly StackFrame[] {
  const { core } = guest.machine;
  const read = memoryReader(guest, vcpu);
  const code = symbols ?? NOTHING_KNOWN;
  const cpu = {
    pc: core.pc(vcpu),
    sp: core.sp(vcpu),
    x: (n: number) => core.x(vcpu, n),
    fp: core.x(vcpu, FP),
    lr: core.x(vcpu, LR),
  };
  const interruptedFrame = exceptionFrames(
    {
      vectorBase: core.word(vcpu, L.VBAR),
      elr: core.word(vcpu, L.ELR),
      spsr: core.word(vcpu, L.SPSR),
      spEl0: core.spOf(vcpu, 0),
    },
    read,
    code,
  );
  return unwind(cpu, read, code, { interruptedFrame });
}

/** Words of a vCPU's memory. */
function memoryReader(guest: SimulatedGuest, vcpu: number): (address: bigint) => bigint | null {
  return (address) => {
    const bytes = guest.machine.readVirtual(vcpu, address, 8);
    if (bytes.length < 8) return null;
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  };
}
