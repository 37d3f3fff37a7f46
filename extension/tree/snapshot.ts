import type { ReadArguments, ReadResponse, RegisterValue, Vcpu } from '../../adapter/protocol.ts';

/** What is needed of a frame: all its registers, or the ones named. */
export interface Need {
  readonly frame: string;
  readonly registers?: readonly string[];
}

type Read = (args: ReadArguments) => Promise<ReadResponse>;

interface FrameValues {
  /** The epoch the values belong to: with an older one they are not shown. */
  readonly epoch: number;
  complete: boolean;
  readonly values: Map<string, RegisterValue>;
  /** Why the frame could not be read. */
  error?: string;
}

/**
 * The register values of one session at its current stop, read when something visible needs them. Needs that arise
 * together become one request. A value of an earlier stop is never handed out: until it is read again there is none.
 */
export class Snapshot {
  readonly #read: Read;
  readonly #frames = new Map<string, FrameValues>();
  /** Registers read so far of frames that are not complete. */
  readonly #asked = new Map<string, Set<string>>();
  #epoch = 0;
  #wanted = new Map<string, Set<string> | 'all'>();
  #batch: Promise<void> | undefined;

  constructor(read: Read) {
    this.#read = read;
  }

  /** The controller's state has changed: everything has to be read again. */
  invalidate(): void {
    this.#epoch++;
  }

  /** Resolves when the values are there, or it is known why not. Never rejects. */
  async ensure(needs: readonly Need[]): Promise<void> {
    for (;;) {
      const missing = needs.filter((need) => !this.#has(need));
      if (missing.length === 0) return;
      for (const need of missing) this.#want(need);
      this.#batch ??= Promise.resolve().then(() => this.#readWanted());
      await this.#batch;
    }
  }

  /** The value of a register's copy. Where there is none, `unavailable` says why. */
  value(frame: string, register: string, vcpu: Vcpu): RegisterValue {
    const entry = this.#frames.get(frame);
    const nothing = { frame, register, vcpu };
    if (!entry || entry.epoch !== this.#epoch) return { ...nothing, unavailable: 'not read yet' };
    const value = entry.values.get(keyOf(register, vcpu));
    if (value) return value;
    return { ...nothing, unavailable: entry.error ?? 'the debug adapter sent no value' };
  }

  /** Why a frame could not be read at this stop. */
  frameError(frame: string): string | undefined {
    const entry = this.#frames.get(frame);
    return entry?.epoch === this.#epoch ? entry.error : undefined;
  }

  #has(need: Need): boolean {
    const entry = this.#frames.get(need.frame);
    if (entry?.epoch !== this.#epoch) return false;
    if (entry.complete) return true;
    const asked = this.#asked.get(need.frame);
    return need.registers !== undefined && need.registers.every((name) => asked?.has(name) === true);
  }

  #want({ frame, registers }: Need): void {
    const wanted = this.#wanted.get(frame);
    if (wanted === 'all') return;
    if (registers === undefined) this.#wanted.set(frame, 'all');
    else this.#wanted.set(frame, new Set([...(wanted ?? []), ...registers]));
  }

  async #readWanted(): Promise<void> {
    // Everything asked for in this turn of the event loop goes along.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const wanted = this.#wanted;
    this.#wanted = new Map();
    this.#batch = undefined;
    const whole = [...wanted].filter(([, what]) => what === 'all').map(([frame]) => frame);
    const parts = [...wanted].filter((entry): entry is [string, Set<string>] => entry[1] !== 'all');
    const requests: Promise<void>[] = [];
    if (whole.length > 0) requests.push(this.#readFrames(whole, undefined));
    if (parts.length > 0) {
      const names = new Set(parts.flatMap(([, registers]) => [...registers]));
      requests.push(
        this.#readFrames(
          parts.map(([frame]) => frame),
          [...names],
        ),
      );
    }
    await Promise.all(requests);
  }

  async #readFrames(frames: string[], registers: string[] | undefined): Promise<void> {
    const epoch = this.#epoch;
    let values: RegisterValue[] = [];
    let error: string | undefined;
    try {
      ({ values } = await this.#read(registers ? { frames, registers } : { frames }));
    } catch (reason) {
      error = reason instanceof Error ? reason.message : String(reason);
    }
    // The state moved on while the answer was on its way: whoever waits asks again.
    if (epoch !== this.#epoch) return;
    for (const frame of frames) this.#begin(frame, registers, error);
    for (const value of values) this.#frames.get(value.frame)?.values.set(keyOf(value.register, value.vcpu), value);
  }

  #begin(frame: string, registers: string[] | undefined, error: string | undefined): void {
    const entry = this.#frames.get(frame);
    const current =
      entry?.epoch === this.#epoch
        ? entry
        : { epoch: this.#epoch, complete: false, values: new Map<string, RegisterValue>() };
    if (current !== entry) this.#asked.delete(frame);
    if (registers === undefined) current.complete = true;
    else this.#asked.set(frame, new Set([...(this.#asked.get(frame) ?? []), ...registers]));
    if (error !== undefined) current.error = error;
    else if (current.complete) delete current.error;
    this.#frames.set(frame, current);
  }
}

function keyOf(register: string, vcpu: Vcpu): string {
  return `${register} ${vcpu ?? ''}`;
}
