import { PRIVATE_IRQS } from '../config.ts';
import type { PlacedRegister } from '../inspect/register-map.ts';
import type { EnumValue, FieldRow, RegisterRow } from '../registers/row.ts';
import type { IrqPropertyName } from './irq-properties.ts';

/** Something with a place in the controller: what edits, data breakpoints and set-variable are about. */
export type Place =
  | { readonly kind: 'register'; readonly register: PlacedRegister; readonly vcpu: number }
  | { readonly kind: 'field'; readonly register: PlacedRegister; readonly vcpu: number; readonly field: FieldRow }
  /** One interrupt's bits of a per-interrupt register. */
  | { readonly kind: 'part'; readonly register: PlacedRegister; readonly vcpu: number; readonly intid: number }
  | { readonly kind: 'irq'; readonly intid: number; readonly vcpu: number; readonly property: IrqPropertyName }
  /** ICC_SGI1R_EL1 (GICv3): a write of it sends SGIs. */
  | { readonly kind: 'sgi'; readonly vcpu: number };

/**
 * What an expression evaluates to. Numbers have 64 bits: those with a width are unsigned and shown in hex; plain ones,
 * as counts, INTIDs and what was typed, are signed and shown in decimal.
 */
export type Value =
  | {
      readonly kind: 'number';
      readonly value: bigint;
      /** Width; 0: a plain number. */
      readonly bits: number;
      readonly place: Place | null;
      readonly names: readonly EnumValue[] | null;
    }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly place: Place | null }
  | { readonly kind: 'string'; readonly value: string }
  /** A bare word that is no register: an enum name, meaningful beside something that has it. */
  | { readonly kind: 'word'; readonly word: string; readonly start: number; readonly end: number }
  /** A register array without index. */
  | { readonly kind: 'array'; readonly row: RegisterRow; readonly vcpu: number }
  | { readonly kind: 'irq'; readonly intid: number; readonly vcpu: number }
  | { readonly kind: 'cpu'; readonly vcpu: number }
  | { readonly kind: 'listRegister'; readonly vcpu: number; readonly lr: number }
  | { readonly kind: 'list'; readonly items: readonly number[] }
  | { readonly kind: 'access' };

/** The system register that sends SGIs: the one that is no memory, and the vgic itself answers. */
export const SGI_REGISTER = 'ICC_SGI1R_EL1';

export function numberValue(
  value: bigint,
  bits = 0,
  place: Place | null = null,
  names: readonly EnumValue[] | null = null,
): Value {
  return {
    kind: 'number',
    value: bits === 0 ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value),
    bits,
    place,
    names,
  };
}

/** As a debugger shows it: "0x2", "33", "edge", "true", "vCPU 1". */
export function formatValue(value: Value): string {
  switch (value.kind) {
    case 'number': {
      const name = value.names?.find((one) => BigInt(one.value) === value.value)?.name;
      return name ?? (value.bits === 0 ? String(value.value) : `0x${value.value.toString(16)}`);
    }
    case 'boolean':
      return String(value.value);
    case 'string':
      return `"${value.value}"`;
    case 'word':
      return value.word;
    case 'array':
      return value.row.name;
    case 'irq':
      return value.intid < PRIVATE_IRQS
        ? `INTID ${String(value.intid)} of vCPU ${String(value.vcpu)}`
        : `INTID ${String(value.intid)}`;
    case 'cpu':
      return `vCPU ${String(value.vcpu)}`;
    case 'listRegister':
      return `list register ${String(value.lr)} of vCPU ${String(value.vcpu)}`;
    case 'list':
      return `[${value.items.join(', ')}]`;
    case 'access':
      return 'the access about to be executed';
  }
}

/**
 * The expression that means a place whichever vCPU it is evaluated for: for data breakpoints and tree nodes.
 * @param cpus number of vCPUs: where there is only one, nothing needs to be told apart
 */
export function placeKey(place: Place, cpus: number): string {
  if (place.kind === 'irq') {
    const { intid, vcpu, property } = place;
    return intid < PRIVATE_IRQS && cpus > 1
      ? `irq(${String(intid)}, ${String(vcpu)}).${property}`
      : `irq(${String(intid)}).${property}`;
  }
  if (place.kind === 'sgi') return `${cpus === 1 ? '' : `cpu(${String(place.vcpu)}).`}${SGI_REGISTER}`;
  const { register, vcpu } = place;
  const owner = register.device.owner >= 0 ? register.device.owner : register.banked ? vcpu : -1;
  const select = owner < 0 || cpus === 1 ? '' : `cpu(${String(owner)}).`;
  if (place.kind === 'register') return `${select}${register.name}`;
  if (place.kind === 'field') return `${select}${register.name}.${place.field.name}`;
  return `${select}${register.row.name}[${String(place.intid)}]`;
}
