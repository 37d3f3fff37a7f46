import { LitElement } from 'lit';
import type { Store } from '../model/store.ts';

/**
 * Base of the panel's elements: renders the store, and renders again when it changes. Renders into the page itself, not
 * into a shadow tree: labels, descriptions and the icon font then work across elements.
 */
export class StoreElement extends LitElement {
  static override properties: Record<string, object> = { store: { attribute: false } };
  declare store: Store;
  #stopListening: (() => void) | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopListening = this.store.onChange(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening?.();
  }
}
