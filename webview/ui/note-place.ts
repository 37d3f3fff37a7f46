import type { CellNote } from './cell-note.ts';

/** Puts the open note below its cell, above it where there is no room, and hides it while the cell is out of view. */
export function placeNote(host: HTMLElement, grid: HTMLElement, note: CellNote | undefined): void {
  const box = host.querySelector<HTMLElement>('#cell-note');
  if (!box || !note) return;
  const cell = grid.querySelector(`[data-key="${note.key}"] > [data-column="${note.column}"]`);
  const outer = grid.getBoundingClientRect();
  const inner = cell?.getBoundingClientRect();
  const header = grid.querySelector('.header')?.clientHeight ?? 0;
  // Half a row of tolerance: a cell that is partly in view still has its note.
  const isVisible = inner && inner.top >= outer.top + header - 11 && inner.bottom <= outer.bottom + 11;
  box.toggleAttribute('hidden', !isVisible);
  if (!isVisible) return;
  const { width, height } = box.getBoundingClientRect();
  const fitsBelow = inner.bottom + height <= window.innerHeight - 2;
  const top = fitsBelow ? inner.bottom : Math.max(0, inner.top - height);
  const left = Math.max(2, Math.min(inner.left, outer.right - width - 4));
  box.style.setProperty('top', `${Math.round(top)}px`);
  box.style.setProperty('left', `${Math.round(left)}px`);
}
