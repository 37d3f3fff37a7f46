/** A64 instructions that the guest executes for us, as words. They use X0 for an address and X1 for a value. */

const X1 = 1;
const NOP = 0xd503201f;
const MRS = 0xd5300000;
const MSR = 0xd5100000;

/** Of LDRB, LDRH, LDR by base register alone; stores are without bit 22. */
const LOADS: Readonly<Record<number, number>> = {
  1: 0x39400001,
  2: 0x79400001,
  4: 0xb9400001,
  8: 0xf9400001,
};
const IS_LOAD = 1 << 22;

/** System registers by name: op0, op1, CRn, CRm, op2. */
const SYSTEM_REGISTERS: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  ICC_PMR_EL1: [3, 0, 4, 6, 0],
  ICC_IAR0_EL1: [3, 0, 12, 8, 0],
  ICC_EOIR0_EL1: [3, 0, 12, 8, 1],
  ICC_HPPIR0_EL1: [3, 0, 12, 8, 2],
  ICC_BPR0_EL1: [3, 0, 12, 8, 3],
  ...indexed('ICC_AP0R', '_EL1', 0, 8, 4),
  ...indexed('ICC_AP1R', '_EL1', 0, 9, 0),
  ICC_DIR_EL1: [3, 0, 12, 11, 1],
  ICC_RPR_EL1: [3, 0, 12, 11, 3],
  ICC_SGI1R_EL1: [3, 0, 12, 11, 5],
  ICC_ASGI1R_EL1: [3, 0, 12, 11, 6],
  ICC_SGI0R_EL1: [3, 0, 12, 11, 7],
  ICC_IAR1_EL1: [3, 0, 12, 12, 0],
  ICC_EOIR1_EL1: [3, 0, 12, 12, 1],
  ICC_HPPIR1_EL1: [3, 0, 12, 12, 2],
  ICC_BPR1_EL1: [3, 0, 12, 12, 3],
  ICC_CTLR_EL1: [3, 0, 12, 12, 4],
  ICC_SRE_EL1: [3, 0, 12, 12, 5],
  ICC_IGRPEN0_EL1: [3, 0, 12, 12, 6],
  ICC_IGRPEN1_EL1: [3, 0, 12, 12, 7],
  ICC_SRE_EL2: [3, 4, 12, 9, 5],
  ICC_CTLR_EL3: [3, 6, 12, 12, 4],
  ICC_SRE_EL3: [3, 6, 12, 12, 5],
  ICC_IGRPEN1_EL3: [3, 6, 12, 12, 7],
  ...indexed('ICH_AP0R', '_EL2', 4, 8, 0),
  ...indexed('ICH_AP1R', '_EL2', 4, 9, 0),
  ICH_HCR_EL2: [3, 4, 12, 11, 0],
  ICH_VTR_EL2: [3, 4, 12, 11, 1],
  ICH_MISR_EL2: [3, 4, 12, 11, 2],
  ICH_EISR_EL2: [3, 4, 12, 11, 3],
  ICH_ELRSR_EL2: [3, 4, 12, 11, 5],
  ICH_VMCR_EL2: [3, 4, 12, 11, 7],
  ...indexed('ICH_LR', '_EL2', 4, 12, 0, 16),
};

function indexed(
  before: string,
  after: string,
  op1: number,
  crm: number,
  op2: number,
  count = 4,
): Record<string, readonly [number, number, number, number, number]> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`${before}${n}${after}`, [3, op1, 12, crm + (n >> 3), op2 + (n & 7)]]),
  );
}

export const loadOf = (bytes: number): number => accessOf(bytes);
export const storeOf = (bytes: number): number => (accessOf(bytes) & ~IS_LOAD) >>> 0;
export const nothing = NOP;

function accessOf(bytes: number): number {
  const word = LOADS[bytes];
  if (word === undefined) throw new RangeError(`no load or store has ${bytes} bytes`);
  return word;
}

/** MRS X1, name; or MSR name, X1. */
export function systemAccess(name: string, rw: 'read' | 'write'): number {
  const encoding = SYSTEM_REGISTERS[name];
  if (encoding === undefined) throw new RangeError(`the encoding of ${name} is not known`);
  const [op0, op1, crn, crm, op2] = encoding;
  const fields = ((op0 & 1) << 19) | (op1 << 16) | (crn << 12) | (crm << 8) | (op2 << 5) | X1;
  return ((rw === 'read' ? MRS : MSR) | fields) >>> 0;
}
