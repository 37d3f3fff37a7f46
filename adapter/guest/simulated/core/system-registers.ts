import * as L from './layout.ts';

/** A system register of the core, as a debugger shows it and as MRS and MSR name it. */
export interface SystemRegister {
  /** As Arm writes it: "SCTLR_EL1". */
  readonly name: string;
  /** op0:op1:CRn:CRm:op2 in bits 15:14, 13:11, 10:7, 6:3, 2:0. */
  readonly encoding: number;
  /** Byte offset in the vCPU's state; -1 where the value is not kept there. */
  readonly offset: number;
  readonly reset: bigint;
  /** Descriptor as layout.ts has it, without the offset. */
  readonly descriptor: number;
  readonly fields: readonly SystemField[];
}

export interface SystemField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
}

/** The encoding of a register, from the numbers in its assembler name S<op0>_<op1>_C<n>_C<m>_<op2>. */
export function encode(op0: number, op1: number, crn: number, crm: number, op2: number): number {
  return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
}

/** "S3_0_C12_C12_5": what an encoding is called where it has no name. */
export function encodingName(encoding: number): string {
  const [op0, op1] = [(encoding >> 14) & 3, (encoding >> 11) & 7];
  return `S${op0}_${op1}_C${(encoding >> 7) & 15}_C${(encoding >> 3) & 15}_${encoding & 7}`;
}

type Place = readonly [op0: number, op1: number, crn: number, crm: number, op2: number];

interface Traits {
  readonly offset?: number;
  readonly reset?: bigint;
  readonly flags?: number;
  readonly action?: number;
  /** "M0 A1 C2 TCMA[31:28]": names with the bit or bits they stand at. */
  readonly fields?: string;
}

const EL0 = L.SYSREG_READ_EL0 | L.SYSREG_WRITE_EL0;

