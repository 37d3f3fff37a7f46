import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/**
 * Sets CSS properties of an element through CSSOM: `<div ${cssVars({ '--y': '22px' })}>`. A `style` attribute, which
 * lit's own styleMap writes at first, is what the content-security policy forbids.
 */
class CssVars extends Directive {
  readonly #known = new Map<string, string>();

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('cssVars belongs on an element');
  }

  override render(_properties: Readonly<Record<string, string>>): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [properties]: [Readonly<Record<string, string>>]): typeof noChange {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(properties)) {
      if (this.#known.get(name) === value) continue;
      style.setProperty(name, value);
      this.#known.set(name, value);
    }
    return noChange;
  }
}

export const cssVars = directive(CssVars);
