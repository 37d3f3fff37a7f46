/*
 * Paths of sources as compilers on any system write them, without knowing the system: `\` separates where a drive or
 * a share begins the path, `.` and `..` are taken out.
 */

const DRIVE = /^[A-Za-z]:/;

/** Whether a path names its place alone. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || path.startsWith('\\') || (DRIVE.test(path) && /^[\\/]/.test(path.slice(2)));
}

/** Joins parts, each absolute one starting anew, and normalises. Empty parts do not count. */
export function joinPath(...parts: readonly string[]): string {
  let joined = '';
  for (const part of parts) {
    if (part === '') continue;
    joined = joined === '' || isAbsolutePath(part) ? part : `${joined}/${part}`;
  }
  return normalisePath(joined);
}

/** A path without `.`, `..` and doubled separators, with `/` between its parts. */
export function normalisePath(path: string): string {
  const windows = DRIVE.test(path) || path.startsWith('\\');
  const text = windows ? path.replaceAll('\\', '/') : path;
  const drive = windows && DRIVE.test(text) ? text.slice(0, 2) : '';
  const rest = text.slice(drive.length);
  // A share is told by its two slashes.
  const root = rest.startsWith('//') && windows ? '//' : rest.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of rest.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else if (root === '') parts.push('..');
  }
  return `${drive}${root}${parts.join('/')}`;
}

/**
 * Which of `known` (normalised) a path of the user's machine means, for sources that moved since they were compiled:
 * itself; else the one that differs in case only; else those that end alike, and of these the ones that share most
 * directories from the end. Several, if they share as many: nobody can tell them apart.
 */
export function matchPath(known: Iterable<string>, path: string): readonly string[] {
  const wanted = normalisePath(path);
  const folded = partsOf(wanted);
  let best: string[] = [];
  let score = 0;
  for (const candidate of known) {
    if (candidate === wanted) return [candidate];
    const shared = sharedEnd(partsOf(candidate), folded);
    if (shared === 0 || shared < score) continue;
    if (shared > score) best = [];
    score = shared;
    best.push(candidate);
  }
  if (best.length <= 1) return best;
  // The name as it is written counts more than in another case; nothing left over more than something.
  const base = baseName(wanted);
  const sameCase = best.filter((candidate) => baseName(candidate) === base);
  if (sameCase.length > 0) best = sameCase;
  const whole = best.filter((candidate) => partsOf(candidate).length === score);
  return whole.length > 0 ? whole : best;
}

function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a[a.length - 1 - shared] === b[b.length - 1 - shared]) shared++;
  return shared;
}

function partsOf(path: string): readonly string[] {
  return path
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
