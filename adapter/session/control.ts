import { ContinuedEvent, Event, StoppedEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Guest } from '../guest/guest.ts';
import type { Client } from './client.ts';
import type { Face } from './face.ts';
import type { Publisher } from './publisher.ts';
import type { Course } from './run/course.ts';
import type { Runner } from './run/runner.ts';
import type { Stop } from './run/stop.ts';
import { NO_TRAPS, type Traps } from './run/traps.ts';
import type { References } from './views/references.ts';

/** What run control works with. */
export interface ControlParts {
  readonly guest: Guest;
  readonly client: Client;
  readonly face: Face;
  readonly runner: Runner;
  readonly traps: Traps;
  readonly references: References;
  readonly publisher: Publisher;
}

/** Sets the guest going, and tells the client where it stopped. */
export class Control {
  readonly #parts: ControlParts;
  /** Why the guest stands where it stands. */
  lastStop: Stop = { reason: 'entry' };

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  /** The guest stands at its first entry, before anything has happened. */
  begin(): void {
    this.#announce({ reason: 'entry', description: this.#parts.face.startText });
    this.#parts.publisher.changed('start');
  }

  /** For the requests that answer at once and stop later. */
  resume(course: Course): void {
    this.#parts.runner.requireStopped();
    void this.travel(course, this.#parts.traps, null);
  }

  /**
   * Runs and reports the stop.
   * @param traps what may stop it, besides the course
   * @param announce said to the client where it takes long: null where the client knows, since it asked
   * @returns null where the session ended on the way
   */
  async travel(course: Course, traps: Traps, announce: (() => void) | null): Promise<Stop | null> {
    const { client, runner } = this.#parts;
    let stop: Stop | null;
    try {
      stop = await this.run(course, traps, announce ?? (() => {}));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      client.output(message, 'stderr');
      stop = { reason: 'pause', description: 'Stopped by an error', text: message };
    }
    if (stop !== null && !runner.running) this.arrive(stop);
    return stop;
  }

  /** Runs without reporting anything. */
  run(course: Course, traps: Traps, onLong: () => void): Promise<Stop | null> {
    const { references, runner } = this.#parts;
    runner.requireStopped();
    references.depart();
    return runner.run(course, traps, onLong);
  }

  /** Goes to an entry, whatever lies between. */
  async goTo(entry: number): Promise<Stop | null> {
    const { guest } = this.#parts;
    const distance = entry - guest.position;
    if (distance === 0) return this.lastStop;
    const course: Course = { direction: distance > 0 ? 'forward' : 'backward', entries: Math.abs(distance) };
    const stop = await this.run(course, NO_TRAPS, () => this.continued());
    if (stop === null) return null;
    const arrived: Stop = stop.reason === 'pause' ? stop : { reason: 'goto', description: `Operation ${entry}` };
    this.arrive(arrived);
    return arrived;
  }

  /** Tells a client that did not ask for it itself that the guest runs. */
  continued(): void {
    const event: DebugProtocol.ContinuedEvent = new ContinuedEvent(this.#parts.face.frames.currentThread, true);
    this.#parts.client.send(event);
  }

  /** The guest has stopped somewhere else. */
  arrive(stop: Stop): void {
    this.#parts.face.settle();
    if (stop.ended !== undefined) {
      this.#parts.client.send(new ExitedEvent(stop.ended));
      this.#parts.client.send(new TerminatedEvent());
      return;
    }
    this.#parts.references.arrive();
    this.#announce(stop);
    this.#parts.publisher.changed('step');
  }

  #announce(stop: Stop): void {
    this.lastStop = stop;
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(stop.reason, this.#parts.face.frames.currentThread);
    event.body.allThreadsStopped = true;
    if (stop.description !== undefined) event.body.description = stop.description;
    if (stop.text !== undefined) event.body.text = stop.text;
    if (stop.breakpoints !== undefined) event.body.hitBreakpointIds = [...stop.breakpoints];
    this.#parts.client.send(event);
  }
}

class ExitedEvent extends Event {
  readonly body: DebugProtocol.ExitedEvent['body'];

  constructor(exitCode: number) {
    super('exited');
    this.body = { exitCode };
  }
}
