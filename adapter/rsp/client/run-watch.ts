import { inWords } from './clock.ts';
import type { ByteOrder } from './digits.ts';
import type { Dialogue } from './dialogue.ts';
import { RspError } from './errors.ts';
import { MOST_REPEATS, type Receiver } from './flight.ts';
import { haltReason } from './halt-reason.ts';
import { isError, isExit, refusalOf } from './replies.ts';
import { sameBytes } from './shapes.ts';
import { parseStop, type StopReply } from './stop-reply.ts';

/** Why a run was interrupted: by `interrupt`, by its time limit, or since something unreadable may have been its stop. */
export type Interruption = 'asked' | 'limit' | 'garbled';

export interface RunEnd {
  readonly stop: StopReply;
  /** Null where the target stopped of itself. */
  readonly interrupted: Interruption | null;
  /** The stub had to be asked why the target stands, and may have forgotten its breakpoints, as QEMU does. */
  readonly stopsInDoubt: boolean;
}

export interface RunEvents {
  output(data: Uint8Array): void;
  stopped(stop: StopReply): void;
}

/**
 * A target that executes, until its stop has come and the stub was seen to answer again: what comes up to then is of
 * this run, and no later run can take it for its own.
 */
export class RunWatch implements Receiver {
  /** Rejects also where it does not stop at its time limit. */
  readonly ended: Promise<RunEnd>;
  /** Pending as long as the target executes. */
  readonly stopped: Promise<StopReply>;
  readonly #dialogue: Dialogue;
  readonly #order: ByteOrder;
  readonly #packet: string;
  readonly #purpose: string;
  readonly #events: RunEvents;
  #resolve: (stop: StopReply) => void = () => undefined;
  #reject: (error: RspError) => void = () => undefined;
  #giveUp: (error: RspError) => void = () => undefined;
  #settling = false;
  readonly #stops: Uint8Array[] = [];
  #inDoubt = false;
  #interrupted: Interruption | null = null;
  #cancelTimer: () => void = () => undefined;
  #repeats = 0;

  constructor(dialogue: Dialogue, order: ByteOrder, packet: string, purpose: string, events: RunEvents) {
    this.#dialogue = dialogue;
    this.#order = order;
    this.#packet = packet;
    this.#purpose = purpose;
    this.#events = events;
    this.stopped = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const end = this.stopped.then((stop) => ({
      stop,
      interrupted: this.#interrupted,
      stopsInDoubt: this.#inDoubt,
    }));
    this.ended = Promise.race([end, new Promise<never>((_, reject) => (this.#giveUp = reject))]);
    // Whoever only listens to events need not take care of it.
    this.ended.catch(() => undefined);
  }

  /** @param limit milliseconds after which it is interrupted; null: never */
  start(limit: number | null): void {
    if (limit !== null) this.#after(limit, () => this.#interruptItself('limit'));
    this.#dialogue.beginRun(this.#packet, this);
  }

  /** Asks the target to stop. A stop that is on its way is not interrupted. */
  interrupt(why: Interruption): void {
    if (this.#settling) return;
    this.#interrupted ??= why;
    this.#dialogue.sendInterrupt();
  }

  /** Its stop may have come and been lost: the stub is asked. A stub that does not answer is given up. */
  doubt(): void {
    if (!this.#settling) void this.#settle(null);
  }

  stop(data: Uint8Array): void {
    this.#stops.push(data);
    if (!this.#settling) void this.#settle(null);
  }

  /** Until the stop comes, only a refusal is an answer. */
  reply(data: Uint8Array): void {
    if (data.length > 0 && !isError(data)) this.#dialogue.suspect();
    else if (!this.#settling) void this.#settle(refusalOf(data, this.#purpose));
  }

  output(data: Uint8Array): void {
    this.#events.output(data);
  }

  garbled(): void {
    if (this.#repeats++ < MOST_REPEATS && this.#dialogue.askAgain()) return;
    this.#dialogue.sendAck();
    // It may have been the stop: then an interrupt has no answer, and the stub is asked why it stands.
    this.#interruptItself('garbled');
  }

  nack(): void {
    if (this.#repeats++ < MOST_REPEATS) this.#dialogue.resend(this.#packet);
    else
      void this.#settle(new RspError('malformed', this.#purpose, 'the stub says that it cannot read what it is sent'));
  }

  fail(error: RspError): void {
    this.#cancelTimer();
    this.#reject(new RspError(error.kind, this.#purpose, error.reason));
  }

  #interruptItself(why: 'limit' | 'garbled'): void {
    if (this.#settling) return;
    this.interrupt(why);
    const { interrupt } = this.#dialogue.timeouts;
    this.#after(interrupt, () => {
      if (why === 'garbled') void this.#settle(null);
      else this.#giveUp(new RspError('timeout', this.#purpose, `it does not stop within ${inWords(interrupt)}`));
    });
  }

  /** @param refusal why it never ran; null: it stands */
  async #settle(refusal: RspError | null): Promise<void> {
    this.#settling = true;
    this.#cancelTimer();
    try {
      const last = this.#stops.find(isExit) ?? (await this.#standStill(refusal === null));
      this.#dialogue.endRun();
      if (last === null) this.#reject(refusal ?? new RspError('malformed', this.#purpose, 'its stop was lost'));
      else this.#tell(parseStop(last, this.#order));
    } catch (error) {
      this.#dialogue.endRun();
      this.#reject(error instanceof RspError ? error : new RspError('malformed', this.#purpose, String(error)));
    }
  }

  /**
   * Sees that the stub answers again.
   * @param ran false where the stub refused: then there need not be a stop
   * @returns the stop, or that there was none
   */
  async #standStill(ran: boolean): Promise<Uint8Array | null> {
    const onStop = (data: Uint8Array): void => void this.#stops.push(data);
    if (ran && this.#stops.length === 0) await this.#dialogue.resynchronise(this.#purpose, { onStop });
    else await this.#dialogue.confirm({ onStop });
    const [first, ...others] = this.#stops;
    if (first === undefined && !ran) return null;
    const exit = others.find(isExit);
    if (exit !== undefined) return exit;
    if (first !== undefined && others.every((other) => sameBytes(other, first))) return first;
    // Lost, or one of them was not of this run: which, only the stub knows.
    this.#inDoubt = true;
    return haltReason(this.#dialogue);
  }

  #tell(stop: StopReply): void {
    this.#resolve(stop);
    this.#events.stopped(stop);
  }

  #after(milliseconds: number, action: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#dialogue.clock.after(milliseconds, action);
  }
}
