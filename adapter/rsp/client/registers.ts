import { toLatin1 } from '../hex.ts';
import { digitsOf, isUnavailable, numberOf, valueOfDigit, type ByteOrder } from './digits.ts';
import type { Dialogue } from './dialogue.ts';
import { RspError } from './errors.ts';
import type { Features } from './features.ts';
import { readObject } from './objects.ts';
import { refusalOf } from './replies.ts';
import type { Request } from './request.ts';
import { OK, REGISTERS, registerValue } from './shapes.ts';
import {
  readDescription,
  READING_DESCRIPTION,
  type RegisterDescription,
  type TargetDescription,
} from './target-description.ts';
import type { ThreadId } from './thread-id.ts';

/** Registers of threads, by the numbers of the target's description. */
export class Registers {
  readonly #dialogue: Dialogue;
  readonly #features: Features;
  readonly #order: ByteOrder;
  #description: Promise<TargetDescription | null> | null = null;
  /** The stub knows p, and P. */
  #single = { read: true, write: true };

  constructor(dialogue: Dialogue, features: Features, order: ByteOrder) {
    this.#dialogue = dialogue;
    this.#features = features;
    this.#order = order;
  }

  /** What registers there are; null where the stub has no description. @throws RspError, anew for each call */
  describe(): Promise<TargetDescription | null> {
    if (!this.#features.descriptionObject) return Promise.resolve(null);
    this.#description ??= this.#readDescription();
    return this.#description;
  }

  async #readDescription(): Promise<TargetDescription> {
    try {
      return await this.#dialogue.exclusive(READING_DESCRIPTION, () =>
        readDescription((file) => readObject(this.#dialogue, 'features', file, `reading ${file} of the stub`)),
      );
    } catch (error) {
      this.#description = null;
      throw error;
    }
  }

  /** @returns the value, unsigned; null where the stub has it not available @throws RspError */
  async read(thread: ThreadId, number: number): Promise<bigint | null> {
    const [value] = await this.readMany(thread, [number]);
    if (value instanceof RspError) throw value;
    return value ?? null;
  }

  /**
   * Several registers of a thread, in one go.
   * @returns for each its value, null where it is not available, or why the stub refused it
   * @param verify reads them twice, in another order, so that replies of one length that changed places are found out
   * @throws RspError where the replies cannot be trusted, or the thread is none
   */
  async readMany(
    thread: ThreadId,
    numbers: readonly number[],
    verify = false,
  ): Promise<readonly (bigint | null | RspError)[]> {
    // QEMU knows no p until its description was read; and sizes are in it.
    const description = await this.describe();
    const purpose = `reading registers of thread ${thread.text}`;
    return this.#dialogue.exclusive(purpose, async () => {
      const requests = numbers.map((number) => this.#readRequest(thread, number, description));
      const replies = this.#single.read ? await this.#dialogue.exchange(requests, { thread, verify }) : [];
      if (replies.some((reply) => reply.length === 0)) this.#single.read = false;
      if (this.#single.read) return replies.map((reply, i) => this.#value(reply, requests[i]?.purpose ?? purpose));
      const all = slice(await this.#all(thread, description), needed(description, purpose));
      return numbers.map((number, i) => {
        const digits = all.get(number);
        const what = requests[i]?.purpose ?? purpose;
        return digits === undefined ? refusalOf(new Uint8Array(), what) : this.#value(digits, what);
      });
    });
  }

  /**
   * The registers the stub tells in one packet: usually the general ones.
   * @returns values by number; null: not available
   * @throws RspError of kind unsupported where there is no description to tell them apart
   */
  async readAll(thread: ThreadId): Promise<ReadonlyMap<number, bigint | null>> {
    const description = await this.describe();
    const purpose = readingAll(thread);
    return this.#dialogue.exclusive(purpose, async () => {
      const all = slice(await this.#all(thread, description), needed(description, purpose));
      return new Map([...all].map(([number, digits]) => [number, known(digits, this.#order)]));
    });
  }

  /**
   * Writes a register. Stubs may answer that they did and leave the register as it was: whoever must know reads again.
   * @param value unsigned, of no more bits than the register has
   * @throws RspError
   */
  async write(thread: ThreadId, number: number, value: bigint): Promise<void> {
    const description = await this.describe();
    const register = description?.byNumber.get(number);
    const purpose = `writing ${nameOf(number, description)} of thread ${thread.text}`;
    if (register === undefined) throw new RspError('unsupported', purpose, 'its size is not known');
    if (value < 0n || value >> BigInt(register.bits) !== 0n) {
      throw new RspError('refused', purpose, `0x${value.toString(16)} does not fit in ${register.bits} bits`);
    }
    const data = digitsOf(value, sizeOf(register), this.#order);
    await this.#dialogue.exclusive(purpose, async () => {
      if (this.#single.write) {
        const packet = `P${number.toString(16)}=${data}`;
        const [reply] = await this.#dialogue.exchange([{ packet, shape: OK, purpose }], { thread, once: true });
        const refusal = refusalOf(reply ?? new Uint8Array(), purpose);
        if (refusal === null) return;
        if (refusal.kind !== 'unsupported') throw refusal;
        this.#single.write = false;
      }
      await this.#writeAll(thread, number, data, description, purpose);
    });
  }

  /** The way of stubs without P: all registers are read, and written back with one changed. */
  async #writeAll(
    thread: ThreadId,
    number: number,
    data: string,
    description: TargetDescription | null,
    purpose: string,
  ): Promise<void> {
    const all = await this.#all(thread, description);
    const values = slice(all, needed(description, purpose));
    const place = values.get(number);
    if (place === undefined) throw new RspError('unsupported', purpose, 'the stub does not support it');
    if (!all.every((byte) => valueOfDigit(byte) >= 0)) {
      throw new RspError('unsupported', purpose, 'the stub writes only all registers, and does not tell all');
    }
    const text = toLatin1(all);
    const at = place.byteOffset - all.byteOffset;
    const packet = `G${text.slice(0, at)}${data}${text.slice(at + data.length)}`;
    await this.#dialogue.ask({ packet, shape: OK, purpose }, { thread, once: true });
  }

  #all(thread: ThreadId, description: TargetDescription | null): Promise<Uint8Array> {
    const purpose = readingAll(thread);
    needed(description, purpose);
    return this.#dialogue.ask({ packet: 'g', shape: REGISTERS, purpose }, { thread });
  }

  #readRequest(thread: ThreadId, number: number, description: TargetDescription | null): Request {
    const register = description?.byNumber.get(number);
    const shape = registerValue(register === undefined ? null : sizeOf(register));
    const purpose = (): string => `reading ${nameOf(number, description)} of thread ${thread.text}`;
    return { packet: `p${number.toString(16)}`, shape, purpose };
  }

  #value(reply: Uint8Array, purpose: Request['purpose']): bigint | null | RspError {
    return refusalOf(reply, purpose) ?? known(reply, this.#order);
  }
}

/** Null where it is not available. */
function known(digits: Uint8Array, order: ByteOrder): bigint | null {
  return isUnavailable(digits) ? null : numberOf(digits, order);
}

/** Bytes of a register in packets. */
function sizeOf({ bits }: RegisterDescription): number {
  return Math.ceil(bits / 8);
}

function nameOf(number: number, description: TargetDescription | null): string {
  return description?.byNumber.get(number)?.name ?? `register ${number}`;
}

function readingAll(thread: ThreadId): string {
  return `reading the registers of thread ${thread.text}`;
}

function needed(description: TargetDescription | null, purpose: string): TargetDescription {
  if (description !== null) return description;
  throw new RspError('unsupported', purpose, 'the stub does not describe its registers');
}

/**
 * Digits of each register in the answer of g, which has them by their numbers, up to where it ends.
 * @throws RspError of kind malformed where it ends within a register, or a value is known in part
 */
function slice(all: Uint8Array, { registers }: TargetDescription): Map<number, Uint8Array> {
  const values = new Map<number, Uint8Array>();
  let at = 0;
  for (const register of registers) {
    if (at === all.length) break;
    const digits = all.subarray(at, at + 2 * sizeOf(register));
    const whole = digits.length === 2 * sizeOf(register);
    if (!whole || !(isUnavailable(digits) || digits.every((byte) => valueOfDigit(byte) >= 0))) {
      throw new RspError('malformed', 'reading the registers', `the stub tells ${register.name} in part`);
    }
    values.set(register.number, digits);
    at += digits.length;
  }
  if (at === all.length) return values;
  throw new RspError('malformed', 'reading the registers', 'the stub tells more than it describes');
}
