import type { Cpus } from '../../guest/machine-guest.ts';
import { exceptionFrames } from '../../symbols/exception-frames.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import { unwind, type CodeKnowledge, type StackFrame } from '../../symbols/unwind.ts';

const NOTHING_KNOWN: CodeKnowledge = { functionAt: () => null, frameRulesAt: () => null };
const FP = 29;
const LR = 30;

/** The stack of a vCPU, innermost frame first, through the exceptions it is handling. */
export function stackOf(cpus: Cpus, vcpu: number, symbols: SymbolQueries | null): readonly StackFrame[] {
  const read = memoryReader(cpus, vcpu);
  const code = symbols ?? NOTHING_KNOWN;
  const cpu = {
    pc: cpus.pc(vcpu),
    sp: cpus.sp(vcpu),
    x: (n: number) => cpus.x(vcpu, n),
    fp: cpus.x(vcpu, FP),
    lr: cpus.x(vcpu, LR),
  };
  const interruptedFrame = exceptionFrames(
    {
      // Without a vector base nothing is taken for an exception's frame.
      vectorBase: cpus.exceptionRegister(vcpu, 'VBAR_EL1') ?? 0n,
      elr: cpus.exceptionRegister(vcpu, 'ELR_EL1') ?? 0n,
      spsr: cpus.exceptionRegister(vcpu, 'SPSR_EL1') ?? 0n,
      spEl0: cpus.exceptionRegister(vcpu, 'SP_EL0') ?? 0n,
    },
    read,
    code,
  );
  return unwind(cpu, read, code, { interruptedFrame });
}

/** Words of a vCPU's memory. */
function memoryReader(cpus: Cpus, vcpu: number): (address: bigint) => bigint | null {
  return (address) => {
    const bytes = cpus.readMemory(vcpu, address, 8);
    if (bytes.length < 8) return null;
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  };
}
