/*
 * Packets of GDB's remote serial protocol ("Overview" and "Packet Acknowledgment" in GDB's manual):
 *
 *     $ data # cc      data with its checksum, the sum of its bytes modulo 256 in two hex digits
 *     % data # cc      a notification: never acknowledged
 *     + -              acknowledgement, or "send it again"
 *     0x03             interrupt, from GDB only
 *
 * In data, `}` escapes: the byte behind it is XORed with 0x20. In answers of a stub, `*` repeats the byte before it
 * by the byte behind it minus 29.
 */

const DOLLAR = 0x24;
const PERCENT = 0x25;
const HASH = 0x23;
const PLUS = 0x2b;
const MINUS = 0x2d;
const STAR = 0x2a;
const BRACE = 0x7d;
const INTERRUPT = 0x03;
const ESCAPE_MASK = 0x20;
const REPEAT_BIAS = 29;

/** Longest data taken, decoded: longer packets come from something that is no stub. */
export const MAX_PACKET = 4 * 1024 * 1024;

export type RspEvent =
  | { readonly kind: 'packet'; readonly data: Uint8Array }
  | { readonly kind: 'notification'; readonly data: Uint8Array }
  | { readonly kind: 'ack' }
  | { readonly kind: 'nack' }
  | { readonly kind: 'interrupt' }
  /** Something that is no packet: a wrong checksum, a bad escape or repetition, more than the reader's limit. */
  | { readonly kind: 'garbled'; readonly of: 'packet' | 'notification'; readonly reason: string };

/** Frames data as a packet, escaping what needs it. */
export function encodePacket(data: Uint8Array, kind: 'packet' | 'notification' = 'packet'): Uint8Array {
  const writer = new PacketWriter(2 * data.length + 4);
  writer.frame(data, kind);
  return writer.take();
}

/** Collects packets and single bytes, to be sent in one piece. */
export class PacketWriter {
  #buffer: Uint8Array;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** A byte outside of packets. */
  byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = byte;
  }

  /**
   * Appends a packet.
   * @param data bytes, or text whose characters stand for a byte each
   * @returns bytes it takes
   */
  frame(data: Uint8Array | string, kind: 'packet' | 'notification' = 'packet'): number {
    // Each byte may need an escape.
    this.#reserve(2 * data.length + 4);
    const out = this.#buffer;
    const begin = this.#length;
    let at = begin;
    let sum = 0;
    out[at++] = kind === 'packet' ? DOLLAR : PERCENT;
    for (let i = 0; i < data.length; i++) {
      let byte = typeof data === 'string' ? data.charCodeAt(i) & 0xff : (data[i] ?? 0);
      if (needsEscape(byte)) {
        out[at++] = BRACE;
        sum += BRACE;
        byte ^= ESCAPE_MASK;
      }
      out[at++] = byte;
      sum += byte;
    }
    out[at++] = HASH;
    out[at++] = hexDigit((sum >> 4) & 0xf);
    out[at++] = hexDigit(sum & 0xf);
    this.#length = at;
    return at - begin;
  }

  /** What was collected, and forgets it. */
  take(): Uint8Array {
    const bytes = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

function needsEscape(byte: number): boolean {
  return byte === DOLLAR || byte === HASH || byte === BRACE || byte === STAR;
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** Takes bytes as they come, in any pieces, and tells of each packet once it is complete. */
export class PacketReader {
  readonly #onEvent: (event: RspEvent) => void;
  readonly #limit: number;
  #buffer = new Uint8Array(1024);
  #length = 0;
  #state: 'outside' | 'data' | 'escape' | 'repeat' | 'checksum1' | 'checksum2' = 'outside';
  #notification = false;
  #sum = 0;
  #told = 0;
  /** Why the packet under way cannot be taken; told at its end, so that reading goes on behind it. */
  #wrong: string | null = null;

  /** @param limit bytes of the longest data taken, decoded */
  constructor(onEvent: (event: RspEvent) => void, limit: number = MAX_PACKET) {
    this.#onEvent = onEvent;
    this.#limit = limit;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) this.#take(byte);
  }

  #take(byte: number): void {
    switch (this.#state) {
      case 'outside':
        this.#outside(byte);
        return;
      case 'data':
        this.#data(byte);
        return;
      case 'escape':
        this.#sum += byte;
        this.#put(byte ^ ESCAPE_MASK);
        this.#state = 'data';
        return;
      case 'repeat':
        this.#sum += byte;
        this.#repeat(byte - REPEAT_BIAS);
        this.#state = 'data';
        return;
      case 'checksum1':
        this.#told = digitOf(byte) << 4;
        this.#state = 'checksum2';
        return;
      case 'checksum2':
        this.#told |= digitOf(byte);
        this.#end();
    }
  }

  #outside(byte: number): void {
    if (byte === PLUS) this.#onEvent({ kind: 'ack' });
    else if (byte === MINUS) this.#onEvent({ kind: 'nack' });
    else if (byte === INTERRUPT) this.#onEvent({ kind: 'interrupt' });
    else if (byte === DOLLAR || byte === PERCENT) this.#begin(byte === PERCENT);
    // Anything else stands between packets, and means nothing.
  }

  #begin(notification: boolean): void {
    this.#notification = notification;
    this.#length = 0;
    this.#sum = 0;
    this.#wrong = null;
    this.#state = 'data';
  }

  #data(byte: number): void {
    // A packet that begins within another: the end of the first one was lost.
    if (byte === DOLLAR) {
      this.#garbled('a packet without its end');
      this.#begin(false);
      return;
    }
    if (byte === HASH) {
      this.#state = 'checksum1';
      return;
    }
    this.#sum += byte;
    if (byte === BRACE) this.#state = 'escape';
    else if (byte === STAR) this.#state = 'repeat';
    else this.#put(byte);
  }

  #repeat(count: number): void {
    const last = this.#length === 0 ? undefined : this.#buffer[this.#length - 1];
    if (last === undefined || count < 3 || count > 97) {
      this.#wrong ??= last === undefined ? 'a repetition of nothing' : `a repetition by ${count}`;
      return;
    }
    for (let i = 0; i < count; i++) this.#put(last);
  }

  #put(byte: number): void {
    if (this.#length === this.#limit) {
      this.#wrong ??= `more than ${this.#limit} bytes`;
      return;
    }
    if (this.#length === this.#buffer.length) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#length++] = byte;
  }

  #end(): void {
    this.#state = 'outside';
    if (this.#told !== (this.#sum & 0xff)) this.#wrong ??= 'a wrong checksum';
    if (this.#wrong !== null) {
      this.#garbled(this.#wrong);
      return;
    }
    const data = this.#buffer.slice(0, this.#length);
    this.#onEvent({ kind: this.#notification ? 'notification' : 'packet', data });
  }

  #garbled(reason: string): void {
    this.#onEvent({ kind: 'garbled', of: this.#notification ? 'notification' : 'packet', reason });
  }
}

/** Value of a hex digit; -1, which no checksum has, where it is none. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
