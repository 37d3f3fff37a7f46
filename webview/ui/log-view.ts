import { html, nothing, type TemplateResult } from 'lit';
import { StoreElement } from './element.ts';
import { icon } from './icon.ts';
import { LogList } from './log-list.ts';

/** The tab "Access log": search, follow, list. */
export class LogView extends StoreElement {
  focusFind(): void {
    const input = this.querySelector<HTMLInputElement>('.filter input');
    input?.focus();
    input?.select();
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const journal = store.current?.journal;
    const search = store.current?.search;
    const { find, follow } = store.view;
    return html`<div class="toolbar" role="toolbar" aria-label="Access log">
        <div class="filter">
          ${icon('search')}
          <input
            type="text"
            aria-label="Find in the access log"
            placeholder="Find (register, address, meaning)"
            spellcheck="false"
            autocomplete="off"
            .value=${find}
            @input=${(event: InputEvent) => store.setView({ find: (event.target as HTMLInputElement).value })}
            @keydown=${this.#onFindKey}
          />
          <button
            class="icon-button"
            aria-label="Find previous"
            title="Previous (Shift+Enter)"
            ?disabled=${find.trim() === ''}
            @click=${() => this.#find('backward')}
          >
            ${icon('arrow-up')}
          </button>
          <button
            class="icon-button"
            aria-label="Find next"
            title="Next (Enter)"
            ?disabled=${find.trim() === ''}
            @click=${() => this.#find('forward')}
          >
            ${icon('arrow-down')}
          </button>
        </div>
        <button
          class="toggle${follow ? ' on' : ''}"
          aria-pressed=${String(follow)}
          title="Keep the current position in view"
          @click=${this.#toggleFollow}
        >
          Follow
        </button>
        <span class="count" role="status"
          >${search ? (search.index === undefined ? 'Searching… ' : search.message ? `${search.message} ` : '') : nothing}${this.#place()}</span
        >
      </div>
      <div class="split">
        <div class="table">
          <gic-log-list .store=${store}></gic-log-list>
          ${
            journal?.total === undefined && store.current && !store.current.failures.has('journal')
              ? html`<div class="empty">Reading the access log…</div>`
              : nothing
          }
          ${journal?.total === 0 ? html`<div class="empty">There is nothing to log yet: no access was made.</div>` : nothing}
        </div>
      </div>`;
  }

  #place(): string {
    const journal = this.store.current?.journal;
    if (journal?.total === undefined) return '';
    return `${journal.position.toLocaleString('en')} of ${journal.total.toLocaleString('en')} executed`;
  }

  get #list(): LogList | undefined {
    const list = this.querySelector('gic-log-list');
    return list instanceof LogList ? list : undefined;
  }

  #find(direction: 'forward' | 'backward'): void {
    const search = this.store.current?.search;
    const cursor = this.#list?.cursor ?? 0;
    // A further search for the same starts beyond the match, not on it.
    const isAgain = search?.text === this.store.view.find.trim() && search.index === cursor;
    const step = direction === 'forward' ? 1 : -1;
    this.store.find(this.store.view.find, isAgain ? cursor + step : cursor, direction);
  }

  #toggleFollow = (): void => {
    const follow = !this.store.view.follow;
    this.store.setView({ follow });
    if (follow) this.#list?.showPosition();
  };

  #onFindKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') this.#find(event.shiftKey ? 'backward' : 'forward');
    else if (event.key === 'Escape') this.store.find('', 0, 'forward');
    else if (event.key === 'ArrowDown') this.querySelector<HTMLElement>('.log-row[tabindex="0"]')?.focus();
    else return;
    event.preventDefault();
  };
}

customElements.define('gic-log-view', LogView);
