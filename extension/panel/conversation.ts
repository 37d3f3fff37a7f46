import type { ChangedEvent, DescribeResponse } from '../../adapter/protocol.ts';
import type { FailedRequest, Tab, ToHost, ToWebview } from '../../webview/messages.ts';
import { findEntry } from './find.ts';
import type { PanelEvent, PanelModel } from './model.ts';

/** What the webview has been told about the session it shows. */
interface Told {
  readonly sessionId: string;
  /** Version of the rows sent last; undefined before the first. */
  version?: number;
  /** The guest moved since the rows sent last. */
  newStop: boolean;
  isReading: boolean;
  isDue: boolean;
}

/**
 * The host's side of the talk with the webview. Free of `vscode`, so that it can be tested without. The webview may go
 * and come back at any time (VS Code destroys it when it is hidden): then everything is told again, and answers to
 * edits that arrived in between are delivered late instead of never.
 */
export class Conversation {
  readonly #model: PanelModel;
  readonly #post: (message: ToWebview) => void;
  readonly #described = new Map<string, Promise<DescribeResponse>>();
  readonly #subscription: { dispose(): void };
  #isLive = false;
  #undelivered: ToWebview[] = [];
  #chosen: string | undefined;
  #told: Told | undefined;
  #search = 0;

  constructor(model: PanelModel, post: (message: ToWebview) => void) {
    this.#model = model;
    this.#post = post;
    this.#subscription = model.onDidChange((event) => this.#onModel(event));
  }