/** Registers of a Cortex-A53 at EL1 and EL0 (DDI 0487, chapter D19; identification: DDI 0500, chapter 4). */
function build(): readonly SystemRegister[] {
  const rows: SystemRegister[] = [];
  let free = L.PLAIN;
  const add = (name: string, place: Place, traits: Traits = {}): void => {
    const { reset = 0n, flags = 0, action = L.ACTION_NONE } = traits;
    const kept = action === L.ACTION_NONE || action === L.ACTION_TRANSLATION || action === L.ACTION_SCTLR;
    let offset = traits.offset ?? -1;
    if (offset < 0 && (kept || action === L.ACTION_FPU || action === L.ACTION_IGNORE || action === L.ACTION_CTR)) {
      offset = free;
      free += 8;
    }
    const descriptor = (L.SYSREG_KNOWN | flags | (action << L.SYSREG_ACTION)) >>> 0;
    rows.push({ name, encoding: encode(...place), offset, reset, descriptor, fields: fieldsOf(traits.fields) });
  };
  const identification = (name: string, place: Place, value: bigint): void =>
    add(name, place, { reset: value, flags: L.SYSREG_READ_ONLY });

  identification('MIDR_EL1', [3, 0, 0, 0, 0], 0x410f_d034n);
  identification('MPIDR_EL1', [3, 0, 0, 0, 5], 0x8000_0000n);
  identification('REVIDR_EL1', [3, 0, 0, 0, 6], 0n);
  identification('ID_AA64PFR0_EL1', [3, 0, 0, 4, 0], 0x0000_0011n);
  identification('ID_AA64PFR1_EL1', [3, 0, 0, 4, 1], 0n);
  identification('ID_AA64DFR0_EL1', [3, 0, 0, 5, 0], 0x1030_5006n);
  identification('ID_AA64DFR1_EL1', [3, 0, 0, 5, 1], 0n);
  identification('ID_AA64AFR0_EL1', [3, 0, 0, 5, 4], 0n);
  identification('ID_AA64AFR1_EL1', [3, 0, 0, 5, 5], 0n);
  // What this core executes: LSE atomics and CRC32, and no cryptography.
  identification('ID_AA64ISAR0_EL1', [3, 0, 0, 6, 0], 0x0021_0000n);
  identification('ID_AA64ISAR1_EL1', [3, 0, 0, 6, 1], 0n);
  // 40 bits of physical address, 16 of ASID, all three granules; data is little-endian.
  identification('ID_AA64MMFR0_EL1', [3, 0, 0, 7, 0], 0x0010_0022n);
  identification('ID_AA64MMFR1_EL1', [3, 0, 0, 7, 1], 0n);
  identification('ID_AA64MMFR2_EL1', [3, 0, 0, 7, 2], 0n);
  identification('CCSIDR_EL1', [3, 1, 0, 0, 0], 0x700f_e01an);
  identification('CLIDR_EL1', [3, 1, 0, 0, 1], 0x0a20_0023n);
  identification('AIDR_EL1', [3, 1, 0, 0, 7], 0n);
  add('CSSELR_EL1', [3, 2, 0, 0, 0], { offset: L.CSSELR, flags: L.SYSREG_WORD });
  add('CTR_EL0', [3, 3, 0, 0, 1], {
    reset: 0x8444_8004n,
    flags: L.SYSREG_READ_ONLY | L.SYSREG_READ_EL0,
    action: L.ACTION_CTR,
  });
  add('DCZID_EL0', [3, 3, 0, 0, 7], {
    flags: L.SYSREG_READ_ONLY | L.SYSREG_READ_EL0,
    action: L.ACTION_DCZID,
  });

  add('SCTLR_EL1', [3, 0, 1, 0, 0], {
    offset: L.SCTLR,
    reset: 0x30d5_0838n,
    action: L.ACTION_SCTLR,
    fields: 'M0 A1 C2 SA3 SA0:4 CP15BEN5 ITD7 SED8 UMA9 I12 DZE14 UCT15 nTWI16 nTWE18 WXN19 UCI26',
  });
  add('ACTLR_EL1', [3, 0, 1, 0, 1], { action: L.ACTION_IGNORE });
  add('CPACR_EL1', [3, 0, 1, 0, 2], { offset: L.CPACR, flags: L.SYSREG_WORD, fields: 'FPEN[21:20] TTA28' });
  add('TTBR0_EL1', [3, 0, 2, 0, 0], {
    offset: L.TTBR0,
    action: L.ACTION_TRANSLATION,
    fields: 'BADDR[47:1] ASID[63:48]',
  });
  add('TTBR1_EL1', [3, 0, 2, 0, 1], {
    offset: L.TTBR1,
    action: L.ACTION_TRANSLATION,
    fields: 'BADDR[47:1] ASID[63:48]',
  });
  add('TCR_EL1', [3, 0, 2, 0, 2], {
    offset: L.TCR,
    action: L.ACTION_TRANSLATION,
    fields:
      'T0SZ[5:0] EPD0:7 IRGN0[9:8] ORGN0[11:10] SH0[13:12] TG0[15:14] T1SZ[21:16] A1:22 EPD1:23 IRGN1[25:24] ' +
      'ORGN1[27:26] SH1[29:28] TG1[31:30] IPS[34:32] AS36 TBI0:37 TBI1:38',
  });
  const status = 'M[4:0] F6 I7 A8 D9 IL20 SS21 V28 C29 Z30 N31';
  add('SPSR_EL1', [3, 0, 4, 0, 0], { offset: L.SPSR, fields: status });
  add('ELR_EL1', [3, 0, 4, 0, 1], { offset: L.ELR });
  add('SP_EL0', [3, 0, 4, 1, 0], { action: L.ACTION_SP_EL0 });
  add('SPSel', [3, 0, 4, 2, 0], { action: L.ACTION_SPSEL });
  add('CurrentEL', [3, 0, 4, 2, 2], { flags: L.SYSREG_READ_ONLY, action: L.ACTION_CURRENT_EL });
  add('NZCV', [3, 3, 4, 2, 0], { flags: EL0, action: L.ACTION_NZCV });
  add('DAIF', [3, 3, 4, 2, 1], { flags: EL0, action: L.ACTION_DAIF });
  add('FPCR', [3, 3, 4, 4, 0], { offset: L.FPCR, flags: EL0 | L.SYSREG_WORD, action: L.ACTION_FPU });
  add('FPSR', [3, 3, 4, 4, 1], { offset: L.FPSR, flags: EL0 | L.SYSREG_WORD, action: L.ACTION_FPU });
  add('AFSR0_EL1', [3, 0, 5, 1, 0]);
  add('AFSR1_EL1', [3, 0, 5, 1, 1]);
  add('ESR_EL1', [3, 0, 5, 2, 0], { offset: L.ESR, flags: L.SYSREG_WORD, fields: 'ISS[24:0] IL25 EC[31:26]' });
  add('FAR_EL1', [3, 0, 6, 0, 0], { offset: L.FAR });
  add('PAR_EL1', [3, 0, 7, 4, 0], { offset: L.PAR, fields: 'F0 SH[8:7] NS9 PA[47:12] ATTR[63:56]' });
  add('MAIR_EL1', [3, 0, 10, 2, 0], {
    offset: L.MAIR,
    action: L.ACTION_TRANSLATION,
    fields: [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `Attr${n}[${8 * n + 7}:${8 * n}]`).join(' '),
  });
  add('AMAIR_EL1', [3, 0, 10, 3, 0]);
  add('VBAR_EL1', [3, 0, 12, 0, 0], { offset: L.VBAR });
  add('RVBAR_EL1', [3, 0, 12, 0, 1], { flags: L.SYSREG_READ_ONLY });
  add('ISR_EL1', [3, 0, 12, 1, 0], {
    flags: L.SYSREG_READ_ONLY,
    action: L.ACTION_ISR,
    fields: 'F6 I7 A8',
  });
  add('CONTEXTIDR_EL1', [3, 0, 13, 0, 1], { offset: L.CONTEXTIDR, flags: L.SYSREG_WORD });
  add('TPIDR_EL1', [3, 0, 13, 0, 4]);
  add('TPIDR_EL0', [3, 3, 13, 0, 2], { flags: EL0 });
  add('TPIDRRO_EL0', [3, 3, 13, 0, 3], { flags: L.SYSREG_READ_EL0 });

  add('CNTKCTL_EL1', [3, 0, 14, 1, 0], {
    offset: L.CNTKCTL,
    flags: L.SYSREG_WORD,
    fields: 'EL0PCTEN0 EL0VCTEN1 EVNTEN2 EVNTDIR3 EVNTI[7:4] EL0VTEN8 EL0PTEN9',
  });
  add('CNTFRQ_EL0', [3, 3, 14, 0, 0], {
    reset: 62_500_000n,
    flags: L.SYSREG_READ_ONLY | L.SYSREG_READ_EL0,
  });
  const counter = { flags: L.SYSREG_READ_ONLY | L.SYSREG_READ_EL0, action: L.ACTION_COUNTER };
  add('CNTPCT_EL0', [3, 3, 14, 0, 1], counter);
  add('CNTVCT_EL0', [3, 3, 14, 0, 2], counter);
  for (const [prefix, crm, action] of [
    ['CNTP', 2, L.ACTION_PHYSICAL_TIMER],
    ['CNTV', 3, L.ACTION_VIRTUAL_TIMER],
  ] as const) {
    add(`${prefix}_TVAL_EL0`, [3, 3, 14, crm, 0], { flags: EL0, action });
    add(`${prefix}_CTL_EL0`, [3, 3, 14, crm, 1], { flags: EL0, action, fields: 'ENABLE0 IMASK1 ISTATUS2' });
    add(`${prefix}_CVAL_EL0`, [3, 3, 14, crm, 2], { flags: EL0, action });
  }

  // Self-hosted debug: registers are there, and match nothing.
  add('MDSCR_EL1', [2, 0, 0, 2, 2], { flags: L.SYSREG_WORD });
  add('OSLAR_EL1', [2, 0, 1, 0, 4], { flags: L.SYSREG_WRITE_ONLY, action: L.ACTION_IGNORE });
  add('OSLSR_EL1', [2, 0, 1, 1, 4], { reset: 8n, flags: L.SYSREG_READ_ONLY });
  add('OSDLR_EL1', [2, 0, 1, 3, 4]);
  add('MDRAR_EL1', [2, 0, 1, 0, 0], { flags: L.SYSREG_READ_ONLY });
  for (let n = 0; n < 6; n++) {
    add(`DBGBVR${n}_EL1`, [2, 0, 0, n, 4]);
    add(`DBGBCR${n}_EL1`, [2, 0, 0, n, 5], { flags: L.SYSREG_WORD });
  }
  for (let n = 0; n < 4; n++) {
    add(`DBGWVR${n}_EL1`, [2, 0, 0, n, 6]);
    add(`DBGWCR${n}_EL1`, [2, 0, 0, n, 7], { flags: L.SYSREG_WORD });
  }
  if (free > L.VCPU_SIZE) throw new Error('more system registers than the state of a vCPU has room for');

  // The rest of the identification space is reserved, and reads as zero.
  const known = new Set(rows.map((row) => row.encoding));
  for (let crm = 1; crm < 8; crm++) {
    for (let op2 = 0; op2 < 8; op2++) {
      const encoding = encode(3, 0, 0, crm, op2);
      if (known.has(encoding)) continue;
      const descriptor = (L.SYSREG_KNOWN | L.SYSREG_READ_ONLY) >>> 0;
      rows.push({ name: encodingName(encoding), encoding, offset: L.XZR, reset: 0n, descriptor, fields: [] });
    }
  }
  return rows;
}

/** Fields by their short notation: NAMEbit, NAME:bit where the name ends in a digit, NAME[high:low]. */
function fieldsOf(text: string | undefined): readonly SystemField[] {
  if (text === undefined) return [];
  return text.split(' ').map((one) => {
    const match = /^(.*?)(?:\[(\d+):(\d+)\]|:(\d+)|(\d+))$/.exec(one);
    if (!match) throw new Error(`"${one}" is no field`);
    const high = Number(match[2] ?? match[4] ?? match[5]);
    return { name: match[1] as string, high, low: Number(match[3] ?? high) };
  });
}

export const SYSTEM_REGISTERS: readonly SystemRegister[] = build();
