import type { Divergence } from '../../adapter/protocol.ts';
import { Emitter, type Listen } from '../event.ts';
import { messageOf, type GicSession } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/store.ts';

/** A difference between a session's target and its model. */
export interface Difference {
  readonly session: GicSession;
  readonly divergence: Divergence;
}

interface Known {
  readonly session: GicSession;
  note: string;
  findings: readonly Divergence[];
}

/**
 * Where the targets of sessions and their models differ. Only while somebody looks are they asked: a target is compared
 * then at each stop, for which all of its registers are read.
 */
export class DivergenceModel {
  readonly #store: SessionStore;
  readonly #emitter = new Emitter<void>();
  readonly #known = new Map<string, Known>();
  readonly #subscription: { dispose(): void };
  #isWatched = false;

  readonly onDidChange: Listen<void> = this.#emitter.event;

  constructor(store: SessionStore) {
    this.#store = store;
    this.#subscription = store.onDidChange((event) => {
      if (event.kind === 'removed') this.#forget(event.session);
      else if (event.kind === 'added' || event.kind === 'changed') void this.#refresh(event.session);
    });
  }

  /** Whether some session has a target behind a GDB stub. */
  get hasTargets(): boolean {
    return this.#known.size > 0;
  }

  /** The latest first, session by session. */
  get differences(): readonly Difference[] {
    return [...this.#known.values()].flatMap(({ session, findings }) =>
      findings.map((divergence) => ({ session, divergence })),
    );
  }

  /** What the latest looks were able to tell: a sentence a session. */
  get note(): string {
    const all = [...this.#known.values()];
    return all.map(({ session, note }) => (all.length > 1 ? `${session.name}: ${note}` : note)).join(' ');
  }

  /** Somebody looks, or does no more. */
  async watch(on: boolean): Promise<void> {
    this.#isWatched = on;
    await Promise.all(this.#store.all().map((session) => this.#refresh(session)));
  }

  async clear(): Promise<void> {
    await Promise.all([...this.#known.values()].map(({ session }) => this.#ask(session, { clear: true })));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#emitter.dispose();
  }

  async #refresh(session: GicSession): Promise<void> {
    try {
      if ((await session.describe()).kind !== 'gdb') return;
    } catch {
      // It has ended meanwhile, or will be asked again.
      return;
    }
    if (!this.#known.has(session.id)) {
      this.#known.set(session.id, { session, note: '', findings: [] });
      this.#emitter.fire();
    }
    await this.#ask(session, { watch: this.#isWatched });
  }

  async #ask(session: GicSession, args: { watch?: boolean; clear?: boolean }): Promise<void> {
    const known = this.#known.get(session.id);
    if (known === undefined) return;
    try {
      const { note, findings } = await session.request('gic/divergence', args);
      Object.assign(known, { note, findings });
    } catch (error) {
      if (session.state === 'ended') return;
      known.note = messageOf(error);
    }
    this.#emitter.fire();
  }

  #forget(session: GicSession): void {
    if (this.#known.delete(session.id)) this.#emitter.fire();
  }
}
