/** A sequence that fails, and how. */
export interface Failing<T, F> {
  readonly items: readonly T[];
  readonly failure: F;
}

/** How a shorter or simpler sequence fails; null where it does not. `at`: the item at which it shows. */
export type Attempt<T, F> = (items: readonly T[]) => Promise<F | null>;

/**
 * Makes a failing sequence shorter while it fails, perhaps at another place: by halves, quarters and so on, at last by
 * single items; then items simpler. What remains is what the failure needs.
 * @param simpler simpler forms of an item, the simplest first
 * @param patience most attempts
 */
export async function shrink<T, F extends { readonly at: number }>(
  start: Failing<T, F>,
  attempt: Attempt<T, F>,
  simpler: (item: T) => readonly T[] = () => [],
  patience = 1000,
): Promise<Failing<T, F>> {
  let least = cut(start);
  let left = patience;
  const accept = async (items: readonly T[]): Promise<boolean> => {
    if (left-- <= 0) return false;
    const failure = await attempt(items);
    if (failure === null) return false;
    least = cut({ items, failure });
    return true;
  };
  for (let size = Math.ceil(least.items.length / 2); left > 0 && least.items.length > 1; size = Math.ceil(size / 2)) {
    let shorter = false;
    for (let from = least.items.length - size; left > 0; from -= size) {
      const begin = Math.max(0, Math.min(from, least.items.length - size));
      const items = [...least.items.slice(0, begin), ...least.items.slice(begin + size)];
      if (items.length > 0 && (await accept(items))) shorter = true;
      if (from <= 0) break;
    }
    // Single items again and again: without one, others may no longer be needed.
    if (size === 1 && !shorter) break;
  }
  for (let n = least.items.length - 1; n >= 0; n--) {
    for (let better = true; better && left > 0;) {
      better = false;
      const item = least.items[n];
      if (item === undefined) break;
      for (const one of simpler(item)) {
        if (await accept(least.items.map((other, at) => (at === n ? one : other)))) {
          better = true;
          break;
        }
      }
    }
  }
  return least;
}

/** Nothing after the item at which it shows matters. */
function cut<T, F extends { readonly at: number }>({ items, failure }: Failing<T, F>): Failing<T, F> {
  return { items: items.slice(0, failure.at + 1), failure };
}
