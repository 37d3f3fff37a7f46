import {
  changesOf,
  numberOf,
  numbersOf,
  WORD_REGISTERS,
  type Device,
  type DeviceState,
  type InterruptLine,
  type Width,
} from './device.ts';
import { primecellId } from './primecell-id.ts';

/** Register offsets (DDI 0183, 3.2). */
const DR = 0x00;
const RSR = 0x04;
const FR = 0x18;
const ILPR = 0x20;
const IBRD = 0x24;
const FBRD = 0x28;
const LCR_H = 0x2c;
const CR = 0x30;
const IFLS = 0x34;
const IMSC = 0x38;
const RIS = 0x3c;
const MIS = 0x40;
const ICR = 0x44;
const DMACR = 0x48;

/** Bits of FR. Transmission takes no time, so BUSY and TXFF are never set. */
const FR_RXFE = 1 << 4;
const FR_RXFF = 1 << 6;
const FR_TXFE = 1 << 7;

const LCR_FEN = 1 << 4;
const DR_BREAK = 1 << 10;
const DR_ERRORS = 0xf00;

/** Bits of IMSC, RIS, MIS and ICR. */
export const Pl011Interrupt = { Receive: 1 << 4, Transmit: 1 << 5, ReceiveTimeout: 1 << 6, Break: 1 << 9 } as const;

const FIFO_DEPTH = 16;
/** IFLS.RXIFLSEL: characters from which the receive interrupt is raised; reserved values as the reset value. */
const RECEIVE_LEVELS = [2, 4, 8, 12, 14] as const;
const RESET_LEVELS = 0x12;
const RESET_CONTROL = 0x300;

/**
 * Registers that only keep what is written, and their width in bits. Baud rate and line format mean nothing where
 * transmission takes no time.
 */
const KEPT: ReadonlyMap<number, number> = new Map([
  [ILPR, 0xff],
  [IBRD, 0xffff],
  [FBRD, 0x3f],
  [LCR_H, 0xff],
  [CR, 0xffff],
  [IFLS, 0x3f],
  [IMSC, 0x7ff],
  [DMACR, 0x7],
]);
const RESET_VALUES: readonly (readonly [number, number])[] = [
  [CR, RESET_CONTROL],
  [IFLS, RESET_LEVELS],
];

const identification = primecellId([0x11, 0x10, 0x14, 0x00]);

export interface Pl011Options {
  readonly base: number;
  readonly line: InterruptLine;
  /** A byte the guest sent. */
  readonly output: (byte: number) => void;
  /**
   * When the receive interrupt is raised: at the first character, as QEMU does whatever IFLS says and guests are used
   * to (the default), or at IFLS's level as the TRM says, with the receive timeout for what stays below it.
   */
  readonly receive?: 'first' | 'level';
}

/**
 * Arm PL011 UART (DDI 0183), revision r1p4. A line of infinite speed: what is sent is out at once, and once the host
 * has nothing more to send the line has been idle for 32 bit periods, which raises the receive timeout. Enable bits
 * in CR are kept and ignored, as QEMU does: many guests print before they set the UART up.
 */
export class Pl011 implements Device {
  readonly name = 'PL011 UART';
  readonly size = 0x1000;
  readonly access = WORD_REGISTERS;
  readonly base: number;
  readonly #line: InterruptLine;
  readonly #output: (byte: number) => void;
  readonly #byLevel: boolean;
  readonly #kept = new Map<number, number>(RESET_VALUES);
  /** Received and not yet read by the guest: byte and error bits as DR shows them. */
  #fifo: number[] = [];
  /** Waiting on the host's side until the FIFO has room, from `#next` on. */
  #queue: number[] = [];
  #next = 0;
  #raw = 0;
  #receiveStatus = 0;

  constructor(options: Pl011Options) {
    this.base = options.base;
    this.#line = changesOf(options.line);
    this.#output = options.output;
    this.#byLevel = options.receive === 'level';
  }

  /** Bytes from the host; those the FIFO has no room for wait, however many. */
  input(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#queue.push(byte & 0xff);
    this.#receive();
  }

  /** The host holds the line low for a frame: BREAK, a zero character marked so. */
  inputBreak(): void {
    this.#queue.push(DR_BREAK);
    this.#receive();
  }

  /** Bytes of the host that have not reached the FIFO yet. */
  get waiting(): number {
    return this.#queue.length - this.#next;
  }

