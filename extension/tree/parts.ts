import type { Access, FieldInfo, RegisterInfo } from '../../adapter/protocol.ts';

/** A piece of a register that the tree shows below it: a field, or the bits of one interrupt. */
export interface Part {
  readonly field: FieldInfo;
  /** Set where the piece is one interrupt's share of the register, addressed as `GROUP[intid]`. */
  readonly intid?: number;
}

/** From this width on, an interrupt's share is a whole register, and its fields are what matters. */
const MAX_SHARE = 8;

const cache = new WeakMap<RegisterInfo, readonly Part[]>();

/** The pieces of a register, in the order Arm's tables list them: made when first asked for. */
export function partsOf(register: RegisterInfo): readonly Part[] {
  let parts = cache.get(register);
  if (!parts) {
    parts = makeParts(register);
    cache.set(register, parts);
  }
  return parts;
}

function makeParts(register: RegisterInfo): Part[] {
  const share = register.bitsPerIrq;
  if (share === undefined || share > MAX_SHARE || register.firstIntid === undefined) {
    return register.fields.map((field) => ({ field }));
  }
  const described = register.fields.filter((field) => field.intid !== undefined);
  const others = register.fields.filter((field) => field.intid === undefined).map((field) => ({ field }));
  if (described.length > 0) {
    return [...described.map((field) => ({ field, intid: field.intid ?? 0 })), ...others];
  }
  return [...shares(register, share, register.firstIntid), ...others];
}

function shares(register: RegisterInfo, bits: number, first: number): Part[] {
  const count = register.bits / bits;
  return Array.from({ length: count }, (_, i) => {
    const lsb = i * bits;
    const intid = first + i;
    return {
      intid,
      field: { name: `INTID ${intid}`, msb: lsb + bits - 1, lsb, access: register.access, doc: '', intid },
    };
  });
}

/** The INTIDs a register holds bits of, first and last; undefined where it is about none. */
export function intidsOf(register: RegisterInfo): { first: number; last: number } | undefined {
  const { firstIntid: first, bitsPerIrq: share, bits } = register;
  if (first === undefined || share === undefined) return undefined;
  return { first, last: first + Math.max(1, bits / share) - 1 };
}

/** The name by which an array of registers is indexed by INTID: "GICD_ISENABLER". */
export function arrayName(register: RegisterInfo): string {
  return register.group ?? register.name.replace(/\d+$/, '');
}

/** True where a write can have an effect. */
export function isWritable(access: Access): boolean {
  return access === 'rw' || access === 'wo' || access === 'w1s' || access === 'w1c';
}

/** An access kind in words. */
export function accessText(access: Access): string {
  switch (access) {
    case 'rw':
      return 'read and write';
    case 'ro':
      return 'read only';
    case 'wo':
      return 'write only';
    case 'w1s':
      return 'write 1 to set; zeros change nothing';
    case 'w1c':
      return 'write 1 to clear; zeros change nothing';
    case 'raz/wi':
      return 'reads as zero, writes are ignored';
    case 'rao/wi':
      return 'reads as ones, writes are ignored';
  }
}
