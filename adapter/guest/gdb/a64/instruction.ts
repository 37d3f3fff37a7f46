import type { AccessRegisters } from './access.ts';

/** An instruction word together with the registers it names. */
export class Instruction {
  readonly #word: number;
  readonly registers: AccessRegisters;

  constructor(word: number, registers: AccessRegisters) {
    this.#word = word >>> 0;
    this.registers = registers;
  }

  bits(high: number, low: number): number {
    return (this.#word >>> low) & (2 ** (high - low + 1) - 1);
  }

  bit(n: number): boolean {
    return this.bits(n, n) === 1;
  }

  signed(high: number, low: number): number {
    const value = this.bits(high, low);
    return this.bit(high) ? value - 2 ** (high - low + 1) : value;
  }

  /** The register that is loaded or stored. */
  get rt(): number {
    return this.bits(4, 0);
  }

  /** The second of a pair. */
  get rt2(): number {
    return this.bits(14, 10);
  }

  /** The base. */
  get rn(): number {
    return this.bits(9, 5);
  }

  /** The index; of exclusive stores the status, of atomics the operand. */
  get rs(): number {
    return this.bits(20, 16);
  }

  /** The base's value: register 31 is SP. */
  get base(): bigint {
    return address(this.rn === 31 ? this.registers.sp : this.registers.x(this.rn));
  }

  get baseName(): string {
    return this.rn === 31 ? 'sp' : `x${this.rn}`;
  }

  get pc(): bigint {
    return this.registers.pc;
  }

  /** Register 31 is XZR. */
  x(n: number): bigint {
    return n === 31 ? 0n : BigInt.asUintN(64, this.registers.x(n));
  }

  v(n: number): bigint | null {
    return this.registers.v?.(n) ?? null;
  }
}

/** Addresses wrap. */
export function address(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
