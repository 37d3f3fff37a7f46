import type { ChangedEvent } from '../../adapter/protocol.ts';
import { Emitter, type Listen } from '../event.ts';
import type { Observation } from './messages.ts';
import { GicSession, type SessionPort } from './session.ts';

/** What happened to a session. */
export type SessionEvent =
  | { kind: 'added'; session: GicSession }
  /** `accident` says what happened where nobody asked for the end. */
  | { kind: 'removed'; session: GicSession; accident?: string }
  | { kind: 'changed'; session: GicSession; change: ChangedEvent }
  | { kind: 'state'; session: GicSession };

interface Entry {
  readonly session: GicSession;
  announced: boolean;
  endExpected: boolean;
}

/** The `gic` debug sessions that are under way. Knows each from its first message to its end. */
export class SessionStore {
  readonly #entries = new Map<string, Entry>();
  readonly #emitter = new Emitter<SessionEvent>();

  /** Fires when a session comes, goes or changes. */
  readonly onDidChange: Listen<SessionEvent> = this.#emitter.event;

  /** Sessions that answer requests, oldest first. */
  all(): readonly GicSession[] {
    return [...this.#entries.values()].filter((entry) => entry.announced).map((entry) => entry.session);
  }

  get(id: string): GicSession | undefined {
    const entry = this.#entries.get(id);
    return entry?.announced === true ? entry.session : undefined;
  }

  /** A session is being started: its adapter exists, but may still refuse the launch. */
  start(port: SessionPort): GicSession {
    const known = this.#entries.get(port.id);
    if (known) return known.session;
    const session = new GicSession(port);
    this.#entries.set(port.id, { session, announced: false, endExpected: false });
    return session;
  }

  /** Takes what a message of the session meant. */
  observe(id: string, observation: Observation): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const { session } = entry;
    switch (observation.kind) {
      case 'ready':
        this.#announce(entry);
        return;
      case 'ending':
        entry.endExpected = true;
        return;
      case 'running':
      case 'stopped':
        if (session.state === observation.kind) return;
        session.moved(observation.kind);
        if (entry.announced) this.#emitter.fire({ kind: 'state', session });
        return;
      case 'changed':
        session.changed(observation.change);
        this.#announce(entry);
        this.#emitter.fire({ kind: 'changed', session, change: observation.change });
    }
  }

  /** The session is over. `accident` is told on only where nothing announced the end. */
  end(id: string, accident?: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    const unexpected = entry.endExpected || accident === undefined ? undefined : accident;
    entry.session.end(unexpected ?? 'the debug session has ended');
    // A launch that was refused never was in the views: VS Code itself reports it.
    if (!entry.announced) return;
    this.#emitter.fire({
      kind: 'removed',
      session: entry.session,
      ...(unexpected === undefined ? {} : { accident: unexpected }),
    });
  }

  dispose(): void {
    for (const id of [...this.#entries.keys()]) this.end(id);
    this.#emitter.dispose();
  }

  #announce(entry: Entry): void {
    if (entry.announced) return;
    entry.announced = true;
    this.#emitter.fire({ kind: 'added', session: entry.session });
  }
}
