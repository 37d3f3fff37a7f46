import type { MemoryAccess } from './a64/decode.ts';
import { decodeAccess } from './a64/decode.ts';
import type { FrameMappings } from './frame-mapping.ts';
import { elementsIn } from './observed-access.ts';
import type { PendingAccess } from './seen-accesses.ts';
import type { TargetCpus } from './target-cpus.ts';

/** MRS and MSR of a register: 1101 0101 00L1 …, op0 3. */
const SYSTEM_REGISTER = 0xd518_0000;
const SYSTEM_REGISTER_MASK = 0xffd8_0000;

/** What the CPUs of a target that stands are about to do, told by the instructions they are at. */
export class Standing {
  readonly #cpus: TargetCpus;

  constructor(cpus: TargetCpus) {
    this.#cpus = cpus;
  }

  /** The access to memory of the instruction a CPU is at; null: it makes none. */
  async accessAt(vcpu: number): Promise<MemoryAccess | null> {
    const cpus = this.#cpus;
    const word = await this.#word(vcpu);
    if (word === null) return null;
    const registers = { x: (n: number) => cpus.x(vcpu, n), sp: cpus.sp(vcpu), pc: cpus.pc(vcpu) };
    return decodeAccess(word, { ...registers, v: (n) => cpus.register(vcpu, `v${n}`) });
  }

  /** The same, as far as it reaches frames; null: it does not. */
  async frameAccessAt(vcpu: number, mappings: FrameMappings): Promise<PendingAccess | null> {
    const access = await this.accessAt(vcpu);
    if (access === null) return null;
    const elements = elementsIn(access, mappings);
    return elements.length === 0 ? null : { vcpu, pc: this.#cpus.pc(vcpu), access, elements };
  }

  /** The first CPU that is about to access frames; null: none is. */
  async firstAtFrame(mappings: FrameMappings): Promise<PendingAccess | null> {
    for (const vcpu of this.#cpus.threads.keys()) {
      const pending = this.#cpus.activity(vcpu) === 'runs' ? await this.frameAccessAt(vcpu, mappings) : null;
      if (pending !== null) return pending;
    }
    return null;
  }

  /** Whether it is about to use its interface by a system register: ICC_ and ICV_ registers, of any exception level. */
  async usesInterface(vcpu: number): Promise<boolean> {
    const word = await this.#word(vcpu);
    if (word === null || (word & SYSTEM_REGISTER_MASK) >>> 0 !== SYSTEM_REGISTER) return false;
    const crn = (word >>> 12) & 0xf;
    const crm = (word >>> 8) & 0xf;
    return (crn === 12 && crm >= 8) || (crn === 4 && crm === 6);
  }

  async #word(vcpu: number): Promise<number | null> {
    const cpus = this.#cpus;
    const bytes = await cpus.withMemory(() => cpus.readMemory(vcpu, cpus.pc(vcpu), 4));
    return bytes.length < 4 ? null : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }
}