  /** The session that is shown: the one chosen last, in the panel or in VS Code; else the latest. */
  get selected(): string | undefined {
    const sessions = this.#model.sessions();
    const isThere = (id: string | undefined): boolean => sessions.some((session) => session.id === id);
    if (isThere(this.#chosen)) return this.#chosen;
    const focused = this.#model.focused();
    return isThere(focused) ? focused : sessions.at(-1)?.id;
  }

  /** The webview is gone, or about to be: nothing sent now would arrive. */
  pause(): void {
    this.#isLive = false;
    this.#told = undefined;
  }

  dispose(): void {
    this.pause();
    this.#subscription.dispose();
  }

  /** Brings a tab to the front, once there is a webview. */
  show(sessionId: string, tab: Tab, options: { find?: string; filter?: string } = {}): void {
    this.#chosen = sessionId;
    if (this.#isLive) this.#tellSessions();
    this.#deliver({ type: 'show', sessionId, tab, ...options });
  }

  /** Takes a message of the webview. */
  receive(message: ToHost): void {
    switch (message.type) {
      case 'ready':
        this.#isLive = true;
        this.#told = undefined;
        this.#tellSessions();
        for (const late of this.#undelivered.splice(0)) this.#post(late);
        return;
      case 'select':
        this.#chosen = message.sessionId;
        this.#tellSessions();
        return;
      case 'open':
        this.#model.open(message.what);
        return;
      default:
        void this.#answer(message);
    }
  }

  async #answer(message: Exclude<ToHost, { type: 'ready' | 'select' | 'open' }>): Promise<void> {
    const { sessionId } = message;
    try {
      switch (message.type) {
        case 'edit': {
          const { id, target, value } = message;
          const response = await this.#model.request(sessionId, 'gic/write', { target, value });
          this.#deliver({ type: 'edited', sessionId, id, target, value, response });
          return;
        }
        case 'preview': {
          const { id, target, value } = message;
          const response = await this.#model.request(sessionId, 'gic/preview', { target, value });
          this.#deliver({ type: 'previewed', sessionId, id, response });
          return;
        }
        case 'journal': {
          const { start, count } = message;
          const journal = await this.#model.request(sessionId, 'gic/journal', { start, count });
          this.#deliver({ type: 'journal', sessionId, start, journal });
          return;
        }
        case 'explain': {
          const { id, intid, vcpu } = message;
          const args = vcpu === null ? { intid } : { intid, vcpu };
          const response = await this.#model.request(sessionId, 'gic/explain', args);
          this.#deliver({ type: 'explained', sessionId, id, intid, vcpu, response });
          return;
        }
        case 'jump':
          await this.#jump(sessionId, message.to);
          return;
        case 'reveal':
          await this.#model.reveal(sessionId, message.expression);
          return;
        case 'find':
          await this.#find(message);
      }
    } catch (error) {
      this.#deliver(failure(message, error));
    }
  }

  async #jump(sessionId: string, to: number): Promise<void> {
    const { position } = await this.#model.request(sessionId, 'gic/journal', { start: 0, count: 1 });
    await this.#model.request(sessionId, 'gic/step', { direction: to < position ? 'backward' : 'forward', to });
  }

  async #find(message: Extract<ToHost, { type: 'find' }>): Promise<void> {
    const { sessionId, id } = message;
    const search = ++this.#search;
    const result = await findEntry(
      (start, count) => this.#model.request(sessionId, 'gic/journal', { start, count }),
      message,
      () => this.#search === search,
    );
    if (result) this.#deliver({ type: 'found', sessionId, id, ...result });
  }

  #onModel(event: PanelEvent): void {
    if (event.kind === 'changed') {
      this.#onChanged(event.sessionId, event.change);
      return;
    }
    if (event.kind === 'focused') this.#chosen = this.#model.focused() ?? this.#chosen;
    const ids = new Set(this.#model.sessions().map(({ id }) => id));
    // A session that starts again has the same id, and nothing known of it holds any more.
    for (const id of this.#described.keys()) if (!ids.has(id)) this.#described.delete(id);
    if (this.#isLive) this.#tellSessions();
  }

  #onChanged(sessionId: string, change: ChangedEvent): void {
    const told = this.#told;
    if (told?.sessionId !== sessionId) return;
    const { version, position, cause } = change;
    this.#deliver({ type: 'moved', sessionId, version, position });
    // What the rows sent include already needs no second look (and must not count as another stop).
    if (told.version !== undefined && version <= told.version) return;
    if (cause !== 'edit') told.newStop = true;
    this.#read(told);
  }

  #tellSessions(): void {
    const selected = this.selected;
    this.#post({ type: 'sessions', sessions: [...this.#model.sessions()], selected: selected ?? null });
    if (selected === this.#told?.sessionId) return;
    this.#told = undefined;
    if (selected === undefined) return;
    this.#told = { sessionId: selected, newStop: false, isReading: false, isDue: false };
    void this.#describe(this.#told);
    this.#read(this.#told);
  }

  async #describe(told: Told): Promise<void> {
    const { sessionId } = told;
    const asked = this.#described.get(sessionId) ?? this.#model.request(sessionId, 'gic/describe', {});
    this.#described.set(sessionId, asked);
    try {
      const { gic, profile, cpus, spis, title, canStepBack, knows } = await asked;
      if (this.#told !== told) return;
      this.#post({ type: 'describe', sessionId, summary: { gic, profile, cpus, spis, title, canStepBack, knows } });
    } catch (error) {
      this.#described.delete(sessionId);
      if (this.#told === told) this.#post({ type: 'failed', sessionId, request: 'describe', message: textOf(error) });
    }
  }

  /** Reads what changed and tells it; changes that arrive meanwhile are read in one go afterwards. */
  #read(told: Told): void {
    told.isDue = true;
    if (!told.isReading) void this.#readAll(told);
  }

  async #readAll(told: Told): Promise<void> {
    const { sessionId } = told;
    told.isReading = true;
    try {
      while (told.isDue && this.#told === told) {
        told.isDue = false;
        const { newStop } = told;
        told.newStop = false;
        const since = told.version === undefined ? {} : { since: told.version };
        const irqs = await this.#model.request(sessionId, 'gic/irqs', since);
        if (this.#told !== told) return;
        if (told.version !== undefined && irqs.version < told.version) continue;
        told.version = irqs.version;
        this.#post({ type: 'irqs', sessionId, irqs, newStop });
      }
    } catch (error) {
      // The next read starts afresh: what was missed is not known.
      delete told.version;
      if (this.#told === told) this.#post({ type: 'failed', sessionId, request: 'irqs', message: textOf(error) });
    } finally {
      told.isReading = false;
    }
  }

  /** Posts, or keeps for later what the user would miss. */
  #deliver(message: ToWebview): void {
    if (this.#isLive) this.#post(message);
    else if (message.type === 'show') {
      this.#undelivered = [...this.#undelivered.filter(({ type }) => type !== 'show'), message];
    } else if (message.type === 'edited' || (message.type === 'failed' && message.request === 'edit')) {
      this.#undelivered.push(message);
    }
  }
}

function failure(message: Exclude<ToHost, { type: 'ready' | 'select' | 'open' }>, error: unknown): ToWebview {
  const request: FailedRequest = message.type;
  return {
    type: 'failed',
    sessionId: message.sessionId,
    request,
    message: textOf(error),
    ...('id' in message ? { id: message.id } : {}),
    ...('target' in message ? { target: message.target } : {}),
    ...('start' in message ? { start: message.start } : {}),
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
