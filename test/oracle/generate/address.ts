import { CODE, DATA, PAGE, START } from '../case.ts';
import { setBase, setX, x, type Draft } from './draft.ts';
import { bits, matches, pattern, withBits } from './pattern.ts';
import { interesting, ROOM } from './values.ts';

/** How an instruction forms its address. */
type Form =
  | { readonly kind: 'base'; readonly offset: number; readonly align: number }
  | { readonly kind: 'register'; readonly shift: number; readonly extend: number }
  | { readonly kind: 'literal' }
  | { readonly kind: 'none' };

const EXCLUSIVE = pattern('xx001000 xxxxxxxx xxxxxxxx xxxxxxxx');
const STRUCTURES = pattern('xx00110x xxxxxxxx xxxxxxxx xxxxxxxx');
const LITERAL = pattern('xx011x00 xxxxxxxx xxxxxxxx xxxxxxxx');
const PAIR = pattern('xx101x0x xxxxxxxx xxxxxxxx xxxxxxxx');
const SIGNED = pattern('xx111x00 xx0xxxxx xxxxxxxx xxxxxxxx');
const ATOMIC = pattern('xx111x00 xx1xxxxx xxxx00xx xxxxxxxx');
const REGISTER = pattern('xx111x00 xx1xxxxx xxxx10xx xxxxxxxx');
const UNSIGNED = pattern('xx111x01 xxxxxxxx xxxxxxxx xxxxxxxx');

function isVector(word: number): boolean {
  return bits(word, 26, 26) === 1;
}

/** log2 of a single access's bytes. */
function scale(word: number): number {
  return isVector(word) && bits(word, 23, 23) === 1 ? 4 : bits(word, 31, 30);
}

function signed(value: number, width: number): number {
  return value >= 2 ** (width - 1) ? value - 2 ** width : value;
}

function pairScale(word: number): number {
  if (isVector(word)) return 2 + bits(word, 31, 30);
  return bits(word, 31, 31) === 1 ? 3 : 2;
}

function formOf(word: number): Form {
  if (matches(EXCLUSIVE, word)) {
    const isPair = bits(word, 21, 21) === 1 && bits(word, 23, 23) === 0;
    const size = isPair ? 3 + bits(word, 30, 30) : bits(word, 31, 30);
    return { kind: 'base', offset: 0, align: 2 ** size };
  }
  if (matches(STRUCTURES, word)) return { kind: 'base', offset: 0, align: 1 };
  if (matches(LITERAL, word)) return { kind: 'literal' };
  if (matches(PAIR, word)) {
    const isPost = bits(word, 24, 23) === 1;
    const offset = isPost ? 0 : signed(bits(word, 21, 15), 7) * 2 ** pairScale(word);
    return { kind: 'base', offset, align: 1 };
  }
  if (matches(SIGNED, word)) {
    const isPost = bits(word, 11, 10) === 1;
    return { kind: 'base', offset: isPost ? 0 : signed(bits(word, 20, 12), 9), align: 1 };
  }
  if (matches(ATOMIC, word)) return { kind: 'base', offset: 0, align: 2 ** bits(word, 31, 30) };
  if (matches(REGISTER, word)) {
    return { kind: 'register', shift: bits(word, 12, 12) === 1 ? scale(word) : 0, extend: bits(word, 15, 13) };
  }
  if (matches(UNSIGNED, word)) return { kind: 'base', offset: bits(word, 21, 10) * 2 ** scale(word), align: 1 };
  return { kind: 'none' };
}

/** An address in DATA with room behind it; mostly aligned, as programs do. */
function target({ random }: Draft, align: number): number {
  const address = DATA + random.below(PAGE - ROOM);
  return align > 1 || random.once(2) ? address - (address % Math.max(align, 8)) : address;
}

/** Sets the registers a load or store forms its address from. Once in 32 times it does not: mostly that aborts. */
export function prepareAccess(draft: Draft, word: number): void {
  const { random } = draft;
  const form = formOf(word);
  if (form.kind === 'none' || form.kind === 'literal' || random.once(32)) return;
  const base = bits(word, 9, 5);
  if (form.kind === 'base') {
    const stray = form.align > 1 && random.once(24) ? 1 + random.below(form.align - 1) : 0;
    setBase(draft, base, BigInt(target(draft, form.align) + stray - form.offset));
    return;
  }
  const index = bits(word, 20, 16);
  if (index !== 31 && index !== base) {
    // The offset is small and of either sign; above its 32 bits, extended registers may hold anything.
    const isWord = (form.extend & 1) === 0;
    const small = BigInt(random.below(512) - 256);
    const junk = isWord ? random.u64() << 32n : 0n;
    setX(draft, index, isWord ? junk | BigInt.asUintN(32, small) : small);
  }
  const offset = extended(x(draft, index), form.extend) << BigInt(form.shift);
  if (index !== base) setBase(draft, base, BigInt(target(draft, 1)) - offset);
}

function extended(value: bigint, option: number): bigint {
  if ((option & 1) === 1) return value;
  return option >= 4 ? BigInt.asIntN(32, value) : BigInt.asUintN(32, value);
}

/** The literal load's word bent so that it reads from CODE or DATA; the distance is 19 bits of words. */
export function bendLiteral(word: number, random: Draft['random']): number {
  if (random.once(8)) return word;
  const page = random.once(2) ? CODE : DATA;
  const address = page + 4 * random.below((PAGE - ROOM) / 4);
  return withBits(word, 23, 5, ((address - START) / 4) & 0x7ffff);
}

/** Compare and swap finds what it compares with, half of the time. */
export function prepareComparison(draft: Draft, word: number): void {
  const { random, memory, state } = draft;
  prepareAccess(draft, word);
  if (random.once(2)) return;
  const base = bits(word, 9, 5);
  const at = Number(BigInt.asUintN(32, state[base] ?? 0n)) - DATA;
  if (at < 0 || at + 16 > PAGE || at % 8 !== 0) return;
  const view = new DataView(memory.buffer, memory.byteOffset);
  const compared = bits(word, 20, 16);
  const isPair = bits(word, 23, 23) === 0;
  const isWide = isPair ? bits(word, 30, 30) === 1 : true;
  const place = (n: number, value: bigint): void => {
    if (n !== base) setX(draft, n, value);
  };
  if (isWide) {
    place(compared, view.getBigUint64(at, true));
    if (isPair && compared < 31) place(compared + 1, view.getBigUint64(at + 8, true));
  } else {
    place(compared, BigInt(view.getUint32(at, true)));
    if (compared < 31) place(compared + 1, BigInt(view.getUint32(at + 4, true)));
  }
}

/** Operands of atomic arithmetic. */
export function prepareAtomic(draft: Draft, word: number): void {
  const base = bits(word, 9, 5);
  const operand = bits(word, 20, 16);
  prepareAccess(draft, word);
  if (operand !== base && draft.random.once(2)) setX(draft, operand, interesting(draft.random));
}
