import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { Tab } from '../messages.ts';
import { StoreElement } from './element.ts';
import { icon } from './icon.ts';
import { IrqView } from './irq-view.ts';
import { LogView } from './log-view.ts';

const TABS: readonly { id: Tab; label: string }[] = [
  { id: 'interrupts', label: 'Interrupts' },
  { id: 'log', label: 'Access log' },
];

/** The panel: tabs, what is debugged, and the tab that is open. */
export class App extends StoreElement {
  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#onKey);
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const { tab } = store.view;
    return html`${store.current ? this.#bar(tab) : nothing}
      ${
        store.current
          ? html`${this.#failures()}
              <div
                id="panel-interrupts"
                class="pane"
                role="tabpanel"
                aria-labelledby="tab-interrupts"
                ?hidden=${tab !== 'interrupts'}
              >
                <gic-irq-view .store=${store}></gic-irq-view>
              </div>
              <div id="panel-log" class="pane" role="tabpanel" aria-labelledby="tab-log" ?hidden=${tab !== 'log'}>
                <gic-log-view .store=${store}></gic-log-view>
              </div>`
          : this.#welcome()
      }
      <div class="sr" role="status" aria-live="polite">${store.announcement}</div>`;
  }

  #bar(tab: Tab): TemplateResult {
    const { summary } = this.store.current ?? {};
    return html`<div class="bar">
      <div class="tabs" role="tablist" aria-label="GIC" @keydown=${this.#onTabKey}>
        ${TABS.map(
          ({ id, label }) =>
            html`<button
              id="tab-${id}"
              class="tab"
              role="tab"
              aria-selected=${String(id === tab)}
              aria-controls="panel-${id}"
              tabindex=${id === tab ? '0' : '-1'}
              @click=${() => this.store.showTab(id)}
            >
              ${label}
            </button>`,
        )}
      </div>
      <div class="about">
        ${this.store.session?.state === 'running' ? html`<span class="running">${icon('sync', 'spin')}Running</span>` : nothing}
        ${
          summary
            ? html`<span
                class="summary"
                title="${summary.title}
Semantics: ${summary.profile}"
                >GIC${summary.gic} · ${summary.profile} · ${count(summary.cpus, 'vCPU')} ·
                ${count(summary.spis, 'SPI')}</span
              >`
            : nothing
        }
        ${this.#sessions()}
      </div>
    </div>`;
  }

  #sessions(): TemplateResult {
    const { sessions, session } = this.store;
    if (sessions.length < 2)
      return html`<span class="title" title=${session?.name ?? ''}>${session?.name ?? ''}</span>`;
    return html`<select
      class="sessions"
      aria-label="Session"
      title="The session that is shown"
      @change=${(event: Event) => this.store.select((event.target as HTMLSelectElement).value)}
    >
      ${sessions.map(({ id, name }) => html`<option value=${id} .selected=${id === session?.id}>${name}</option>`)}
    </select>`;
  }

  /** What is on screen is out of date where it could not be read again: said, not hidden. */
  #failures(): TemplateResult | typeof nothing {
    const view = this.store.current;
    if (!view || view.failures.size === 0) return nothing;
    return html`<div class="failures" role="alert">
      ${icon('warning', 'tone-warning')}
      <div class="note-text">
        ${[...view.failures].map(([request, message]) => html`<p>${FAILED[request]} ${message}</p>`)}
      </div>
      <button class="link" @click=${this.#retry}>Try Again</button>
      <button class="icon-button" aria-label="Dismiss" title="Dismiss" @click=${this.#dismissFailures}>
        ${icon('close')}
      </button>
    </div>`;
  }

  #welcome(): TemplateResult | typeof nothing {
    if (!this.store.isConnected) return nothing;
    return html`<div class="welcome">
      <p>No interrupt controller is being debugged.</p>
      <p class="dim">Open a recorded run of a guest and press F5: its interrupts and every access appear here.</p>
      <p>
        <vscode-button @click=${() => this.store.post({ type: 'open', what: 'recording' })}>
          Choose a Recording
        </vscode-button>
        <vscode-button secondary @click=${() => this.store.post({ type: 'open', what: 'example' })}>
          Try an Example
        </vscode-button>
      </p>
    </div>`;
  }

  #retry = (): void => {
    this.#dismissFailures();
    this.store.current?.journal.retry();
    this.store.start();
  };

  #dismissFailures = (): void => {
    this.store.current?.failures.clear();
    this.store.changed();
  };

  #onTabKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const tab: Tab = this.store.view.tab === 'log' ? 'interrupts' : 'log';
    this.store.showTab(tab);
    this.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
  };

  /** `/` and Ctrl+F go to the filter, unless something is being typed. */
  #onKey = (event: KeyboardEvent): void => {
    const isFind =
      event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const isSlash = event.key === '/' && !(event.target instanceof HTMLInputElement);
    if ((!isFind && !isSlash) || !this.store.current) return;
    event.preventDefault();
    const view = this.querySelector(this.store.view.tab === 'log' ? 'gic-log-view' : 'gic-irq-view');
    if (view instanceof IrqView) view.focusFilter();
    if (view instanceof LogView) view.focusFind();
  };
}

const FAILED = {
  describe: 'The controller could not be described.',
  irqs: 'The interrupts could not be read: what is shown is out of date.',
  journal: 'The access log could not be read.',
  edit: 'The edit failed.',
  preview: 'The preview failed.',
  explain: 'The explanation failed.',
  jump: 'The jump failed.',
  reveal: 'The register could not be shown.',
  find: 'The search failed.',
} as const;

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

customElements.define('gic-app', App);
