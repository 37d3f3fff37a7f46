import { encode } from '../core/system-registers.ts';
import {
  TimerPpi,
  compareFromTimerValue,
  readControl,
  readTimerValue,
  timerDeadline,
  timerOutput,
  TimerControl,
} from '../devices/timer.ts';

/** The registers a guest reaches a timer by; op2 of their encodings. */
const TVAL = 0;
const CTL = 1;
const CVAL = 2;

const PHYSICAL = encode(3, 3, 14, 2, 0);
const VIRTUAL = encode(3, 3, 14, 3, 0);

interface Timer {
  control: number;
  compare: bigint;
  level: boolean;
}

/** What a snapshot holds of the timers: control and compare value of each, physical and virtual, by vCPU. */
export interface TimersState {
  readonly timers: readonly { readonly control: number; readonly compare: bigint; readonly level: boolean }[];
}

/**
 * The generic timers of all vCPUs: a physical and a virtual one each, over one counter. Their outputs are levels on PPIs
 * (DDI 0487, chapter D11).
 */
export class Timers {
  /** By vCPU, physical before virtual. */
  readonly #timers: readonly Timer[];
  readonly #line: (intid: number, vcpu: number, level: boolean) => void;
  #deadline = Infinity;

  constructor(vcpus: number, line: (intid: number, vcpu: number, level: boolean) => void) {
    this.#timers = Array.from({ length: 2 * vcpus }, () => ({ control: 0, compare: 0n, level: false }));
    this.#line = line;
  }

  /** Whether an encoding names one of their registers. */
  static has(encoding: number): boolean {
    const base = encoding & ~7;
    return (base === PHYSICAL || base === VIRTUAL) && (encoding & 7) <= CVAL;
  }

  /** Count at which the next output rises by itself; Infinity: none will. */
  get deadline(): number {
    return this.#deadline;
  }

  read(vcpu: number, encoding: number, counter: number): bigint {
    const timer = this.#timer(vcpu, encoding);
    const now = BigInt(counter);
    switch (encoding & 7) {
      case TVAL:
        return BigInt(readTimerValue(timer.compare, now));
      case CTL:
        return BigInt(readControl(timer, now));
      default:
        return timer.compare;
    }
  }

  write(vcpu: number, encoding: number, value: bigint, counter: number): void {
    const timer = this.#timer(vcpu, encoding);
    switch (encoding & 7) {
      case TVAL:
        timer.compare = compareFromTimerValue(value, BigInt(counter));
        break;
      case CTL:
        timer.control = Number(value & 0xffn) & (TimerControl.Enable | TimerControl.Mask);
        break;
      default:
        timer.compare = BigInt.asUintN(64, value);
    }
    this.advance(counter);
  }

  /** Brings outputs up to a count. */
  advance(counter: number): void {
    const now = BigInt(counter);
    let earliest = Infinity;
    this.#timers.forEach((timer, index) => {
      const level = timerOutput(timer, now);
      if (level !== timer.level) {
        timer.level = level;
        this.#line((index & 1) === 0 ? TimerPpi.Physical : TimerPpi.Virtual, index >> 1, level);
      }
      const deadline = timerDeadline(timer, now);
      if (deadline !== null) earliest = Math.min(earliest, Number(deadline));
    });
    this.#deadline = earliest;
  }

  /** A vCPU that is powered up has its timers disabled. */
  reset(vcpu: number, counter: number): void {
    for (const timer of this.#timers.slice(2 * vcpu, 2 * vcpu + 2)) timer.control = 0;
    this.advance(counter);
  }

  save(): TimersState {
    return { timers: this.#timers.map((timer) => ({ ...timer })) };
  }

  restore(state: TimersState, counter: number): void {
    state.timers.forEach((timer, index) => Object.assign(this.#timers[index] as Timer, timer));
    this.advance(counter);
  }

  #timer(vcpu: number, encoding: number): Timer {
    return this.#timers[2 * vcpu + ((encoding & ~7) === VIRTUAL ? 1 : 0)] as Timer;
  }
}
