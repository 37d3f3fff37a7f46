import { html, type TemplateResult } from 'lit';

/** A codicon. Says nothing to screen readers: the text or label beside it does. */
export function icon(name: string, tone = ''): TemplateResult {
  return html`<span class="codicon codicon-${name} ${tone}" aria-hidden="true"></span>`;
}
