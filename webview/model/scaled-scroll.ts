/**
 * Browsers cap an element's height (Chromium near 33 million pixels, with rounding errors well before), and three
 * million rows of 22 pixels are 66 million. So beyond `MAX_HEIGHT` the scroll bar is *scaled*: the element is
 * `MAX_HEIGHT` high, a position of the scroll bar stands for the proportional position in the list, and the wheel moves
 * the list itself (else one notch would skip hundreds of rows). Up to `MAX_HEIGHT` the scale is 1 and all is native.
 */
export const MAX_HEIGHT = 8_000_000;

/** The arithmetic of a list of equally high rows: `offset` is in pixels of the list, `scrollTop` of the scroll bar. */
export class ScaledScroll {
  readonly rowHeight: number;
  #count = 0;
  #viewport = 0;

  constructor(rowHeight: number) {
    this.rowHeight = rowHeight;
  }

  resize(count: number, viewport: number): void {
    this.#count = count;
    this.#viewport = viewport;
  }

  get count(): number {
    return this.#count;
  }

  get viewport(): number {
    return this.#viewport;
  }

  /** Height of the list, were it drawn whole. */
  get listHeight(): number {
    return this.#count * this.rowHeight;
  }

  /** Height of the element that is scrolled. */
  get elementHeight(): number {
    return Math.min(this.listHeight, MAX_HEIGHT);
  }

  get isScaled(): boolean {
    return this.listHeight > MAX_HEIGHT;
  }

  get maxOffset(): number {
    return Math.max(0, this.listHeight - this.#viewport);
  }

  clamp(offset: number): number {
    return Math.min(Math.max(0, offset), this.maxOffset);
  }

  toOffset(scrollTop: number): number {
    if (!this.isScaled) return this.clamp(scrollTop);
    return this.clamp((scrollTop / (this.elementHeight - this.#viewport)) * this.maxOffset);
  }

  toScrollTop(offset: number): number {
    if (!this.isScaled) return this.clamp(offset);
    return (this.clamp(offset) / this.maxOffset) * (this.elementHeight - this.#viewport);
  }

  /** First and last row that is at least partly visible; last < first where there is none. */
  visible(offset: number): { first: number; last: number } {
    const first = Math.floor(offset / this.rowHeight);
    const last = Math.ceil((offset + this.#viewport) / this.rowHeight) - 1;
    return { first: Math.max(0, first), last: Math.min(this.#count - 1, last) };
  }

  /** Rows that fit completely. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.#viewport / this.rowHeight));
  }

  /** The offset nearest to `offset` at which a row is completely visible. */
  reveal(index: number, offset: number): number {
    const top = index * this.rowHeight;
    if (top < offset) return this.clamp(top);
    const bottom = top + this.rowHeight;
    return this.clamp(bottom > offset + this.#viewport ? bottom - this.#viewport : offset);
  }

  /** The offset that puts a row at a fraction of the viewport's height. */
  place(index: number, fraction: number): number {
    return this.clamp(Math.round(index * this.rowHeight - this.#viewport * fraction));
  }
}
