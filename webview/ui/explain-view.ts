import { html, nothing, type TemplateResult } from 'lit';
import type { ExplainStep } from '../../adapter/protocol.ts';
import { irqName } from '../model/columns.ts';
import { StoreElement } from './element.ts';
import { icon } from './icon.ts';
import { IrqGrid } from './irq-grid.ts';

const OUTCOME = {
  pass: { icon: 'pass-filled', tone: 'tone-ok', text: 'Yes' },
  fail: { icon: 'error', tone: 'tone-error', text: 'No' },
  unknown: { icon: 'question', tone: 'tone-dim', text: 'Unknown' },
} as const;

/** The answer to "Why does it not fire?", beside the table. */
export class ExplainView extends StoreElement {
  protected override firstUpdated(): void {
    this.querySelector<HTMLElement>('.explain')?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const explanation = this.store.current?.explanation;
    if (!explanation) return nothing;
    const { response, failure } = explanation;
    return html`<section
      class="explain"
      aria-label="Why does ${irqName(explanation)} not fire?"
      aria-busy=${String(!response && failure === undefined)}
      tabindex="-1"
      @keydown=${this.#onKey}
    >
      <header>
        <h2>Why does ${irqName(explanation)} not fire?</h2>
        <button class="icon-button" aria-label="Close explanation" title="Close (Escape)" @click=${this.#close}>
          ${icon('close')}
        </button>
      </header>
      ${failure === undefined ? nothing : html`<p class="failure">${icon('error', 'tone-error')}${failure}</p>`}
      ${
        response
          ? html`<p class="verdict" role="status">${response.verdict}</p>
              <ol>
                ${response.steps.map((step) => this.#step(step))}
              </ol>`
          : failure === undefined
            ? html`<p class="dim">Looking…</p>`
            : nothing
      }
    </section>`;
  }

  #step(step: ExplainStep): TemplateResult {
    const outcome = OUTCOME[step.outcome];
    const { expression } = step;
    return html`<li class="step step-${step.outcome}">
      ${icon(outcome.icon, outcome.tone)}
      <div>
        <p class="question">${step.question} <span class="outcome">${outcome.text}</span></p>
        <p class="evidence">${step.evidence}</p>
        ${step.advice === undefined ? nothing : html`<p class="advice">${icon('lightbulb')}<span>${step.advice}</span></p>`}
        ${
          expression === undefined
            ? nothing
            : html`<button
                class="link"
                title="Show ${expression} in the register tree"
                @click=${() => this.store.reveal(expression)}
              >
                ${expression}
              </button>`
        }
      </div>
    </li>`;
  }

  #close = (): void => {
    this.store.closeExplanation();
    const grid = this.parentElement?.querySelector('gic-irq-grid');
    if (grid instanceof IrqGrid) grid.focusCursor();
  };

  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.#close();
  };
}

customElements.define('gic-explain', ExplainView);
