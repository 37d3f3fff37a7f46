import { constant } from '../mmio/handlers/common.ts';
import { field, row, type EnumValue, type FieldRow, type RegisterRow } from './row.ts';

/** Fields that several frames' registers share. */
export const IIDR_FIELDS: readonly FieldRow[] = [
  field('ProductID', [31, 24], 'ro', 'Product: 0x4b for KVM.'),
  field('Variant', [19, 16], 'ro', 'Major revision.'),
  field('Revision', [15, 12], 'ro', 'Minor revision.'),
  field('Implementer', [11, 0], 'ro', 'JEP106 code of the implementer: 0x43b is Arm.'),
];

export const PIDR2_FIELDS: readonly FieldRow[] = [
  field('ArchRev', [7, 4], 'ro', 'Architecture version: 3 for GICv3.'),
  field('DesignerDefined', [3, 0], 'ro', 'Identity of the designer.'),
];

export const ON_OFF: readonly EnumValue[] = [
  { value: 0, name: 'Disabled' },
  { value: 1, name: 'Enabled' },
];

export const SHAREABILITY: readonly EnumValue[] = [
  { value: 0, name: 'NonShareable' },
  { value: 1, name: 'InnerShareable' },
  { value: 2, name: 'OuterShareable' },
];

export const INNER_CACHE: readonly EnumValue[] = [
  { value: 0, name: 'Device' },
  { value: 1, name: 'NonCacheable' },
  { value: 2, name: 'RaWt' },
  { value: 3, name: 'RaWb' },
  { value: 4, name: 'WaWt' },
  { value: 5, name: 'WaWb' },
  { value: 6, name: 'RaWaWt' },
  { value: 7, name: 'RaWaWb' },
];

export const OUTER_CACHE: readonly EnumValue[] = [
  { value: 0, name: 'SameAsInner' },
  { value: 1, name: 'NonCacheable' },
  ...INNER_CACHE.slice(2),
];

/** The identification registers of a frame, in the order of their addresses. */
export const IDENTIFICATION_NAMES: readonly string[] = [
  'PIDR4',
  'PIDR5',
  'PIDR6',
  'PIDR7',
  'PIDR0',
  'PIDR1',
  'PIDR2',
  'PIDR3',
  'CIDR0',
  'CIDR1',
  'CIDR2',
  'CIDR3',
];

/** The identification registers at 0xffd0 of every GICv3 frame: PIDR4 to 7, PIDR0 to 3, CIDR0 to 3. */
export function identificationRows(prefix: 'GICD' | 'GICR', section: string): RegisterRow[] {
  return IDENTIFICATION_NAMES.map((name, i) =>
    row({
      name: `${prefix}_${name}`,
      offset: 0xffd0 + i * 4,
      access: 'ro',
      handlers: name === 'PIDR2' ? constant(0x3b) : constant(0),
      doc: name === 'PIDR2' ? 'Architecture version.' : 'Identification. Zero in this profile.',
      section,
      fields: name === 'PIDR2' ? PIDR2_FIELDS : [],
    }),
  );
}
