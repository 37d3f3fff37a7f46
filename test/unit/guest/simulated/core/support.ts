import { Core } from '../../../../../adapter/guest/simulated/core/core.ts';
import * as L from '../../../../../adapter/guest/simulated/core/layout.ts';
import { coreModule } from '../../../../../adapter/session/wasm-files.ts';

export const RAM = 0x4000_0000;
export const VECTORS = 0x4001_0000;
const SIZE = 16 * 1024 * 1024;

/** Instructions by name. */
export const A64 = {
  nop: 0xd503_201f,
  wfi: 0xd503_207f,
  wfe: 0xd503_205f,
  eret: 0xd69f_03e0,
  svc: (immediate: number) => 0xd400_0001 | (immediate << 5),
  hvc: 0xd400_0002,
  brk: (immediate: number) => 0xd420_0000 | (immediate << 5),
  udf: 0,
  /** LDR Xt, [Xn]; STR Xt, [Xn] */
  ldr: (t: number, n: number) => (0xf940_0000 | (n << 5) | t) >>> 0,
  str: (t: number, n: number) => (0xf900_0000 | (n << 5) | t) >>> 0,
  ldrb: (t: number, n: number) => (0x3940_0000 | (n << 5) | t) >>> 0,
  ldp: (t: number, u: number, n: number) => (0xa940_0000 | (u << 10) | (n << 5) | t) >>> 0,
  stp: (t: number, u: number, n: number) => (0xa900_0000 | (u << 10) | (n << 5) | t) >>> 0,
  /** STR Xt, [Xn], #8 */
  strPost: (t: number, n: number) => (0xf800_8400 | (n << 5) | t) >>> 0,
  /** LDADD Xs, Xt, [Xn] */
  ldadd: (s: number, t: number, n: number) => (0xf820_0000 | (s << 16) | (n << 5) | t) >>> 0,
  mrs: (t: number, encoding: number) => (0xd530_0000 | ((encoding & 0x7fff) << 5) | t) >>> 0,
  msr: (encoding: number, t: number) => (0xd510_0000 | ((encoding & 0x7fff) << 5) | t) >>> 0,
  daifclr: (bits: number) => (0xd503_40ff | (bits << 8)) >>> 0,
  br: (n: number) => (0xd61f_0000 | (n << 5)) >>> 0,
  tlbiVmalle1: 0xd508_871f,
  /** AT S1E1R, Xt; AT S1E0W, Xt */
  atS1e1r: (t: number) => (0xd508_7800 | t) >>> 0,
  atS1e0w: (t: number) => (0xd508_7860 | t) >>> 0,
} as const;

export const PSTATE = { el0: 0, el1t: 4, el1h: 5, el1hMasked: 0x3c5 } as const;

/** A core with 16 MB at RAM, vectors at VECTORS, and some words about to be executed at RAM. */
export async function coreWith(words: readonly number[], vcpus = 1): Promise<Core> {
  const core = await Core.create(await coreModule(), vcpus, SIZE);
  core.ram.add({ base: RAM, size: SIZE, writable: true });
  putWords(core, RAM, words);
  core.setPc(0, BigInt(RAM));
  core.setWord(0, L.VBAR, BigInt(VECTORS));
  return core;
}

export function putWords(core: Core, address: number, words: readonly number[]): void {
  const bytes = core.ram.physical(address, 4 * words.length);
  if (!bytes) throw new Error('no memory there');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  words.forEach((word, n) => view.setUint32(4 * n, word, true));
}

export function put64(core: Core, address: number, value: bigint): void {
  putWords(core, address, [Number(value & 0xffff_ffffn), Number(value >> 32n)]);
}

export function syndrome(core: Core): { ec: number; il: number; iss: number } {
  const esr = Number(core.word(0, L.ESR));
  return { ec: esr >>> 26, il: (esr >>> 25) & 1, iss: esr & 0x1ff_ffff };
}
