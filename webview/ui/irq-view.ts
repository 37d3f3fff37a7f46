import { html, nothing, type TemplateResult } from 'lit';
import { FILTER_WORDS } from '../model/filter.ts';
import { StoreElement } from './element.ts';
import './explain-view.ts';
import { icon } from './icon.ts';
import { IrqGrid } from './irq-grid.ts';

const HELP = [
  'Terms, all of which a row must meet:',
  FILTER_WORDS.join(', '),
  'cpu:1   prio<0x80   group:1   33   32-47   !idle',
  'Anything else is looked for in what the row shows.',
].join('\n');

/** The tab "Interrupts": filter, table, explanation. */
export class IrqView extends StoreElement {
  focusFilter(): void {
    const input = this.querySelector<HTMLInputElement>('.filter input');
    input?.focus();
    input?.select();
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const { view, visible } = store;
    const { problems } = visible.filter;
    const isNarrowed = !visible.filter.isEmpty || view.notIdle || view.onlyChanged;
    return html`<div class="toolbar" role="toolbar" aria-label="Filter interrupts">
        <div class="filter${problems.length > 0 ? ' wrong' : ''}">
          ${icon(problems.length > 0 ? 'error' : 'filter', problems.length > 0 ? 'tone-error' : '')}
          <input
            type="text"
            aria-label="Filter interrupts"
            aria-invalid=${problems.length > 0 ? 'true' : nothing}
            aria-describedby="filter-problem"
            placeholder="Filter (pending spi prio<0x80 32-47)"
            title=${HELP}
            spellcheck="false"
            autocomplete="off"
            .value=${view.filter}
            @input=${(event: InputEvent) => store.setView({ filter: (event.target as HTMLInputElement).value })}
            @keydown=${this.#onFilterKey}
          />
          ${
            view.filter === ''
              ? nothing
              : html`<button class="icon-button" aria-label="Clear filter" title="Clear (Escape)" @click=${this.#clear}>
                  ${icon('close')}
                </button>`
          }
          <div id="filter-problem" class="filter-problem" role="alert" ?hidden=${problems.length === 0}>
            ${problems.join(' ')}
          </div>
        </div>
        ${this.#toggle('Not idle', 'Only interrupts that are pending or active', 'notIdle')}
        ${this.#toggle('Changed', 'Only interrupts that changed since the last stop', 'onlyChanged')}
        <span class="count" role="status">${this.#count(isNarrowed)}</span>
      </div>
      <div class="split">
        <div class="table">
          <gic-irq-grid .store=${store}></gic-irq-grid>
          ${this.#empty(isNarrowed)}
        </div>
        ${store.current?.explanation ? html`<gic-explain .store=${store}></gic-explain>` : nothing}
      </div>`;
  }

  #toggle(label: string, title: string, name: 'notIdle' | 'onlyChanged'): TemplateResult {
    const isOn = this.store.view[name];
    return html`<button
      class="toggle${isOn ? ' on' : ''}"
      aria-pressed=${String(isOn)}
      title=${title}
      @click=${() => this.store.setView({ [name]: !isOn })}
    >
      ${label}
    </button>`;
  }

  #count(isNarrowed: boolean): string {
    const { rows, total } = this.store.visible;
    const all = total.toLocaleString('en');
    return isNarrowed ? `${rows.length.toLocaleString('en')} of ${all}` : total === 0 ? '' : `${all} rows`;
  }

  #empty(isNarrowed: boolean): TemplateResult | typeof nothing {
    const { visible, current, view } = this.store;
    if (visible.rows.length > 0 || !current) return nothing;
    if (visible.total === 0) {
      if (current.failures.has('irqs')) return nothing;
      return html`<div class="empty">
        ${current.table.version < 0 ? 'Reading the interrupts…' : 'There are no interrupts.'}
      </div>`;
    }
    if (!isNarrowed) return nothing;
    const words = [
      visible.filter.isEmpty ? [] : [`matches “${view.filter.trim()}”`],
      view.notIdle ? ['is pending or active'] : [],
      view.onlyChanged ? ['changed since the last stop'] : [],
    ].flat();
    return html`<div class="empty">
      <p>None of the ${visible.total.toLocaleString('en')} interrupts ${words.join(' and ')}.</p>
      <vscode-button secondary @click=${this.#showAll}>Show All</vscode-button>
    </div>`;
  }

  #clear = (): void => {
    this.store.setView({ filter: '' });
    this.focusFilter();
  };

  #showAll = (): void => {
    this.store.setView({ filter: '', notIdle: false, onlyChanged: false });
    this.focusFilter();
  };

  #onFilterKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.store.view.filter !== '') this.#clear();
    else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      const grid = this.querySelector('gic-irq-grid');
      if (grid instanceof IrqGrid) grid.focusCursor();
    } else return;
    event.preventDefault();
  };
}

customElements.define('gic-irq-view', IrqView);
