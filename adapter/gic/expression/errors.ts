/** An expression that does not parse or cannot be evaluated: what is wrong, and where. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** Character of the expression the error is at, from 0, and how many it concerns. */
  readonly position: number;
  readonly length: number;

  constructor(message: string, position: number, length = 1) {
    super(message);
    this.position = position;
    this.length = length;
  }
}

/** The names closest to one that does not exist, nearest first, three at most. */
export function closest(name: string, names: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  const scored: [number, string][] = [];
  for (const candidate of names) {
    const score = distance(wanted, candidate.toLowerCase());
    if (score <= Math.max(2, wanted.length / 3)) scored.push([score, candidate]);
  }
  return scored
    .sort((a, b) => a[0] - b[0])
    .slice(0, 3)
    .map(([, candidate]) => candidate);
}

/** " Did you mean GICD_CTLR?", or nothing. */
export function suggestion(name: string, names: Iterable<string>): string {
  const [first, ...others] = closest(name, names);
  if (first === undefined) return '';
  return ` Did you mean ${[first, ...others].join(' or ')}?`;
}

/** Levenshtein's distance, rows of which are as long as the shorter word needs. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 6) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
