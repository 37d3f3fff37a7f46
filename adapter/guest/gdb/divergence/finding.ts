import { fieldValue, hexOf, list } from '../../../gic/inspect/decode.ts';
import type { PlacedRegister } from '../../../gic/inspect/register-map.ts';

/** An access seen, where the model and the target parted. */
export interface PartingAccess {
  /** Its place in time; null: it is no longer held. */
  readonly entry: number;
  /** As in the access log: "write GICD_ISENABLER1 = 0x2: enables INTID 33". */
  readonly text: string;
}

/** A register of which the target has something else than the model. */
export interface Finding {
  /** Ascending, from 1. */
  readonly id: number;
  readonly register: PlacedRegister;
  /** Whose bank, or frame; null: all CPUs share it. */
  readonly vcpu: number | null;
  /** Whole values. */
  readonly model: bigint;
  readonly target: bigint;
  /** Bits that differ, of those that are compared. */
  readonly bits: bigint;
  /** The access seen that the register depends on, the last one; null: it changed without one. */
  readonly access: PartingAccess | null;
  /** The stop at which it was found: entries there were then. */
  readonly position: number;
}

/** What of a register differs: interrupts, fields, or else all of it. */
export interface Difference {
  /** "INTID 33", "EnableGrp1"; empty: the whole register. */
  readonly part: string;
  readonly intids: readonly number[];
  /** Of the part, where it is one. */
  readonly model: bigint;
  readonly target: bigint;
}

export function differenceOf({ register, model, target, bits }: Omit<Finding, 'id'>): Difference {
  const { row, firstIntid, intids } = register;
  const whole = { model, target };
  if (row.bitsPerIrq > 0) {
    const width = BigInt(row.bitsPerIrq);
    const one = (1n << width) - 1n;
    const concerned = Array.from({ length: intids }, (_, i) => i).filter(
      (i) => ((bits >> (BigInt(i) * width)) & one) !== 0n,
    );
    const numbers = concerned.map((i) => firstIntid + i);
    const [only] = concerned;
    if (only === undefined || concerned.length > 1) return { part: list(numbers), intids: numbers, ...whole };
    const shift = BigInt(only) * width;
    return { part: list(numbers), intids: numbers, model: (model >> shift) & one, target: (target >> shift) & one };
  }
  const fields = row.fields.filter((field) => fieldValue(bits, field) !== 0n);
  const [field] = fields;
  if (field === undefined) return { part: '', intids: [], ...whole };
  const names = fields.map(({ name }) => name).join(', ');
  if (fields.length > 1) return { part: names, intids: [], ...whole };
  return { part: names, intids: [], model: fieldValue(model, field), target: fieldValue(target, field) };
}

/** "GICD_ISENABLER1, INTID 33: model 0x0, target 0x1; changed without an access". */
export function findingText(finding: Finding): string {
  const { part, model, target } = differenceOf(finding);
  const where = finding.vcpu === null ? finding.register.name : `${finding.register.name} of vCPU ${finding.vcpu}`;
  const what = part === '' ? where : `${where}, ${part}`;
  return `${what}: model ${hexOf(model)}, target ${hexOf(target)}; ${causeText(finding)}`;
}

export function causeText({ access }: Finding): string {
  return access === null ? 'changed without an access' : `parted by ${access.text}`;
}
