import { routeWith } from '../affinity.ts';
import { PRIVATE_IRQS, SGIS } from '../config.ts';
import { fieldValue, hexOf } from '../inspect/decode.ts';
import type { PlacedRegister } from '../inspect/register-map.ts';
import type { FieldRow } from '../registers/row.ts';
import type { IrqPropertyName } from '../expression/irq-properties.ts';
import { partBits, registerOfIrq, registerWith } from '../expression/resolve.ts';
import type { Scope } from '../expression/scope.ts';
import type { Place } from '../expression/value.ts';
import { EditError, fit } from './errors.ts';
import type { EditStep } from './step.ts';

/** The accesses that bring a place to a value, and what the place should read as then. */
export interface EditPlan {
  readonly steps: readonly EditStep[];
  /** Null: writing is the whole effect, nothing can be read back. */
  readonly wanted: bigint | null;
  /** What the user should know, though it is no obstacle. */
  readonly remarks: readonly string[];
}

/**
 * Plans the accesses of an edit. Registers whose bits set or clear are never read and written back: a bit is set in the
 * one and cleared in the other register of the pair, so that no other interrupt is touched.
 * @throws EditError where the place cannot be written, or the value does not fit
 */
export function planEdit(place: Place, value: bigint, scope: Scope): EditPlan {
  switch (place.kind) {
    case 'register':
      return wholeRegister(place.register, place.vcpu, value, scope);
    case 'field':
      return registerField(place.register, place.vcpu, place.field, value, scope);
    case 'part':
      return interruptPart(place.register, place.vcpu, place.intid, value, scope);
    case 'irq':
      return interruptProperty(place.intid, place.vcpu, place.property, value, scope);
    case 'sgi':
      return { steps: [{ kind: 'sgi', vcpu: place.vcpu, address: 0, length: 0, value }], wanted: null, remarks: [] };
  }
}

function wholeRegister(register: PlacedRegister, vcpu: number, given: bigint, scope: Scope): EditPlan {
  checkWritable(register);
  const bits = register.bytes * 8;
  const value = fit(given, bits, `${String(bits)} bits of ${register.name}`);
  const known = meaningfulBits(register);
  const reserved = value & ~known;
  const remarks = reserved === 0n ? [] : [reservedText(register, reserved)];
  const { access, counterpart } = register.row;
  const steps = [store(register, vcpu, register.address, register.bytes, value)];
  if (access === 'rw') return { steps, wanted: value, remarks };
  if (access === 'wo') return { steps, wanted: null, remarks };
  const before = scope.registers.value(register, vcpu, scope.state);
  const sets = access === 'w1s';
  if ((before & ~value) !== 0n && counterpart !== undefined) {
    const what = sets
      ? 'Bits written as 0 stay as they are'
      : 'Bits written as 1 are cleared, the others stay as they are';
    remarks.push(`${what}: ${counterpart} is the register that ${sets ? 'clears' : 'sets'}.`);
  }
  return { steps, wanted: value === 0n ? null : sets ? before | (value & known) : before & ~value, remarks };
}

/** Bits of a register that mean something: those of fields, and of INTIDs that exist. */
function meaningfulBits(register: PlacedRegister): bigint {
  const { row, bytes, intids } = register;
  const all = (1n << BigInt(bytes * 8)) - 1n;
  if (row.bitsPerIrq !== 0 && row.bitsPerIrq !== 64) return all & ((1n << BigInt(intids * row.bitsPerIrq)) - 1n);
  if (row.fields.length === 0) return all;
  return row.fields.reduce((bits, field) => bits | fieldMask(field), 0n);
}

function reservedText(register: PlacedRegister, reserved: bigint): string {
  const what = register.row.bitsPerIrq === 0 ? 'are reserved' : 'belong to no INTID of this controller';
  return `Bits ${hexOf(reserved)} of ${register.name} ${what}.`;
}

