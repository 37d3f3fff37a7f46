import { DATA, NZCV, PAGE, PC, SP, START, STATE_WORDS, V, type Case, type End, type Outcome } from './case.ts';

/** A case whose outcome was worked out by hand, from the pseudocode of DDI 0487. */
export interface HandCase {
  readonly name: string;
  readonly words: readonly number[];
  /** By name, as `place` reads them: X0, SP, NZCV (a number of four bits), V0 (low half). */
  readonly before: Readonly<Record<string, bigint>>;
  /** Registers afterwards that are not as before. PC is behind the words if not given. */
  readonly after: Readonly<Record<string, bigint>>;
  readonly end?: End;
  readonly address?: bigint;
  /** The first 8 bytes at DATA, before and after. */
  readonly memory?: bigint;
  readonly stored?: bigint;
  /** Not for Unicorn: unicorn-faults.ts says why. */
  readonly isCoreOnly?: boolean;
}

const D = BigInt(DATA);
const AT = BigInt(START);
const ONES = 0xffff_ffff_ffff_ffffn;

export const HAND_CASES: readonly HandCase[] = [
  { name: 'adr x1, . + 12', words: [0x10000061], before: {}, after: { X1: AT + 12n } },
  { name: 'adrp x1, page behind', words: [0xb0000001], before: {}, after: { X1: AT - 0x800n + 0x1000n } },
  { name: 'subs x0, x1, #2', words: [0xf1000820], before: { X1: 1n }, after: { X0: ONES, NZCV: 8n } },
  {
    name: 'adds w0, w1, w2: overflow',
    words: [0x2b020020],
    before: { X1: 0x7fff_ffffn, X2: 1n },
    after: { X0: 0x8000_0000n, NZCV: 9n },
  },
  { name: 'adc x0, x1, x2', words: [0x9a020020], before: { X1: 2n, X2: 3n, NZCV: 2n }, after: { X0: 6n } },
  { name: 'orr x0, xzr, #0x5555...', words: [0xb200f3e0], before: {}, after: { X0: 0x5555_5555_5555_5555n } },
  {
    name: 'movk x0, #0xbeef, lsl #16',
    words: [0xf2b7dde0],
    before: { X0: ONES },
    after: { X0: 0xffff_ffff_beef_ffffn },
  },
  { name: 'sbfx x0, x1, #4, #4', words: [0x93441c20], before: { X1: 0x80n }, after: { X0: -8n } },
  { name: 'ror w0, w1, #8', words: [0x13812020], before: { X1: 0x1234_5678n }, after: { X0: 0x7812_3456n } },
  {
    name: 'sdiv x0, x1, x2: does not fit',
    words: [0x9ac20c20],
    before: { X1: 1n << 63n, X2: ONES },
    after: { X0: 1n << 63n },
  },
  { name: 'udiv x0, x1, x2: by zero', words: [0x9ac20820], before: { X1: 7n, X0: 1n }, after: { X0: 0n } },
  { name: 'umulh x0, x1, x2', words: [0x9bc27c20], before: { X1: ONES, X2: ONES }, after: { X0: ONES - 1n } },
  { name: 'clz w0, w1', words: [0x5ac01020], before: { X1: 0xff_0000_0001n }, after: { X0: 31n } },
  { name: 'rbit x0, x1', words: [0xdac00020], before: { X1: 1n }, after: { X0: 1n << 63n } },
  // The check value of CRC-32: 0xcbf43926 for "123456789", of which this is the step of one byte
  {
    name: 'crc32b w0, w1, w2',
    words: [0x1ac24020],
    before: { X1: 0xffff_ffffn, X2: 0x31n },
    after: { X0: 0x7c23_1048n },
  },
  { name: 'ccmp x1, #3, #5, eq: fails', words: [0xfa430825], before: { X1: 3n }, after: { NZCV: 5n } },
  { name: 'csinc x0, x1, x2, ne', words: [0x9a821420], before: { X1: 1n, X2: 2n, NZCV: 4n }, after: { X0: 3n } },
  { name: 'cbz x1, . + 64', words: [0xb4000201], before: {}, after: { PC: AT + 64n } },
  { name: 'tbnz w1, #31, . - 4', words: [0x37ffffe1], before: { X1: 1n << 31n }, after: { PC: AT - 4n } },
  { name: 'blr x1', words: [0xd63f0020], before: { X1: D }, after: { X30: AT + 4n, PC: D } },
  { name: 'b . ends at the limit', words: [0x14000000], before: {}, after: { PC: AT }, end: 'limit' },
  { name: 'svc #0', words: [0xd4000001], before: {}, after: {}, end: 'svc' },
  { name: 'brk #0', words: [0xd4200000], before: {}, after: { PC: AT }, end: 'brk' },
  { name: 'udf #0 behind a nop', words: [0xd503201f, 0], before: {}, after: { PC: AT + 4n }, end: 'undefined' },
  { name: 'msr nzcv, x1', words: [0xd51b4201], before: { X1: 0x6fff_ffffn }, after: { NZCV: 6n } },
  {
    name: 'ldrsb x0, [x1], #3',
    words: [0x38803420],
    before: { X1: D },
    memory: 0x80n,
    after: { X0: -128n, X1: D + 3n },
  },
  {
    name: 'str w0, [sp, #-4]!',
    words: [0xb81fcfe0],
    before: { SP: D + 4n, X0: -2n },
    after: { SP: D },
    stored: 0xffff_fffen,
  },
  {
    name: 'ldr x0, [x1, w2, sxtw #3]',
    words: [0xf862d820],
    before: { X1: D + 8n, X2: 0xffff_ffffn },
    memory: 5n,
    after: { X0: 5n },
  },
  {
    name: 'ldpsw x0, x2, [x1]',
    words: [0x69400820],
    before: { X1: D },
    memory: 0x8000_0000_0000_0001n,
    after: { X0: 1n, X2: -0x8000_0000n },
  },
  {
    name: 'ldr x0, [x1]: abort',
    words: [0xf9400020],
    before: { X1: 0x123n },
    after: { PC: AT },
    end: 'abort',
    address: 0x123n,
  },
  {
    name: 'str x0, [x1]: to CODE',
    words: [0xf9000020],
    before: { X1: AT },
    after: { PC: AT },
    end: 'abort',
    address: AT,
  },
  {
    name: 'ldxr x0, [x1]; stxr w2, x3, [x1]',
    words: [0xc85f7c20, 0xc8027c23],
    before: { X1: D, X2: 9n, X3: 7n },
    memory: 5n,
    after: { X0: 5n, X2: 0n },
    stored: 7n,
  },
  { name: 'stxr w2, x3, [x1] alone', words: [0xc8027c23], before: { X1: D, X3: 7n }, memory: 5n, after: { X2: 1n } },
  {
    name: 'ldxr x0, [x1]: not aligned',
    words: [0xc85f7c20],
    before: { X1: D + 4n },
    after: { PC: AT },
    end: 'alignment',
  },
  {
    name: 'ldaddh w2, w0, [x1]',
    words: [0x78220020],
    before: { X1: D, X2: 0x1_0001n },
    memory: 0xaaaa_ffffn,
    after: { X0: 0xffffn },
    stored: 0xaaaa_0000n,
  },
  {
    name: 'cas x2, x3, [x1]: equal',
    words: [0xc8a27c23],
    before: { X1: D, X2: 5n, X3: 6n },
    memory: 5n,
    after: {},
    stored: 6n,
  },
  {
    name: 'casp w2, w3, w4, w5, [x1]: not equal',
    words: [0x08227c24],
    before: { X1: D, X2: 1n, X3: 3n },
    memory: 0x2_0000_0001n,
    after: { X3: 2n },
  },
  {
    name: 'ldr b0, [x1]',
    words: [0x3d400020],
    before: { X1: D, V0: ONES, V0H: ONES },
    memory: 0x1234n,
    after: { V0: 0x34n, V0H: 0n },
  },
  {
    name: 'st1 {v0.b}[8], [x1], #1',
    words: [0x4d9f0020],
    before: { X1: D, V0H: 0xabn },
    after: { X1: D + 1n },
    stored: 0xabn,
  },
  {
    name: 'ld2 {v0.8b, v1.8b}, [x1]',
    words: [0x0c408020],
    before: { X1: D, V0: ONES },
    memory: 0x0807_0605_0403_0201n,
    after: { V0: 0x0705_0301n, V1: 0x0806_0402n },
  },
  {
    name: 'movi v0.2d, #0xff00ff00ff00ff00',
    words: [0x6f05e540],
    before: {},
    after: { V0: 0xff00_ff00_ff00_ff00n, V0H: 0xff00_ff00_ff00_ff00n },
  },
  {
    name: 'ins v0.s[3], w1',
    words: [0x4e1c1c20],
    before: { X1: 0xffff_ffff_0000_0001n, V0: 3n },
    after: { V0H: 1n << 32n },
  },
  { name: 'smov x0, v1.h[1]', words: [0x4e062c20], before: { V1: 0x8000_0000n }, after: { X0: -0x8000n } },
  {
    name: 'bsl v0.8b, v1.8b, v2.8b',
    words: [0x2e621c20],
    before: { V0: 0xf0n, V0H: 1n, V1: 0xaan, V2: 0x55n },
    after: { V0: 0xa5n, V0H: 0n },
  },
  { name: 'fmov v0.d[1], x1', words: [0x9eaf0020], before: { X1: 9n, V0: 4n }, after: { V0H: 9n } },
  { name: 'fmov d0, #1.0', words: [0x1e6e1000], before: { V0H: 5n }, after: { V0: 0x3ff0_0000_0000_0000n, V0H: 0n } },
  // What Unicorn cannot be asked
  {
    name: 'ldsminb w2, w0, [x1]: operand -1, memory 5',
    words: [0x38225020],
    before: { X1: D, X2: 0xffn },
    memory: 5n,
    after: { X0: 5n },
    stored: 0xffn,
    isCoreOnly: true,
  },
  {
    name: 'ldsmaxh w2, w0, [x1]: operand -1, memory 5',
    words: [0x78224020],
    before: { X1: D, X2: 0x7_ffffn },
    memory: 5n,
    after: { X0: 5n },
    stored: 5n,
    isCoreOnly: true,
  },
  {
    name: 'ldumax w2, w0, [x1]: bits above the operand',
    words: [0xb8226020],
    before: { X1: D, X2: 1n << 32n },
    memory: 5n,
    after: { X0: 5n },
    stored: 5n,
    isCoreOnly: true,
  },
  {
    name: 'ldumin w2, w0, [x1]: bits above the operand',
    words: [0xb8227020],
    before: { X1: D, X2: (1n << 32n) + 1n },
    memory: 5n,
    after: { X0: 5n },
    stored: 1n,
    isCoreOnly: true,
  },
  {
    name: 'ldar x0, [x1]: not aligned',
    words: [0xc8dffc20],
    before: { X1: D + 4n },
    after: { PC: AT },
    end: 'alignment',
    isCoreOnly: true,
  },
  { name: 'xpaclri is a hint', words: [0xd50320ff], before: { X30: ONES }, after: {}, isCoreOnly: true },
  {
    name: 'fadd d0, d1, d2 is outside',
    words: [0x1e622820],
    before: {},
    after: { PC: AT },
    end: 'undefined',
    isCoreOnly: true,
  },
];

