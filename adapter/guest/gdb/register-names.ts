import type { TargetDescription } from '../../rsp/client/target-description.ts';

/** Numbers of the general registers, and names by which stubs know the others: no two agree. */
export class RegisterNames {
  readonly #description: TargetDescription;
  readonly pc: number;
  readonly sp: number;
  /** Null where there is none: PSTATE is not known then. */
  readonly cpsr: number | null;
  readonly #x: readonly number[];

  /** @throws Error naming what an AArch64 target must have, and this one has not */
  constructor(description: TargetDescription) {
    this.#description = description;
    const needed = (name: string): number => {
      const number = this.numberOf(name);
      if (number === null) throw new Error(`the stub describes no register ${name}: is it an AArch64 target?`);
      return number;
    };
    this.#x = Array.from({ length: 31 }, (_, n) => needed(`x${n}`));
    this.pc = needed('pc');
    this.sp = needed('sp');
    this.cpsr = this.numberOf('cpsr') ?? this.numberOf('CPSR');
  }

  /** Number of X0 to X30. */
  x(n: number): number {
    return this.#x[n] ?? -1;
  }

  /**
   * A register by Arm's name: "SCTLR_EL1", which QEMU has as "SCTLR". Null where the stub has none of it.
   */
  numberOf(name: string): number | null {
    const { byName } = this.#description;
    for (const candidate of [name, name.toLowerCase(), name.replace(/_EL1$/, ''), name.replace(/_EL\d$/, '')]) {
      const found = byName.get(candidate);
      if (found !== undefined) return found.number;
    }
    return null;
  }

  /** Registers besides the general and the vector ones, to show. */
  get system(): readonly { readonly name: string; readonly number: number; readonly bits: number }[] {
    return this.#description.registers.filter(({ name, bits }) => /^[A-Z]/.test(name) && bits <= 64);
  }
}
