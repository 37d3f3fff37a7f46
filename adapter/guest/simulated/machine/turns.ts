import type { PowerState } from '../board/psci.ts';

/** Instructions a vCPU executes before the next one has its turn, where several run. */
const QUANTUM = 10_000;

/** Who tells whether a vCPU in WFI has to go on. */
export interface Waker {
  wakes(vcpu: number): boolean;
}

/** Which vCPUs are on, which of them sleep, whose turn it is, and how much is left of it. vCPU 0 is on from the start. */
export class Turns {
  readonly #waker: Waker;
  readonly #power: PowerState[];
  readonly #waiting: Uint8Array;
  #vcpu = 0;
  /** Instructions left of the turn. */
  left = QUANTUM;

  constructor(vcpus: number, waker: Waker) {
    this.#waker = waker;
    this.#power = Array.from({ length: vcpus }, (_, vcpu) => (vcpu === 0 ? 'on' : 'off'));
    this.#waiting = new Uint8Array(vcpus);
  }

  /** Whose turn it is. */
  get vcpu(): number {
    return this.#vcpu;
  }

  power(vcpu: number): PowerState {
    return this.#power[vcpu] as PowerState;
  }

  powerOn(vcpu: number): void {
    this.#power[vcpu] = 'on';
    this.#waiting[vcpu] = 0;
  }

  powerOff(vcpu: number): void {
    this.#power[vcpu] = 'off';
  }

  /** WFI: sleeps until something wakes it, unless it does already. */
  wait(vcpu: number): void {
    if (!this.#waker.wakes(vcpu)) this.#waiting[vcpu] = 1;
  }

  sleeps(vcpu: number): boolean {
    return this.#waiting[vcpu] === 1 && !this.#waker.wakes(vcpu);
  }

  /** Whether a vCPU can execute; one that something wakes is awake from here on. */
  runs(vcpu: number): boolean {
    if (this.#power[vcpu] !== 'on') return false;
    if (this.#waiting[vcpu] === 0) return true;
    if (!this.#waker.wakes(vcpu)) return false;
    this.#waiting[vcpu] = 0;
    return true;
  }

  othersRun(vcpu: number): boolean {
    return this.#power.some((_, other) => other !== vcpu && this.runs(other));
  }

  /** Gives the turn to the next vCPU that can execute. @returns false where none can */
  next(): boolean {
    const count = this.#power.length;
    for (let n = 1; n <= count; n++) {
      const vcpu = (this.#vcpu + n) % count;
      if (!this.runs(vcpu)) continue;
      this.#vcpu = vcpu;
      this.left = QUANTUM;
      return true;
    }
    return false;
  }

  /** Gives it to a vCPU, awake or not. */
  take(vcpu: number): void {
    this.#waiting[vcpu] = 0;
    if (this.#vcpu === vcpu) return;
    this.#vcpu = vcpu;
    this.left = QUANTUM;
  }
}
