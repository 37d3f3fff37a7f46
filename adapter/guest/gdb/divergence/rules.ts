import { SGIS } from '../../../gic/config.ts';
import type { PlacedRegister } from '../../../gic/inspect/register-map.ts';
import { isLoaded } from '../../../gic/physical/load.ts';
import type { RegisterRow } from '../../../gic/registers/row.ts';

/**
 * When a register of the target has to be what the model says:
 * - kept: it changes by accesses alone
 * - pending, active, senders: by accesses, and as CPUs take and end interrupts; pending by wires and devices too
 * - interface: as CPUs take and end interrupts, and by accesses to it
 * - follows: it follows from the others, whatever happened
 */
export type RuleKind = 'kept' | 'pending' | 'active' | 'senders' | 'interface' | 'follows';

export interface Rule {
  readonly kind: RuleKind;
  /** Bits that are compared. */
  readonly mask: bigint;
}

/** What is known of a target's implementation. */
export interface Implementation {
  readonly gic: 'v2' | 'v3';
  readonly cpus: number;
  /** It is QEMU: what the architecture leaves to the implementation is known, too. */
  readonly isQemu: boolean;
  /** How many bits of a priority exist is known, not taken for granted. */
  readonly knowsPriorityBits: boolean;
}

/** Bits of GICC_CTLR that every controller has: those for bypassing it are the implementation's. */
const GICC_CTLR_BITS = 0x61fn;
/** GICR_PENDBASER.PTZ is written, and may read as zero. */
const PENDBASER_PTZ = 1n << 62n;
/** Bits of a priority that every controller has. */
const SURE_PRIORITY = 0xf0n;
const TRIGGERS = 0xaaaa_aaaan;

/** How a register is compared; null: not at all. Constants describe the implementation, which the model is made after. */
export function ruleOf(register: PlacedRegister, of: Implementation): Rule | null {
  const { row } = register;
  if (row.name === 'GICC_HPPIR') return { kind: 'follows', mask: 0x3ffn };
  if (!register.implemented || !isLoaded(row)) return null;
  const mask = maskOf(register, of) & existing(register);
  return mask === 0n ? null : { kind: kindOf(row), mask };
}

function kindOf({ name, property }: RegisterRow): RuleKind {
  if (property === 'pending' || property === 'active') return property;
  if (property === 'source') return 'senders';
  return /^GICC_(NS)?APR$|^GICC_RPR$/.test(name) ? 'interface' : 'kept';
}

function maskOf(register: PlacedRegister, of: Implementation): bigint {
  const { row, firstIntid } = register;
  const isPrivate = firstIntid >= 0 && firstIntid < 32;
  switch (row.property) {
    case 'priority':
      return of.knowsPriorityBits ? -1n : repeated(SURE_PRIORITY);
    case 'config':
      // Whether a PPI's trigger can be chosen is the implementation's.
      return isPrivate && (firstIntid < SGIS || !of.isQemu) ? 0n : TRIGGERS;
    case 'target':
      return isPrivate ? 0n : repeated((1n << BigInt(of.cpus)) - 1n);
    case 'enabled':
      // Whether GICv2's SGIs can be disabled, too.
      return isPrivate && of.gic === 'v2' && !of.isQemu ? ~0xffffn : -1n;
    case 'route':
      return writable(row);
    case null:
      return ofName(row, of);
    default:
      return -1n;
  }
}

function ofName(row: RegisterRow, of: Implementation): bigint {
  switch (row.name) {
    case 'GICC_CTLR':
      return GICC_CTLR_BITS & writable(row);
    case 'GICR_PENDBASER':
      return writable(row) & ~PENDBASER_PTZ;
    case 'GICC_PMR':
      return of.knowsPriorityBits ? 0xffn : SURE_PRIORITY;
    case 'GICC_APR':
    case 'GICC_NSAPR':
    case 'GICC_RPR':
    case 'GICC_BPR':
    case 'GICC_ABPR':
      if (!of.knowsPriorityBits) return 0n;
      return row.fields.length === 0 ? -1n : 0xffn;
    default:
      return writable(row);
  }
}

/** Bits of fields that can be written; all where a register has no fields. */
function writable({ fields }: RegisterRow): bigint {
  if (fields.length === 0) return -1n;
  return fields
    .filter(({ access }) => access === 'rw')
    .reduce((bits, { msb, lsb }) => bits | (((1n << BigInt(msb - lsb + 1)) - 1n) << BigInt(lsb)), 0n);
}

function repeated(byte: bigint): bigint {
  return byte * 0x0101_0101n;
}

/** Bits of INTIDs that exist. */
function existing({ row, intids, bytes }: PlacedRegister): bigint {
  const all = (1n << BigInt(bytes * 8)) - 1n;
  return row.bitsPerIrq === 0 || row.bitsPerIrq === 64 ? all : all & ((1n << BigInt(intids * row.bitsPerIrq)) - 1n);
}
