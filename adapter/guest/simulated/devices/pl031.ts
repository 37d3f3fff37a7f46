import {
  changesOf,
  numberOf,
  TICKS_PER_SECOND,
  UP_TO_WORD,
  type Device,
  type DeviceState,
  type InterruptLine,
  type TickSource,
  type Width,
} from './device.ts';
import { primecellId } from './primecell-id.ts';

/** Register offsets (DDI 0224, 3.2). */
const DR = 0x00;
const MR = 0x04;
const LR = 0x08;
const CR = 0x0c;
const IMSC = 0x10;
const RIS = 0x14;
const MIS = 0x18;
const ICR = 0x1c;

const NONE = -1;

const identification = primecellId([0x31, 0x10, 0x14, 0x00]);

/** Power-on time of every run unless told otherwise: 2026-01-01 00:00:00 UTC, in seconds. */
export const DEFAULT_EPOCH = 1_767_225_600;

export interface Pl031Options {
  readonly base: number;
  readonly line: InterruptLine;
  readonly now: TickSource;
  /** Seconds since 1970 at tick 0, 32 bits. */
  readonly epoch?: number;
}

/**
 * Arm PL031 real-time clock (DDI 0224), revision r1. It shows virtual time, so that the same run sees the same clock. Always
 * enabled, as in QEMU; the alarm is exact as long as `poll` is called at `deadline`.
 */
export class Pl031 implements Device {
  readonly name = 'PL031 RTC';
  readonly size = 0x1000;
  readonly access = UP_TO_WORD;
  readonly base: number;
  readonly #line: InterruptLine;
  readonly #now: TickSource;
  readonly #epoch: number;
  /** Seconds added to virtual time. */
  #offset: number;
  #match = 0;
  #load = 0;
  #raw = 0;
  #mask = 0;
  /** Second of virtual time at which the counter meets MR; NONE: it has, or neither was ever written. */
  #alarm = NONE;

  constructor(options: Pl031Options) {
    this.base = options.base;
    this.#line = changesOf(options.line);
    this.#now = options.now;
    this.#epoch = options.epoch ?? DEFAULT_EPOCH;
    this.#offset = this.#epoch;
  }

  /** Seconds since 1970, 32 bits: RTCDR. */
  get seconds(): number {
    return (this.#uptime() + this.#offset) >>> 0;
  }

  /** Tick at which `poll` has something to do; null: none. */
  deadline(): bigint | null {
    return this.#alarm === NONE ? null : BigInt(this.#alarm) * TICKS_PER_SECOND;
  }

  /** Raises the alarm when its second has come. */
  poll(): void {
    const deadline = this.deadline();
    if (deadline === null || this.#now() < deadline) return;
    this.#alarm = NONE;
    this.#raw = 1;
    this.#drive();
  }

  read(offset: number, _width: Width): number {
    this.poll();
    switch (offset) {
      case DR:
        return this.seconds;
      case MR:
        return this.#match;
      case LR:
        return this.#load;
      case CR:
        return 1;
      case IMSC:
        return this.#mask;
      case RIS:
        return this.#raw;
      case MIS:
        return this.#raw & this.#mask;
      default:
        return identification(offset);
    }
  }

  write(offset: number, _width: Width, value: number | bigint): void {
    const word = Number(value);
    this.poll();
    switch (offset) {
      case LR:
        this.#load = word;
        this.#offset = (word - this.#uptime()) >>> 0;
        this.#setAlarm();
        break;
      case MR:
        this.#match = word;
        this.#setAlarm();
        break;
      case IMSC:
        this.#mask = word & 1;
        break;
      case ICR:
        this.#raw &= ~word;
        break;
    }
    this.poll();
    this.#drive();
  }

  reset(): void {
    this.#offset = this.#epoch;
    this.#match = this.#load = this.#raw = this.#mask = 0;
    this.#alarm = NONE;
    this.#drive();
  }

  save(): DeviceState {
    return {
      offset: this.#offset,
      match: this.#match,
      load: this.#load,
      raw: this.#raw,
      mask: this.#mask,
      alarm: this.#alarm,
    };
  }

  restore(state: DeviceState): void {
    this.#offset = numberOf(state, 'offset');
    this.#match = numberOf(state, 'match');
    this.#load = numberOf(state, 'load');
    this.#raw = numberOf(state, 'raw');
    this.#mask = numberOf(state, 'mask');
    this.#alarm = numberOf(state, 'alarm');
    this.#drive();
  }

  /** The counter equals MR in 0 to 2^32 - 1 seconds. */
  #setAlarm(): void {
    this.#alarm = this.#uptime() + ((this.#match - this.seconds) >>> 0);
  }

  #uptime(): number {
    return Number(this.#now() / TICKS_PER_SECOND);
  }

  #drive(): void {
    this.#line((this.#raw & this.#mask) !== 0);
  }
}
