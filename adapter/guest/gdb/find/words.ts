/** A word as a register reads: all eight digits. */
export function word(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

/** "1 CPU", "4 CPUs". */
export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

const SHOWN = 8;

/** "a, b, c", and how many more where there are too many to read. */
export function listed(texts: readonly string[]): string {
  const more = texts.length - SHOWN;
  return more > 0 ? `${texts.slice(0, SHOWN).join(', ')} and ${more} more` : texts.join(', ');
}
