import {
  changesOf,
  numberOf,
  numbersOf,
  UP_TO_WORD,
  type Device,
  type DeviceState,
  type InterruptLine,
  type Width,
} from './device.ts';
import { primecellId } from './primecell-id.ts';

/** Register offsets (DDI 0190, 3.2). Below DIR, address bits 9:2 choose the pins DATA shows and changes. */
const DIR = 0x400;
const IS = 0x404;
const IBE = 0x408;
const IEV = 0x40c;
const IE = 0x410;
const RIS = 0x414;
const MIS = 0x418;
const IC = 0x41c;
const AFSEL = 0x420;

const identification = primecellId([0x61, 0x10, 0x04, 0x00]);

const KEPT = [DIR, IS, IBE, IEV, IE, AFSEL] as const;

export interface Pl061Options {
  readonly base: number;
  readonly line: InterruptLine;
}

/** Arm PL061 GPIO (DDI 0190): eight pins. On `virt` pin 3 is the power button. */
export class Pl061 implements Device {
  readonly name = 'PL061 GPIO';
  readonly size = 0x1000;
  readonly access = UP_TO_WORD;
  readonly base: number;
  readonly #line: InterruptLine;
  readonly #kept = new Map<number, number>();
  /** Levels the guest drives, and levels driven from outside: a bit a pin. */
  #output = 0;
  #input = 0;
  #edges = 0;

  constructor(options: Pl061Options) {
    this.base = options.base;
    this.#line = changesOf(options.line);
  }

  /** Drives a pin from outside. @param pin 0 to 7 */
  setPin(pin: number, level: boolean): void {
    const before = this.#pins();
    this.#input = level ? this.#input | (1 << pin) : this.#input & ~(1 << pin);
    this.#watch(before);
  }

  read(offset: number, _width: Width): number {
    if (offset < DIR) return this.#pins() & (offset >> 2);
    if (offset === RIS) return this.#raw();
    if (offset === MIS) return this.#raw() & this.#get(IE);
    return isKept(offset) ? this.#get(offset) : identification(offset);
  }

  write(offset: number, _width: Width, value: number | bigint): void {
    const byte = Number(value) & 0xff;
    const before = this.#pins();
    if (offset < DIR) {
      const chosen = (offset >> 2) & this.#get(DIR);
      this.#output = (this.#output & ~chosen) | (byte & chosen);
    } else if (offset === IC) this.#edges &= ~byte;
    else if (isKept(offset)) this.#kept.set(offset, byte);
    this.#watch(before);
  }

  reset(): void {
    this.#kept.clear();
    this.#output = this.#edges = 0;
    this.#drive();
  }

  save(): DeviceState {
    return { kept: [...this.#kept].flat(), output: this.#output, input: this.#input, edges: this.#edges };
  }

  restore(state: DeviceState): void {
    const kept = numbersOf(state, 'kept');
    this.#kept.clear();
    for (let n = 0; n + 1 < kept.length; n += 2) this.#kept.set(kept[n] as number, kept[n + 1] as number);
    this.#output = numberOf(state, 'output');
    this.#input = numberOf(state, 'input');
    this.#edges = numberOf(state, 'edges');
    this.#drive();
  }

  #get(register: number): number {
    return this.#kept.get(register) ?? 0;
  }

  #pins(): number {
    const outputs = this.#get(DIR);
    return (this.#output & outputs) | (this.#input & ~outputs & 0xff);
  }

  /** Latches edges of input pins that are set to them. */
  #watch(before: number): void {
    const now = this.#pins();
    const changed = (before ^ now) & ~this.#get(DIR) & ~this.#get(IS);
    const wanted = this.#get(IBE) | ~(now ^ this.#get(IEV));
    this.#edges |= changed & wanted & 0xff;
    this.#drive();
  }

  /** Edges latched, and pins at the level they are sensitive to. */
  #raw(): number {
    const levels = this.#get(IS) & ~(this.#pins() ^ this.#get(IEV));
    return (this.#edges & ~this.#get(IS)) | levels;
  }

  #drive(): void {
    this.#line((this.#raw() & this.#get(IE)) !== 0);
  }
}

function isKept(offset: number): boolean {
  return (KEPT as readonly number[]).includes(offset);
}
