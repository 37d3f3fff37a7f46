import { inWords } from './clock.ts';
import type { ByteOrder } from './digits.ts';
import type { Dialogue } from './dialogue.ts';
import { RspError } from './errors.ts';
import type { Features } from './features.ts';
import { haltReason } from './halt-reason.ts';
import { refusalOf } from './replies.ts';
import { RunWatch, type RunEnd, type RunEvents } from './run-watch.ts';
import { OK } from './shapes.ts';
import { parseStop, type StopReply } from './stop-reply.ts';
import type { ThreadId } from './thread-id.ts';

/** What a thread does in a run; the first action that names a thread is the thread's. */
export interface ResumeAction {
  readonly kind: 'continue' | 'step';
  readonly thread: ThreadId | 'all';
}

/** A run that was begun. */
export interface Run {
  /** Rejects where the stub refuses, the connection ends, or the target does not stop at its time limit. */
  readonly ended: Promise<RunEnd>;
}

/** Milliseconds of a step. A CPU that is powered off never finishes one. */
export const STEP_LIMIT = 1000;

const INTERRUPTING = 'interrupting the target';

/** Lets the target execute and tells where it stops. All threads stop together. */
export class RunControl {
  readonly #dialogue: Dialogue;
  readonly #features: Features;
  readonly #order: ByteOrder;
  readonly #events: RunEvents;
  #watch: RunWatch | null = null;

  constructor(dialogue: Dialogue, features: Features, order: ByteOrder, events: RunEvents) {
    this.#dialogue = dialogue;
    this.#features = features;
    this.#order = order;
    this.#events = events;
  }

  get running(): boolean {
    return this.#dialogue.running;
  }

  /** Why the target stands. QEMU forgets its breakpoints when asked. @throws RspError */
  haltReason(): Promise<StopReply> {
    return this.#dialogue.exclusive('asking why the target stands', async () =>
      parseStop(await haltReason(this.#dialogue), this.#order),
    );
  }

  /**
   * Lets threads execute; those without an action stay where they are. Until the run has ended, nothing but
   * `interrupt` is possible.
   * @param limit milliseconds after which it is interrupted; null: never
   * @throws RspError of kind unsupported for actions the stub has no packet for
   */
  async resume(actions: readonly ResumeAction[], limit: number | null = null): Promise<Run> {
    const purpose = purposeOf(actions);
    const watch = await this.#dialogue.exclusive(purpose, async () => {
      const packet = this.#vCont(actions) ?? (await this.#selectAndResume(actions, purpose));
      this.#dialogue.measure(packet, purpose);
      // Whatever is still on its way belongs to the time before.
      await this.#dialogue.confirm();
      const begun = new RunWatch(this.#dialogue, this.#order, packet, purpose, this.#events);
      this.#watch = begun;
      begun.start(limit);
      return begun;
    });
    return { ended: watch.ended };
  }

  /** One instruction of one thread. @param limit milliseconds after which it is interrupted; the end says so */
  async step(thread: ThreadId, limit: number = STEP_LIMIT): Promise<RunEnd> {
    const { ended } = await this.resume([{ kind: 'step', thread }], limit);
    return ended;
  }

  /**
   * Stops a target that executes.
   * @returns its stop; null where it did not execute
   * @throws RspError of kind timeout where it does not stop: it executes still
   */
  async interrupt(): Promise<StopReply | null> {
    const watch = this.#watch;
    if (watch === null || !this.running) return null;
    watch.interrupt('asked');
    const { clock, timeouts } = this.#dialogue;
    let cancel: () => void = () => undefined;
    const tooLate = new Promise<never>((_, reject) => {
      cancel = clock.after(timeouts.interrupt, () => {
        reject(new RspError('timeout', INTERRUPTING, `it does not stop within ${inWords(timeouts.interrupt)}`));
      });
    });
    try {
      return await Promise.race([watch.stopped, tooLate]);
    } finally {
      cancel();
    }
  }

  /**
   * For a target that an interrupt does not stop: asks the stub why it stands, since its stop may have been lost.
   * @returns its stop; null where it did not execute
   * @throws RspError where the stub does not answer: the dialogue is over then
   */
  async doubt(): Promise<StopReply | null> {
    const watch = this.#watch;
    if (watch === null || !this.running) return null;
    watch.doubt();
    return watch.stopped;
  }

  /** Null where the stub does not offer what is needed. */
  #vCont(actions: readonly ResumeAction[]): string | null {
    const letters = actions.map(({ kind }) => (kind === 'step' ? 's' : 'c'));
    if (actions.length === 0 || !letters.every((letter) => this.#features.resumeActions.has(letter))) return null;
    const parts = actions.map(({ thread }, i) => `;${letters[i] ?? ''}${thread === 'all' ? '' : `:${thread.text}`}`);
    return `vCont${parts.join('')}`;
  }

  /** The way before vCont: one action, whose thread is selected first. */
  async #selectAndResume(actions: readonly ResumeAction[], purpose: string): Promise<string> {
    const [action, ...more] = actions;
    if (action === undefined || more.length > 0 || (action.kind === 'step' && action.thread === 'all')) {
      throw new RspError('unsupported', purpose, 'the stub can move one thread, or let all of them run');
    }
    const packet = `Hc${action.thread === 'all' ? '-1' : action.thread.text}`;
    const [reply] = await this.#dialogue.exchange([{ packet, shape: OK, purpose }], { once: true });
    const refusal = reply === undefined ? null : refusalOf(reply, purpose);
    // A stub without threads does not know the packet, and needs none.
    if (refusal?.kind === 'refused') throw refusal;
    return action.kind === 'step' ? 's' : 'c';
  }
}

function purposeOf(actions: readonly ResumeAction[]): string {
  const [action] = actions;
  if (actions.length !== 1 || action === undefined) return 'resuming the target';
  if (action.thread === 'all') return action.kind === 'step' ? 'stepping all threads' : 'resuming the target';
  return `${action.kind === 'step' ? 'stepping' : 'resuming'} thread ${action.thread.text}`;
}
