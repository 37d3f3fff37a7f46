import type { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { RunEnd } from '../../rsp/client/run-watch.ts';
import type { StopPoint } from '../../rsp/client/stops.ts';
import { GuestStateError } from '../guest.ts';
import type { TargetCpus } from './target-cpus.ts';
import type { TargetMemory } from './target-memory.ts';

/** Milliseconds a step may take. */
const STEP_LIMIT = 1000;
/** Milliseconds in which a target that is left has to stop: an interrupt alone may take five seconds. */
const GOODBYE = 6000;

/**
 * Lets a target execute. Its breakpoints and watchpoints are in the stub for the length of a run: whoever looks, steps or
 * leaves meanwhile finds none.
 */
export class Execution {
  readonly #client: RspClient;
  readonly #cpus: TargetCpus;
  readonly #memory: TargetMemory;
  #inserted: StopPoint[] = [];
  #ended: Promise<RunEnd> | null = null;
  /** The run came to no end that is known. */
  #isLost = false;

  constructor(client: RspClient, cpus: TargetCpus, memory: TargetMemory) {
    this.#client = client;
    this.#cpus = cpus;
    this.#memory = memory;
  }

  get running(): boolean {
    return this.#ended !== null && !this.#isLost;
  }

  /** A run was begun, and nobody has heard of its end yet. */
  get isUnderWay(): boolean {
    return this.#ended !== null;
  }

  /** Sets the target going. @throws GuestStateError where a breakpoint or a watchpoint cannot be had */
  async begin(points: readonly StopPoint[]): Promise<void> {
    await this.#memory.virtually(async () => {
      await this.#insert(points);
      this.#cpus.forget();
      try {
        const run = await this.#client.run.resume([{ kind: 'continue', thread: 'all' }]);
        this.#ended = run.ended;
        this.#isLost = false;
        run.ended.catch(() => (this.#isLost = true));
      } catch (error) {
        // It stands where it was, and so that single steps do not meet them, without stops.
        await this.#remove().catch(() => undefined);
        throw error;
      }
    });
  }

  /** Waits for the end of the run. @returns null where it has not come within so many milliseconds */
  async wait(milliseconds: number): Promise<RunEnd | null> {
    if (this.#ended === null) return null;
    let timer: NodeJS.Timeout | undefined;
    const later = new Promise<null>((resolve) => (timer = setTimeout(resolve, milliseconds, null)));
    try {
      const end = await Promise.race([this.#ended, later]);
      if (end !== null) await this.#over(end);
      return end;
    } catch (error) {
      this.#ended = null;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks the target to stop: the run ends soon, or the stub is deaf, and is given up. */
  interrupt(): void {
    const { run } = this.#client;
    // What goes wrong is the run's end's to tell.
    run
      .interrupt()
      .catch(() => run.doubt())
      .catch(() => undefined);
  }

  /** Makes it stand, to be left. @returns false where it does not stop */
  async halt(): Promise<boolean> {
    if (this.#ended === null) return true;
    this.interrupt();
    await this.wait(GOODBYE).catch(() => null);
    return !this.running;
  }

  /**
   * Executes one instruction of a vCPU, the others standing still.
   * @returns its end: interrupted at its limit where the CPU is off, or waits for an interrupt that cannot come
   */
  step(vcpu: number): Promise<RunEnd> {
    this.#cpus.forget(vcpu);
    const thread = this.#cpus.thread(vcpu);
    const { run } = this.#client;
    return this.#memory.virtually(async () => {
      try {
        return await run.step(thread, STEP_LIMIT);
      } catch (error) {
        // Nobody waits for it any more: it must not go on behind everybody's back.
        await run.doubt().catch(() => undefined);
        throw error;
      }
    });
  }

  async #insert(points: readonly StopPoint[]): Promise<void> {
    for (const point of points) {
      try {
        this.#inserted.push(await this.#place(point));
      } catch (error) {
        await this.#remove().catch(() => undefined);
        if (!isRefusal(error)) throw error;
        throw new GuestStateError(`${error.message}. The target stands where it was.`);
      }
    }
  }

  /** Code in ROM takes no breakpoint but the CPU's own. */
  async #place(point: StopPoint): Promise<StopPoint> {
    try {
      await this.#client.stops.insert(point);
      return point;
    } catch (error) {
      if (point.kind !== 'software' || !isRefusal(error)) throw error;
      const hardware: StopPoint = { ...point, kind: 'hardware' };
      await this.#client.stops.insert(hardware);
      return hardware;
    }
  }

  async #remove(): Promise<void> {
    for (let point = this.#inserted.at(-1); point !== undefined; point = this.#inserted.at(-1)) {
      try {
        await this.#client.stops.remove(point);
      } catch (error) {
        // One that the stub has forgotten is as good as removed.
        if (!(error instanceof RspError) || error.kind !== 'refused') throw error;
      }
      this.#inserted.pop();
    }
  }

  async #over({ stop }: RunEnd): Promise<void> {
    this.#ended = null;
    if (stop.kind === 'stopped') await this.#memory.virtually(() => this.#remove());
    else this.#inserted = [];
  }
}

function isRefusal(error: unknown): error is RspError {
  return error instanceof RspError && (error.kind === 'refused' || error.kind === 'unsupported');
}
