/* Instructions that borrowed CPUs execute (DDI 0487, C6.2). Rt is in bits 4:0, Rn in 9:5. */

const X1 = 1 << 5;

/** LDR Wt, [X1], #4. */
export function loadNext(t: number): number {
  return (0xb840_4400 | X1 | t) >>> 0;
}

/** LDRB, LDR of Wt or Xt from [X1], by their width. */
export function load(width: 1 | 4 | 8, t: number): number {
  const words = { 1: 0x3940_0000, 4: 0xb940_0000, 8: 0xf940_0000 } as const;
  return (words[width] | X1 | t) >>> 0;
}

/** STRB, STR of Wt or Xt to [X1], by their width. */
export function store(width: 1 | 4 | 8, t: number): number {
  const words = { 1: 0x3900_0000, 4: 0xb900_0000, 8: 0xf900_0000 } as const;
  return (words[width] | X1 | t) >>> 0;
}

/** MRS Xt, S3_0_Cn_Cm_op2. */
export function mrs(t: number, crn: number, crm: number, op2: number): number {
  return (0xd538_0000 | (crn << 12) | (crm << 8) | (op2 << 5) | t) >>> 0;
}

/** MSR ELR_EL1, X0; MSR SPSR_EL1, X1; ERET. */
export const RETURN: readonly number[] = [0xd518_4020, 0xd518_4001, 0xd69f_03e0];

export function bytesOf(words: readonly number[]): Uint8Array {
  return Uint8Array.from(words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff)));
}