  /** Whether a character that arrives raises the UART's interrupt. */
  get listens(): boolean {
    return (this.#get(IMSC) & (Pl011Interrupt.Receive | Pl011Interrupt.ReceiveTimeout)) !== 0;
  }

  /** Raw interrupts that IMSC lets through: bits of Pl011Interrupt. */
  get masked(): number {
    return this.#raw & this.#get(IMSC);
  }

  read(offset: number, _width: Width): number {
    switch (offset & ~3) {
      case DR:
        return this.#take();
      case RSR:
        return this.#receiveStatus;
      case FR:
        return this.#flags();
      case RIS:
        return this.#raw;
      case MIS:
        return this.masked;
      default:
        return KEPT.has(offset & ~3) ? this.#get(offset & ~3) : identification(offset & ~3);
    }
  }

  write(offset: number, _width: Width, value: number | bigint): void {
    const word = Number(value);
    const register = offset & ~3;
    switch (register) {
      case DR:
        this.#output(word & 0xff);
        this.#raw |= Pl011Interrupt.Transmit;
        break;
      case RSR:
        this.#receiveStatus = 0;
        break;
      case ICR:
        this.#raw &= ~word;
        break;
      case LCR_H:
        if (((this.#get(LCR_H) ^ word) & LCR_FEN) !== 0) this.#flush();
        this.#keep(LCR_H, word);
        this.#receive();
        break;
      default:
        this.#keep(register, word);
    }
    this.#drive();
  }

  reset(): void {
    this.#kept.clear();
    for (const [register, value] of RESET_VALUES) this.#kept.set(register, value);
    this.#fifo = [];
    this.#queue = [];
    this.#next = 0;
    this.#raw = 0;
    this.#receiveStatus = 0;
    this.#drive();
  }

  save(): DeviceState {
    return {
      kept: [...this.#kept].flat(),
      fifo: [...this.#fifo],
      queue: this.#queue.slice(this.#next),
      raw: this.#raw,
      receiveStatus: this.#receiveStatus,
    };
  }

  restore(state: DeviceState): void {
    const kept = numbersOf(state, 'kept');
    this.#kept.clear();
    for (let n = 0; n + 1 < kept.length; n += 2) this.#kept.set(kept[n] as number, kept[n + 1] as number);
    this.#fifo = numbersOf(state, 'fifo');
    this.#queue = numbersOf(state, 'queue');
    this.#next = 0;
    this.#raw = numberOf(state, 'raw');
    this.#receiveStatus = numberOf(state, 'receiveStatus');
    this.#drive();
  }

  #get(register: number): number {
    return this.#kept.get(register) ?? 0;
  }

  #keep(register: number, value: number): void {
    const mask = KEPT.get(register);
    if (mask !== undefined) this.#kept.set(register, value & mask);
  }

  #flags(): number {
    let flags = FR_TXFE;
    if (this.#fifo.length === 0) flags |= FR_RXFE;
    if (this.#fifo.length >= this.#depth()) flags |= FR_RXFF;
    return flags;
  }

  /** With the FIFO disabled it is a holding register of one character. */
  #depth(): number {
    return (this.#get(LCR_H) & LCR_FEN) !== 0 ? FIFO_DEPTH : 1;
  }

  #receiveLevel(): number {
    if (!this.#byLevel || this.#depth() === 1) return 1;
    return RECEIVE_LEVELS[(this.#get(IFLS) >> 3) & 7] ?? FIFO_DEPTH / 2;
  }

  /** Switching the FIFO on or off loses what it holds. */
  #flush(): void {
    this.#fifo = [];
    this.#raw &= ~(Pl011Interrupt.Receive | Pl011Interrupt.ReceiveTimeout);
  }

  /** Lets waiting characters into the FIFO. */
  #receive(): void {
    const room = Math.min(this.#depth() - this.#fifo.length, this.waiting);
    if (room <= 0) return;
    for (let n = 0; n < room; n++) {
      const character = this.#queue[this.#next++] as number;
      this.#fifo.push(character);
      if ((character & DR_BREAK) !== 0) this.#raw |= Pl011Interrupt.Break;
    }
    if (this.waiting === 0) {
      this.#queue = [];
      this.#next = 0;
    }
    if (this.#fifo.length >= this.#receiveLevel()) this.#raw |= Pl011Interrupt.Receive;
    if (this.#byLevel && this.waiting === 0) this.#raw |= Pl011Interrupt.ReceiveTimeout;
    this.#drive();
  }

  /** Reading DR: the oldest character, and its errors into RSR. An empty FIFO reads zero. */
  #take(): number {
    const character = this.#fifo.shift() ?? 0;
    this.#receiveStatus = (character & DR_ERRORS) >> 8;
    if (this.#fifo.length < this.#receiveLevel()) this.#raw &= ~Pl011Interrupt.Receive;
    if (this.#fifo.length === 0) this.#raw &= ~Pl011Interrupt.ReceiveTimeout;
    this.#receive();
    this.#drive();
    return character;
  }

  #drive(): void {
    this.#line(this.masked !== 0);
  }
}
