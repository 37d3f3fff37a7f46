import type { Edit } from './edit.ts';
import type { Outcome } from './guest.ts';

/** What an entry of a guest's time is. */
export const EntryKind = { Read: 0, Write: 1, Register: 2, RegisterWrite: 3, Wire: 4, Edit: 5 } as const;
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind];

const UNDECIDED = 0xff;

/**
 * The last entries of a guest's time, in a ring of columns: recording one allocates nothing.
 *
 *     kind      u8    EntryKind                vcpu   u8
 *     size      u8    bytes                    outcome u8
 *     address   f64   physical address, encoding of a system register, or INTID of a wire
 *     low, high i32   the value
 *     pc        u64   address of the instruction
 *     tick      f64   the system counter
 */
export class History {
  readonly capacity: number;
  readonly #kind: Uint8Array;
  readonly #vcpu: Uint8Array;
  readonly #size: Uint8Array;
  readonly #outcome: Uint8Array;
  readonly #address: Float64Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #pc: BigUint64Array;
  readonly #tick: Float64Array;
  readonly #edits = new Map<number, Edit>();
  /** Entries ever recorded. */
  #count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#kind = new Uint8Array(capacity);
    this.#vcpu = new Uint8Array(capacity);
    this.#size = new Uint8Array(capacity);
    this.#outcome = new Uint8Array(capacity);
    this.#address = new Float64Array(capacity);
    this.#low = new Int32Array(capacity);
    this.#high = new Int32Array(capacity);
    this.#pc = new BigUint64Array(capacity);
    this.#tick = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** The oldest entry that is still held. */
  get first(): number {
    return Math.max(0, this.#count - this.capacity);
  }

  push(kind: EntryKind, vcpu: number, pc: bigint, address: number, size: number, tick: number): void {
    const at = this.#count % this.capacity;
    if (this.#edits.size > 0) this.#edits.delete(this.#count - this.capacity);
    this.#kind[at] = kind;
    this.#vcpu[at] = vcpu;
    this.#size[at] = size;
    this.#outcome[at] = UNDECIDED;
    this.#address[at] = address;
    this.#low[at] = 0;
    this.#high[at] = 0;
    this.#pc[at] = pc;
    this.#tick[at] = tick;
    this.#count++;
  }

  /** What the newest entry carries, once it is known. What to think of it is decided when someone asks. */
  settle(low: number, high: number): void {
    const at = (this.#count - 1) % this.capacity;
    this.#low[at] = low;
    this.#high[at] = high;
  }

  pushEdit(edit: Edit, tick: number): void {
    this.push(EntryKind.Edit, 0, 0n, 0, 0, tick);
    this.#edits.set(this.#count - 1, edit);
  }

  kind(entry: number): EntryKind {
    return this.#kind[entry % this.capacity] as EntryKind;
  }

  vcpu(entry: number): number {
    return this.#vcpu[entry % this.capacity] as number;
  }

  size(entry: number): number {
    return this.#size[entry % this.capacity] as number;
  }

  /** @param decide asked once, the first time */
  outcome(entry: number, decide: (entry: number) => Outcome): Outcome {
    const at = entry % this.capacity;
    if (this.#outcome[at] === UNDECIDED) this.#outcome[at] = decide(entry);
    return this.#outcome[at] as Outcome;
  }

  address(entry: number): number {
    return this.#address[entry % this.capacity] as number;
  }

  /** The value, unsigned, 64 bits. */
  value(entry: number): bigint {
    const at = entry % this.capacity;
    const low = BigInt((this.#low[at] as number) >>> 0);
    return (BigInt((this.#high[at] as number) >>> 0) << 32n) | low;
  }

  pc(entry: number): bigint {
    return this.#pc[entry % this.capacity] as bigint;
  }

  tick(entry: number): number {
    return this.#tick[entry % this.capacity] as number;
  }

  edit(entry: number): Edit | null {
    return this.#edits.get(entry) ?? null;
  }
}
