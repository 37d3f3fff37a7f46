/**
 * The registers that say how EL1 and EL0 translate (DDI 0487, D19.2), as a stub gives them:
 *
 *     SCTLR_EL1   0 M       19 WXN    25 EE
 *     TCR_EL1     5:0 T0SZ   7 EPD0   15:14 TG0    21:16 T1SZ   23 EPD1   31:30 TG1   34:32 IPS
 *                 37 TBI0   38 TBI1   39 HA        40 HD        41 HPD0   42 HPD1     59 DS
 *     TTBRn_EL1   63:48 ASID          47:1 BADDR   0 CnP
 *
 * A CPU that has not got one of these features has RES0 in its place, so that zero means what it always meant.
 */
export interface TranslationRegisters {
  readonly sctlr: bigint;
  readonly tcr: bigint;
  readonly ttbr0: bigint;
  readonly ttbr1: bigint;
  readonly mair?: bigint;
  /** CurrentEL.EL, 0 to 3. */
  readonly currentEl: number;
  /** Bits of a physical address, from ID_AA64MMFR0_EL1.PARange; taken to be 52 where it is not known. */
  readonly physicalBits?: number;
}

export const SCTLR_M = 0;
export const SCTLR_WXN = 19;
export const SCTLR_EE = 25;

/** Where a half of the address space has its fields in TCR_EL1. */
export interface HalfFields {
  readonly txsz: bigint;
  readonly epd: number;
  readonly tg: bigint;
  readonly tbi: number;
  readonly hpd: number;
}
export const LOWER_FIELDS: HalfFields = { txsz: 0n, epd: 7, tg: 14n, tbi: 37, hpd: 41 };
export const UPPER_FIELDS: HalfFields = { txsz: 16n, epd: 23, tg: 30n, tbi: 38, hpd: 42 };

export const TCR_IPS = 32n;
export const TCR_HA = 39;
export const TCR_HD = 40;
export const TCR_DS = 59;

export function bit(value: bigint, n: number): boolean {
  return ((value >> BigInt(n)) & 1n) !== 0n;
}
