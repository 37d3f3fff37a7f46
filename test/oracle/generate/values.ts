import { CODE, DATA, NZCV, PAGE, PC, SP, START, STATE_WORDS, V } from '../case.ts';
import type { Random } from './random.ts';

/** Where results, flags and shifts turn: zeros, ones, and the boundaries of each width. */
const EDGES: readonly bigint[] = [
  0n,
  1n,
  2n,
  0xffff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_fffen,
  0x8000_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffffn,
  0x8000_0000n,
  0x7fff_ffffn,
  0x1_0000_0000n,
  0xffff_ffff_8000_0000n,
  0xffff_ffff_7fff_ffffn,
  0xffff_ffff_0000_0000n,
  0xffffn,
  0x8000n,
  0x7fffn,
  0xffn,
  0x80n,
  0x7fn,
  0x5555_5555_5555_5555n,
  0xaaaa_aaaa_aaaa_aaaan,
  0x0123_4567_89ab_cdefn,
];

/** Longest access: four vector registers. What reaches across the end of DATA cannot be compared. */
export const ROOM = 64;

/** A value for a general register: interesting more often than chance would have it. */
export function interesting(random: Random): bigint {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.pick(EDGES);
    case 3:
      return BigInt(random.below(130));
    case 4:
      return BigInt.asUintN(64, random.pick(EDGES) + BigInt(random.below(9) - 4));
    case 5:
      return 1n << BigInt(random.below(64));
    case 6:
      return BigInt(DATA + random.below(PAGE - ROOM));
    default:
      return random.u64();
  }
}

/** A whole state: a third of the general registers interesting, everything else random. */
export function randomState(random: Random): BigUint64Array {
  const state = new BigUint64Array(STATE_WORDS);
  const halves = new Uint32Array(state.buffer);
  for (let n = 0; n < halves.length; n++) halves[n] = random.u32();
  for (let n = 0; n <= SP; n++) if (random.once(3)) state[n] = interesting(random);
  for (let n = V; n < STATE_WORDS; n++) if (random.once(6)) state[n] = random.pick(EDGES);
  state[PC] = BigInt(START);
  state[NZCV] = BigInt(random.below(16)) << 28n;
  return state;
}

/** A page of memory: random bytes with some interesting words between them. */
export function randomPage(random: Random): Uint8Array {
  const words = new BigUint64Array(PAGE / 8);
  const halves = new Uint32Array(words.buffer);
  for (let n = 0; n < halves.length; n++) halves[n] = random.u32();
  for (let n = 0; n < words.length; n += 1 + random.below(6)) words[n] = random.pick(EDGES);
  return new Uint8Array(words.buffer);
}

/** Where an indirect branch may go: aligned, and never to data (Unicorn executes at misaligned addresses). */
export function branchTarget(random: Random): bigint {
  switch (random.below(4)) {
    case 0:
      return BigInt(START + 4 * random.below(6));
    case 1:
      return BigInt(CODE + 4 * random.below(PAGE / 4));
    case 2:
      return random.u64() & ~3n;
    default:
      return random.pick(EDGES) & ~3n;
  }
}
