/** Numbers that a seed repeats: Bob Jenkins's small fast generator, 32 bits a step. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** Different pairs of numbers give unrelated sequences. */
  constructor(seed: number, stream = 0) {
    this.#a = 0xf1ea5eed;
    this.#b = seed | 0;
    this.#c = stream | 0;
    this.#d = (seed ^ 0x9e3779b9) | 0;
    for (let n = 0; n < 12; n++) this.u32();
  }

  /** 0 to 2^32 - 1. */
  u32(): number {
    const e = (this.#a - ((this.#b << 27) | (this.#b >>> 5))) | 0;
    this.#a = this.#b ^ ((this.#c << 17) | (this.#c >>> 15));
    this.#b = (this.#c + this.#d) | 0;
    this.#c = (this.#d + e) | 0;
    this.#d = (e + this.#a) | 0;
    return this.#d >>> 0;
  }

  /** 0 to n - 1. */
  below(n: number): number {
    return Math.floor((this.u32() / 2 ** 32) * n);
  }

  /** True once in n times. */
  once(n: number): boolean {
    return this.below(n) === 0;
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new RangeError('nothing to pick from');
    return found;
  }
}