/** The word of a state that a name means. */
function place(name: string): number {
  if (name === 'SP') return SP;
  if (name === 'PC') return PC;
  if (name === 'NZCV') return NZCV;
  const number = parseInt(name.slice(1), 10);
  if (name.startsWith('X')) return number;
  return V + 2 * number + (name.endsWith('H') ? 1 : 0);
}

function put(state: BigUint64Array, values: Readonly<Record<string, bigint>>): void {
  for (const [name, value] of Object.entries(values)) {
    state[place(name)] = name === 'NZCV' ? value << 28n : BigInt.asUintN(64, value);
  }
}

function page(first: bigint): Uint8Array {
  const bytes = new Uint8Array(PAGE);
  new DataView(bytes.buffer).setBigUint64(0, first, true);
  return bytes;
}

/** The case and its outcome as both sides know them. */
export function spelled(hand: HandCase): { readonly one: Case; readonly outcome: Outcome } {
  const state = new BigUint64Array(STATE_WORDS);
  state[PC] = AT;
  put(state, hand.before);
  const memory = page(hand.memory ?? 0n);
  const after = state.slice();
  after[PC] = AT + 4n * BigInt(hand.words.length);
  put(after, hand.after);
  const { end = 'left', address = 0n } = hand;
  return {
    one: { classes: [hand.name], words: hand.words, level: 1, state, memory },
    outcome: { end, address, state: after, memory: page(hand.stored ?? hand.memory ?? 0n) },
  };
}
