import { toHex, toLatin1 } from '../hex.ts';
import { bytesOf, digitsOf, numberOf, type ByteOrder } from './digits.ts';
import type { Dialogue } from './dialogue.ts';
import { RspError } from './errors.ts';
import { refusalOf } from './replies.ts';
import type { Request } from './request.ts';
import { BIT, hexBytes, hexUpTo, OK } from './shapes.ts';
import type { ThreadId } from './thread-id.ts';

/** Bytes of an access that the stub makes as one. */
export type Width = 1 | 2 | 4 | 8;

export interface ExactRead {
  readonly address: bigint;
  readonly width: Width;
}

export interface MemoryOptions {
  /** Whose memory, where threads see different ones; null: of the thread that was meant last. */
  readonly thread?: ThreadId | null;
}

export interface BatchOptions extends MemoryOptions {
  /** Reads everything twice, in another order, so that replies of one length that changed places are found out. */
  readonly verify?: boolean;
}

export interface ReadOptions extends BatchOptions {
  /** The read changes something: it is not repeated where its reply is in doubt. */
  readonly once?: boolean;
}

/** Bytes of one read or write of `read` and `write`. */
export const MOST_BYTES = 64 * 1024 * 1024;
const TOP = 1n << 64n;
/** Bytes of a piece, whatever the stub offers. */
const LARGEST_PIECE = 0x2000;
/** How often the rest of a short reply is asked for. */
const MOST_ROUNDS = 64;
/** Bytes of "M", an address, a length and what stands between. */
const HEADER = 28;
/** From so many bytes on, it is worth asking whether the stub takes them without hex. */
const WORTH_BINARY = 64;

/** Memory of the target, through the stub: of the selected thread, at virtual addresses, unless it is told otherwise. */
export class Memory {
  readonly #dialogue: Dialogue;
  readonly #order: ByteOrder;
  #binary: boolean | null = null;

  constructor(dialogue: Dialogue, order: ByteOrder) {
    this.#dialogue = dialogue;
    this.#order = order;
  }