function registerField(register: PlacedRegister, vcpu: number, field: FieldRow, given: bigint, scope: Scope): EditPlan {
  checkWritable(register);
  const name = `${register.name}.${field.name}`;
  if (!isWritable(field.access)) throw new EditError(`${name} is ${ACCESS_WORDS[field.access]}`);
  const width = field.msb - field.lsb + 1;
  const value = fit(given, width, `${width === 1 ? '1 bit' : `${String(width)} bits`} of ${name}`);
  // Of its neighbours, those that set, clear or trigger something when written must be written as 0.
  const kept = register.row.fields
    .filter((one) => one.access === 'rw' && one !== field)
    .reduce((mask, one) => mask | fieldMask(one), 0n);
  const others = register.row.access === 'rw' ? scope.registers.value(register, vcpu, scope.state) & kept : 0n;
  const whole = others | (value << BigInt(field.lsb));
  const readable = register.row.access === 'rw' && field.access === 'rw';
  return {
    steps: [store(register, vcpu, register.address, register.bytes, whole)],
    wanted: readable ? value : null,
    remarks: [],
  };
}

/** One interrupt's bits of a register; in a pair that sets and clears, `given` is what the bits shall be. */
function interruptPart(register: PlacedRegister, vcpu: number, intid: number, given: bigint, scope: Scope): EditPlan {
  checkWritable(register);
  const { row } = register;
  if (row.bitsPerIrq === 64) return wholeRegister(register, vcpu, given, scope);
  const bits = row.bitsPerIrq;
  const value = fit(given, bits, `${bits === 1 ? '1 bit' : `${String(bits)} bits`} of INTID ${String(intid)}`);
  const { shift, mask } = partBits(register, intid);
  if (row.access === 'w1s' || row.access === 'w1c') return setAndClear(register, vcpu, intid, value, scope);
  if (bits === 8) {
    return {
      steps: [store(register, vcpu, register.address + Number(shift / 8n), 1, value)],
      wanted: value,
      remarks: [],
    };
  }
  const whole = scope.registers.value(register, vcpu, scope.state);
  const next = (whole & ~(mask << shift)) | (value << shift);
  return { steps: [store(register, vcpu, register.address, register.bytes, next)], wanted: value, remarks: [] };
}

function setAndClear(register: PlacedRegister, vcpu: number, intid: number, value: bigint, scope: Scope): EditPlan {
  const other = counterpartOf(register, intid, vcpu, scope);
  const [set, clear] = register.row.access === 'w1s' ? [register, other] : [other, register];
  const { shift, mask } = partBits(register, intid);
  const before = (scope.registers.value(register, vcpu, scope.state) >> shift) & mask;
  const cleared = value === 0n ? mask : before & ~value;
  const steps: EditStep[] = [];
  if (cleared !== 0n) steps.push(storePart(clear, vcpu, intid, cleared));
  if (value !== 0n) steps.push(storePart(set, vcpu, intid, value));
  const used = value === 0n ? clear : set;
  const remarks = used === register ? [] : [`Bits are ${value === 0n ? 'cleared' : 'set'} in ${used.name}.`];
  return { steps, wanted: value, remarks };
}

function storePart(register: PlacedRegister, vcpu: number, intid: number, value: bigint): EditStep {
  const { shift } = partBits(register, intid);
  if (register.row.sgisByUser === true && intid < SGIS) {
    return { ...store(register, vcpu, register.address, register.bytes, value << shift), kind: 'uwrite' };
  }
  if (register.row.bitsPerIrq === 8) return store(register, vcpu, register.address + Number(shift / 8n), 1, value);
  return store(register, vcpu, register.address, register.bytes, value << shift);
}

function counterpartOf(register: PlacedRegister, intid: number, vcpu: number, scope: Scope): PlacedRegister {
  const row = scope.registers.row(register.row.counterpart ?? '')?.row;
  const found = row === undefined ? null : registerWith(row, intid, vcpu, scope);
  if (found === null) throw new EditError(`${register.name} has no register that does the opposite`);
  return found;
}

