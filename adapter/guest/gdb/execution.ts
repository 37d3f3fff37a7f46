import type { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { RunEnd } from '../../rsp/client/run-watch.ts';
import type { StopPoint } from '../../rsp/client/stops.ts';
import { GuestStateError } from '../guest.ts';
import type { TargetCpus } from './target-cpus.ts';
import type { TargetMemory } from './target-memory.ts';

/** Milliseconds a step may take. */
const STEP_LIMIT = 1000;

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

  constructor(client: RspClient, cpus: TargetCpus, memory: TargetMemory) {
    this.#client = client;
    this.#cpus = cpus;
    this.#memory = memory;
  }

  get running(): boolean {
    return this.#ended !== null;
  }

  /** Sets the target going. @throws GuestStateError where a breakpoint or a watchpoint cannot be had */
  async begin(points: readonly StopPoint[]): Promise<void> {
    await this.#memory.virtually(async () => {
      await this.#insert(points);
      this.#cpus.forget();
      const run = await this.#client.run.resume([{ kind: 'continue', thread: 'all' }]);
      this.#ended = run.ended;
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

  /** Asks the target to stop: the run ends soon, unless the stub is deaf. */
  interrupt(): void {
    // What goes wrong is the run's end's to tell.
    this.#client.run.interrupt().catch(() => undefined);
  }

  /**
   * Executes one instruction of a vCPU, the others standing still.
   * @returns false where it did not: the CPU is off, or waits for an interrupt that cannot come
   */
  async step(vcpu: number): Promise<{ readonly end: RunEnd; readonly done: boolean }> {
    this.#cpus.forget(vcpu);
    const thread = this.#cpus.thread(vcpu);
    const end = await this.#memory.virtually(() => this.#client.run.step(thread, STEP_LIMIT));
    return { end, done: end.interrupted === null };
  }

  async #insert(points: readonly StopPoint[]): Promise<void> {
    for (const point of points) {
      try {
        this.#inserted.push(await this.#place(point));
      } catch (error) {
        await this.#remove();
        if (!(error instanceof RspError) || error.kind === 'closed') throw error;
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
      const isRefused = error instanceof RspError && (error.kind === 'refused' || error.kind === 'unsupported');
      if (point.kind !== 'software' || !isRefused) throw error;
      const hardware: StopPoint = { ...point, kind: 'hardware' };
      await this.#client.stops.insert(hardware);
      return hardware;
    }
  }

  async #remove(): Promise<void> {
    for (const point of this.#inserted.splice(0)) await this.#client.stops.remove(point);
  }

  async #over({ stop }: RunEnd): Promise<void> {
    this.#ended = null;
    if (stop.kind === 'stopped') await this.#memory.virtually(() => this.#remove());
    else this.#inserted = [];
  }
}