  /**
   * Reads bytes up to where memory cannot be read, seen by pieces of what a packet holds.
   * @param length bytes, at most MOST_BYTES
   * @throws RspError where not even the first piece can be read
   */
  async read(address: bigint, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    const purpose = reading(address, length);
    check(address, length, purpose);
    return this.#dialogue.exclusive(purpose, async () => {
      const out = new Uint8Array(length);
      const step = Math.min(Math.max(this.#dialogue.packetSize >> 1, 8) & ~7, LARGEST_PIECE);
      let missing: { at: number; end: number }[] = [];
      for (let at = 0; at < length; at += step) missing.push({ at, end: Math.min(at + step, length) });
      let end = length;
      for (let round = 0; missing.length > 0; round++) {
        if (round === MOST_ROUNDS) throw new RspError('malformed', purpose, 'the stub answers in crumbs');
        const replies = await this.#dialogue.exchange(
          missing.map((one) => readRequest(address + BigInt(one.at), one.end - one.at, hexUpTo(one.end - one.at))),
          options,
        );
        const rest: typeof missing = [];
        for (const [i, one] of missing.entries()) {
          const refusal = refusalOf(replies[i] ?? new Uint8Array(), purpose);
          if (refusal === null) {
            const bytes = bytesOf(replies[i] ?? new Uint8Array());
            out.set(bytes, one.at);
            one.at += bytes.length;
            if (one.at < one.end) rest.push(one);
          } else if (one.at === 0) throw refusal;
          else end = Math.min(end, one.at);
        }
        missing = rest.filter(({ at }) => at < end);
      }
      return out.subarray(0, end);
    });
  }

  /** Writes bytes, in pieces of what a packet holds. @throws RspError which says how much of it was written */
  async write(address: bigint, bytes: Uint8Array, options: MemoryOptions = {}): Promise<void> {
    const purpose = writing(address, bytes.length);
    check(address, bytes.length, purpose);
    return this.#dialogue.exclusive(purpose, async () => {
      const binary = bytes.length >= WORTH_BINARY && (this.#binary ??= await this.#takesBinary(address));
      for (let at = 0; at < bytes.length;) {
        const { packet, length } = this.#writePacket(address + BigInt(at), bytes.subarray(at), binary);
        try {
          await this.#dialogue.ask({ packet, shape: OK, purpose }, { ...options, once: true });
        } catch (error) {
          if (!(error instanceof RspError) || at === 0) throw error;
          throw new RspError(error.kind, purpose, `${error.reason}, behind the first ${at} bytes`, error.code);
        }
        at += length;
      }
    });
  }

  /** Reads as one access of exactly this width. The address is aligned to it, or the stub may do as it likes. */
  async readExact(address: bigint, width: Width, options: ReadOptions = {}): Promise<bigint> {
    const { purpose, ...request } = readRequest(address, width, hexBytes(width));
    check(address, width, reading(address, width));
    return this.#dialogue.exclusive(purpose, async () =>
      numberOf(await this.#dialogue.ask({ purpose, ...request }, options), this.#order),
    );
  }

  /**
   * Many reads of exact widths, each as one access, sent ahead of their replies where the stub can do with that.
   * @returns for each its value, or why the stub refused it
   * @throws RspError where the replies cannot be trusted
   */
  readExactBatch(reads: readonly ExactRead[], options: BatchOptions = {}): Promise<readonly (bigint | RspError)[]> {
    return this.#readEach(
      reads,
      ({ width }) => width,
      (reply) => numberOf(reply, this.#order),
      options,
    );
  }

  /**
   * Several pieces of memory, each whole and by one packet, sent ahead of their replies where the stub can do with that.
   * @param spans of bytes that a packet holds: 512 at least
   * @returns for each its bytes, or why the stub refused it
   * @throws RspError where the replies cannot be trusted
   */
  readSpans(
    spans: readonly { readonly address: bigint; readonly length: number }[],
    options: BatchOptions = {},
  ): Promise<readonly (Uint8Array | RspError)[]> {
    return this.#readEach(spans, ({ length }) => length, bytesOf, options);
  }

  #readEach<Place extends { readonly address: bigint }, T>(
    places: readonly Place[],
    lengthOf: (place: Place) => number,
    meaningOf: (reply: Uint8Array) => T,
    options: BatchOptions,
  ): Promise<(T | RspError)[]> {
    const purpose = `reading ${places.length} places in memory`;
    return this.#dialogue.exclusive(purpose, async () => {
      const requests = places.map((place) => {
        const length = lengthOf(place);
        check(place.address, length, purpose);
        return readRequest(place.address, length, hexBytes(length));
      });
      const replies = await this.#dialogue.exchange(requests, options);
      return replies.map((reply, i) => refusalOf(reply, requests[i]?.purpose ?? purpose) ?? meaningOf(reply));
    });
  }

  /** Writes as one access of exactly this width. "OK" does not mean that a device took it: QEMU 7.2 drops some. */
  async writeExact(address: bigint, width: Width, value: bigint, options: MemoryOptions = {}): Promise<void> {
    const purpose = writing(address, width);
    check(address, width, purpose);
    if (value < 0n || value >> BigInt(8 * width) !== 0n) {
      throw new RspError('refused', purpose, `0x${value.toString(16)} does not fit`);
    }
    const data = digitsOf(value, width, this.#order);
    const packet = `M${address.toString(16)},${width.toString(16)}:${data}`;
    await this.#dialogue.exclusive(purpose, () =>
      this.#dialogue.ask({ packet, shape: OK, purpose }, { ...options, once: true }),
    );
  }

  /** Whether addresses are physical, by QEMU's own packet; null where the stub does not know it. @throws RspError */
  physical(): Promise<boolean | null> {
    const purpose = 'asking whether addresses are physical';
    return this.#dialogue.exclusive(purpose, async () => {
      const [reply] = await this.#dialogue.exchange([{ packet: 'qqemu.PhyMemMode', shape: BIT, purpose }]);
      if (reply === undefined || reply.length === 0) return null;
      const refusal = refusalOf(reply, purpose);
      if (refusal !== null) throw refusal;
      return toLatin1(reply) === '1';
    });
  }

  /** Makes addresses physical, or virtual again: for all reads and writes to come. @throws RspError */
  async setPhysical(on: boolean): Promise<void> {
    const purpose = `making addresses ${on ? 'physical' : 'virtual'}`;
    const packet = `Qqemu.PhyMemMode:${on ? 1 : 0}`;
    await this.#dialogue.exclusive(purpose, () => this.#dialogue.ask({ packet, shape: OK, purpose }));
  }

  /** A write of nothing tells, as GDB does it. */
  async #takesBinary(address: bigint): Promise<boolean> {
    const packet = `X${address.toString(16)},0:`;
    const purpose = 'asking whether the stub takes binary writes';
    const [reply] = await this.#dialogue.exchange([{ packet, shape: OK, purpose }]);
    return reply !== undefined && refusalOf(reply, purpose) === null;
  }

  /** As many of the bytes as a packet holds. */
  #writePacket(address: bigint, bytes: Uint8Array, binary: boolean): { packet: string; length: number } {
    const room = Math.max(this.#dialogue.packetSize - HEADER, 2);
    let length = Math.min(bytes.length, room >> 1);
    if (!binary) {
      const data = bytes.subarray(0, length);
      return { packet: `M${address.toString(16)},${length.toString(16)}:${toHex(data)}`, length };
    }
    // Each byte may need an escape; what does not leaves room for more.
    let used = 0;
    for (length = 0; length < bytes.length; length++) {
      used += /[#$}*]/.test(String.fromCharCode(bytes[length] ?? 0)) ? 2 : 1;
      if (used > room) break;
    }
    const data = toLatin1(bytes.subarray(0, length));
    return { packet: `X${address.toString(16)},${length.toString(16)}:${data}`, length };
  }
}

function readRequest(address: bigint, length: number, shape: Request['shape']): Request {
  const packet = `m${address.toString(16)},${length.toString(16)}`;
  return { packet, shape, purpose: () => reading(address, length) };
}

function reading(address: bigint, length: number): string {
  return `reading ${length === 1 ? '1 byte' : `${length} bytes`} at 0x${address.toString(16)}`;
}

function writing(address: bigint, length: number): string {
  return `writing ${length === 1 ? '1 byte' : `${length} bytes`} at 0x${address.toString(16)}`;
}

function check(address: bigint, length: number, purpose: string): void {
  if (length > MOST_BYTES || !Number.isInteger(length) || length < 0) {
    throw new RspError('refused', purpose, `more than ${MOST_BYTES} bytes`);
  }
  if (address < 0n || address + BigInt(length) > TOP) {
    throw new RspError('refused', purpose, 'there are no such addresses');
  }
}