function interruptProperty(
  intid: number,
  vcpu: number,
  property: IrqPropertyName,
  given: bigint,
  scope: Scope,
): EditPlan {
  const part = (kind: Parameters<typeof registerOfIrq>[0], value: bigint): EditPlan => {
    const register = registerOfIrq(kind, intid, vcpu, scope);
    if (register === null)
      throw new EditError(`no register of this profile holds "${property}" of INTID ${String(intid)}`);
    return interruptPart(register, vcpu, intid, value, scope);
  };
  switch (property) {
    case 'enabled':
    case 'pending':
    case 'active':
    case 'priority':
    case 'group':
      return part(property, given);
    case 'config': {
      // Of the two trigger bits the upper one counts.
      const value = fit(given, 1, `"level" and "edge"`);
      return { ...part('config', value << 1n), wanted: value };
    }
    case 'line':
      return wire(intid, vcpu, fit(given, 1, 'a wire, which is 0 or 1'), scope);
    case 'target':
      return { ...routeTo(intid, given, scope, part), wanted: given };
    case 'route':
      checkShared(intid);
      return part(scope.controller.config.gic === 'v2' ? 'target' : 'route', given);
    case 'softPending':
      throw new EditError('softPending follows from what is written: edit pending, or the line');
    case 'sources':
      return part('source', given);
    case 'queuedOn':
    case 'queueIndex':
      throw new EditError(`${property} follows from the interrupt's state: it cannot be edited`);
  }
}

function wire(intid: number, vcpu: number, level: bigint, scope: Scope): EditPlan {
  if (intid < SGIS) throw new EditError('SGIs have no wire');
  const { state } = scope;
  const steps: EditStep[] = [{ kind: 'line', vcpu, address: intid, length: 0, value: level }];
  if (!state.bit(state.at.edge, state.slot(intid, vcpu))) return { steps, wanted: level, remarks: [] };
  return { steps, wanted: null, remarks: ['It is edge-triggered: a rise makes it pending, the level is not kept.'] };
}

function routeTo(
  intid: number,
  vcpu: bigint,
  scope: Scope,
  part: (kind: 'target' | 'route', value: bigint) => EditPlan,
): EditPlan {
  checkShared(intid);
  const { gic, cpus } = scope.controller.config;
  if (vcpu >= BigInt(cpus))
    throw new EditError(`there is no vCPU ${String(vcpu)}: this guest has 0 to ${String(cpus - 1)}`);
  if (vcpu < 0n) throw new EditError('no vCPU cannot be told as a target: edit the route');
  return gic === 'v2' ? part('target', 1n << vcpu) : part('route', routeOf(Number(vcpu), scope));
}

/** What GICD_IROUTER names a vCPU by: its redistributor's GICR_TYPER has Aff3, Aff2, Aff1 and Aff0 in 63:32. */
function routeOf(vcpu: number, scope: Scope): bigint {
  const typer = scope.registers.find('GICR_TYPER', vcpu);
  if (typer === null) throw new EditError(`vCPU ${String(vcpu)} has no redistributor: edit the route`);
  return routeWith(Number(scope.registers.value(typer, vcpu, scope.state) >> 32n));
}

function checkShared(intid: number): void {
  if (intid < PRIVATE_IRQS) throw new EditError(`INTID ${String(intid)} is private: it goes to its own vCPU`);
}

const ACCESS_WORDS = {
  rw: 'writable',
  wo: 'writable',
  w1s: 'writable',
  w1c: 'writable',
  ro: 'read-only',
  'raz/wi': 'read-only: it reads as zero and ignores writes',
  'rao/wi': 'read-only: it reads as ones and ignores writes',
} as const;

function isWritable(access: FieldRow['access']): boolean {
  return ACCESS_WORDS[access] === 'writable';
}

function checkWritable(register: PlacedRegister): void {
  const { name, row, implemented } = register;
  if (!implemented)
    throw new EditError(`${name} is not implemented in this profile: it reads as zero and ignores writes`);
  if (!isWritable(row.access)) throw new EditError(`${name} is ${ACCESS_WORDS[row.access]}`);
}

function fieldMask({ msb, lsb }: FieldRow): bigint {
  return fieldValue(-1n, { msb: msb - lsb, lsb: 0 }) << BigInt(lsb);
}

function store(register: PlacedRegister, vcpu: number, address: number, length: number, value: bigint): EditStep {
  const { device } = register;
  // User space alone reaches the GICv2 CPU interface here: for a guest it is the hardware's, virtual one.
  const kind = device.regions.frame.kind === 'GICC' ? 'uwrite' : 'write';
  return { kind, vcpu: device.owner < 0 ? vcpu : device.owner, address, length, value };
}
