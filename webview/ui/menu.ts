import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { icon } from './icon.ts';

export interface MenuItem {
  readonly label: string;
  readonly icon?: string;
  /** Set for one of several choices: whether it is the one that holds now. */
  readonly checked?: boolean;
  /** Why the entry cannot be used. */
  readonly disabled?: string | undefined;
  readonly run: () => void;
}

/** Groups of entries; a line is drawn between groups. */
export type MenuGroups = readonly (readonly MenuItem[])[];

interface OpenMenu {
  readonly label: string;
  readonly groups: MenuGroups;
  readonly at: { readonly left: number; readonly top: number; readonly bottom: number };
  readonly close: () => void;
}

/** A pop-up menu. One per page is enough: `open` replaces what was open. */
export class GicMenu extends LitElement {
  static override properties: Record<string, object> = { menu: { state: true } };
  declare private menu: OpenMenu | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Shows a menu below a rectangle (above, where there is no room). `close` is called when it goes: restore the focus. */
  open(label: string, groups: MenuGroups, at: OpenMenu['at'], close: () => void): void {
    this.menu = { label, groups, at, close };
    void this.updateComplete.then(() => this.#place());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('blur', this.#onAway);
    window.addEventListener('resize', this.#onAway);
    document.addEventListener('pointerdown', this.#onPointer, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('blur', this.#onAway);
    window.removeEventListener('resize', this.#onAway);
    document.removeEventListener('pointerdown', this.#onPointer, true);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { menu } = this;
    if (!menu) return nothing;
    return html`<div class="menu" role="menu" aria-label=${menu.label} @keydown=${this.#onKey}>
      ${menu.groups.map((group) => html`<div class="menu-group" role="group">${group.map((item) => this.#item(item))}</div>`)}
    </div>`;
  }

  #item(item: MenuItem): TemplateResult {
    const isChoice = item.checked !== undefined;
    return html`<button
      class="menu-item"
      role=${isChoice ? 'menuitemradio' : 'menuitem'}
      aria-checked=${isChoice ? String(item.checked) : nothing}
      aria-disabled=${item.disabled === undefined ? nothing : 'true'}
      title=${item.disabled ?? nothing}
      tabindex="-1"
      @click=${() => this.#choose(item)}
      @pointermove=${(event: PointerEvent) => (event.currentTarget as HTMLElement).focus()}
    >
      ${icon(item.checked === true ? 'check' : (item.icon ?? 'blank'))}<span>${item.label}</span>
    </button>`;
  }

  #choose(item: MenuItem): void {
    if (item.disabled !== undefined) return;
    this.#close();
    item.run();
  }

  #close(): void {
    const { menu } = this;
    this.menu = undefined;
    menu?.close();
  }

  #place(): void {
    const { menu } = this;
    const box = this.querySelector<HTMLElement>('.menu');
    if (!menu || !box) return;
    const { width, height } = box.getBoundingClientRect();
    const below = menu.at.bottom + height <= window.innerHeight;
    const top = below ? menu.at.bottom : Math.max(2, Math.min(menu.at.top - height, window.innerHeight - height - 2));
    box.style.setProperty('left', `${Math.max(2, Math.min(menu.at.left, window.innerWidth - width - 2))}px`);
    box.style.setProperty('top', `${top}px`);
    const entries = this.#entries;
    (entries.find((entry) => entry.ariaChecked === 'true') ?? entries[0])?.focus();
  }

  get #entries(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.menu-item')];
  }

  #onKey = (event: KeyboardEvent): void => {
    const entries = this.#entries;
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to = (index: number): void => entries[(index + entries.length) % entries.length]?.focus();
    if (event.key === 'ArrowDown') to(at + 1);
    else if (event.key === 'ArrowUp') to(at - 1);
    else if (event.key === 'Home') to(0);
    else if (event.key === 'End') to(-1);
    else if (event.key === 'Escape' || event.key === 'Tab') this.#close();
    else if (event.key.length === 1 && event.key !== ' ') this.#toLetter(entries, at, event.key.toLowerCase());
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** A letter goes to the next entry that begins with it. */
  #toLetter(entries: HTMLElement[], at: number, letter: string): void {
    const order = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
    order.find((entry) => entry.textContent.trim().toLowerCase().startsWith(letter))?.focus();
  }

  #onAway = (): void => {
    if (this.menu) this.#close();
  };

  #onPointer = (event: PointerEvent): void => {
    if (this.menu && !this.contains(event.target as Node)) this.#close();
  };
}

customElements.define('gic-menu', GicMenu);
