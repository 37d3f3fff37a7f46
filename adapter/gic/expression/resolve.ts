import { PRIVATE_IRQS } from '../config.ts';
import { listRegisterFormat } from '../delivery/list-registers.ts';
import { fieldValue } from '../inspect/decode.ts';
import { queueOf } from '../inspect/irq-state.ts';
import { joinWords, type PlacedRegister } from '../inspect/register-map.ts';
import type { RegisterRow } from '../registers/row.ts';
import { VCPU_USED_LRS } from '../state/layout.ts';
import { suggestion } from './errors.ts';
import { CONFIG_VALUES, IRQ_PROPERTIES, irqProperty, readIrqProperty, type IrqPropertyName } from './irq-properties.ts';
import type { Scope } from './scope.ts';
import { numberValue, type Place, type Value } from './value.ts';

type Fail = (message: string) => never;

/** A register or register array by name, for `vcpu`; null: there is none. */
export function named(name: string, vcpu: number, scope: Scope): Value | null {
  const register = scope.registers.find(name, vcpu);
  if (register !== null) return registerValue(register, vcpu, scope);
  if (scope.controller.config.gic === 'v3' && /^ICC_SGI1R(_EL1)?$/i.test(name)) {
    return numberValue(0n, 64, { kind: 'sgi', vcpu });
  }
  const row = scope.registers.row(name)?.row;
  return row?.array === true ? { kind: 'array', row, vcpu } : null;
}

function registerValue(register: PlacedRegister, vcpu: number, scope: Scope): Value {
  const value = scope.registers.value(register, vcpu, scope.state);
  return numberValue(value, register.bytes * 8, { kind: 'register', register, vcpu });
}

/** `REGISTER.Field`, `irq(n).property`, `cpu(n).REGISTER`. */
export function member(of: Value, name: string, scope: Scope, fail: Fail): Value {
  if (of.kind === 'irq') return irqMember(of.intid, of.vcpu, name, scope, fail);
  if (of.kind === 'cpu') return cpuMember(of.vcpu, name, scope, fail);
  if (of.kind === 'number' && (of.place?.kind === 'register' || of.place?.kind === 'part')) {
    const { register, vcpu } = of.place;
    const whole = register.row.bitsPerIrq === 0 || register.row.bitsPerIrq === 64;
    const field = whole ? register.row.fields.find((one) => one.name.toLowerCase() === name.toLowerCase()) : undefined;
    if (field === undefined)
      return fail(
        `${register.name} has no field ${name}.${suggestion(name, whole ? register.row.fields.map((one) => one.name) : [])}`,
      );
    const value = fieldValue(scope.registers.value(register, vcpu, scope.state), field);
    return numberValue(
      value,
      field.msb - field.lsb + 1,
      { kind: 'field', register, vcpu, field },
      field.values ?? null,
    );
  }
  if (of.kind === 'array')
    return fail(`${of.row.name} is an array: ${of.row.name}${String(of.row.firstIndex)}, or ${of.row.name}[INTID]`);
  return fail(`this has no ${name}`);
}

function irqMember(intid: number, vcpu: number, name: string, scope: Scope, fail: Fail): Value {
  const property = irqProperty(name);
  if (property === null)
    return fail(
      `an interrupt has no ${name}.${suggestion(
        name,
        IRQ_PROPERTIES.map((one) => one.name),
      )}`,
    );
  const place = { kind: 'irq', intid, vcpu, property: property.name } as const;
  const value = irqValue(intid, vcpu, property.name, scope);
  if (property.boolean) return { kind: 'boolean', value: value !== 0n, place };
  return numberValue(value, property.bits, place, property.values ?? null);
}

/** The group as its register reads: the state has none where a profile fixes it. */
function groupOf(intid: number, vcpu: number, scope: Scope): bigint {
  const register = registerOfIrq('group', intid, vcpu, scope);
  if (register === null) return 0n;
  return (scope.registers.value(register, vcpu, scope.state) >> BigInt(intid % 32)) & 1n;
}

/** The register that holds a property of an interrupt; of a set and a clear register the one that sets. */
export function registerOfIrq(
  property: RegisterRow['property'],
  intid: number,
  vcpu: number,
  scope: Pick<Scope, 'registers'>,
): PlacedRegister | null {
  for (const device of scope.registers.devices) {
    if (device.owner >= 0 && device.owner !== vcpu) continue;
    for (const register of scope.registers.registersOf(device)) {
      const { row } = register;
      if (row.property !== property || row.access === 'w1c' || !register.implemented) continue;
      if (row.bank === 'shared-only' && intid < PRIVATE_IRQS) continue;
      if (intid >= register.firstIntid && intid < register.firstIntid + register.intids) return register;
    }
  }
  return null;
}

function cpuMember(vcpu: number, name: string, scope: Scope, fail: Fail): Value {
  const { queues } = scope.controller.profile.knows;
  if (queues && name === 'queue') return { kind: 'list', items: queueOf(scope.state, vcpu) };
  if (queues && name === 'usedLrs') {
    return numberValue(BigInt(scope.state.get(scope.state.vcpuWord(vcpu, VCPU_USED_LRS))));
  }
  const value = named(name, vcpu, scope);
  if (value !== null) return value;
  return fail(
    `vCPU ${String(vcpu)} has no ${name}.${suggestion(name, [...scope.registers.registerNames(), ...scope.registers.rowNames, ...(queues ? ['queue', 'usedLrs', 'lr'] : [])])}`,
  );
}

/** `cpu(n).lr(i).name` */
export function listRegisterMember(vcpu: number, lr: number, name: string, scope: Scope, fail: Fail): Value {
  const { state } = scope;
  const format = listRegisterFormat(scope.controller.config.gic);
  const lo = state.get(state.lrWord(vcpu, lr));
  const hi = state.get(state.lrWord(vcpu, lr) + 1);
  switch (name) {
    case 'value':
      return numberValue(joinWords(lo, hi), scope.controller.config.gic === 'v2' ? 32 : 64);
    case 'intid':
      return numberValue(BigInt(format.intid(lo)));
    case 'pending':
      return { kind: 'boolean', value: format.pending(lo, hi), place: null };
    case 'active':
      return { kind: 'boolean', value: format.active(lo, hi), place: null };
    case 'priority':
      return numberValue(BigInt(format.priority(lo, hi)), 8);
    default:
      return fail(`a list register has no ${name}: value, intid, pending, active, priority`);
  }
}

/** `ARRAY[intid]`: the bits of one interrupt. */
export function indexed(of: Value, intid: number, scope: Scope, fail: Fail): Value {
  if (of.kind === 'list') {
    const item = of.items[intid];
    return item === undefined ? fail(`the list has ${String(of.items.length)} items`) : numberValue(BigInt(item));
  }
  if (of.kind !== 'array') return fail('only register arrays are indexed, by INTID: GICD_ISENABLER[33]');
  const { row, vcpu } = of;
  if (row.bitsPerIrq === 0) return fail(`${row.name} holds no interrupts: write ${row.name}${String(row.firstIndex)}`);
  const register = registerWith(row, intid, vcpu, scope);
  if (register === null) return fail(noInterrupt(row, intid, scope));
  return partValue(register, intid, vcpu, scope);
}

/** The register of an array that has an INTID, as `vcpu` sees it; null: none has. */
export function registerWith(row: RegisterRow, intid: number, vcpu: number, scope: Scope): PlacedRegister | null {
  for (const device of scope.registers.row(row.name)?.devices ?? []) {
    if (device.owner >= 0 && device.owner !== vcpu) continue;
    const found = scope.registers
      .registersOf(device)
      .find((one) => one.row === row && intid >= one.firstIntid && intid < one.firstIntid + one.intids);
    if (found !== undefined) return found;
  }
  return null;
}

function noInterrupt(row: RegisterRow, intid: number, scope: Scope): string {
  const last = row.bank === 'frame' ? PRIVATE_IRQS - 1 : scope.controller.config.spis + PRIVATE_IRQS - 1;
  return `${row.name} has no INTID ${String(intid)}: 0 to ${String(last)}`;
}

/** Shift and mask of an interrupt's bits in its register. */
export function partBits(register: PlacedRegister, intid: number): { shift: bigint; mask: bigint } {
  const bits = register.row.bitsPerIrq;
  return { shift: BigInt((intid - register.firstIntid) * bits), mask: (1n << BigInt(bits)) - 1n };
}

export function partValue(register: PlacedRegister, intid: number, vcpu: number, scope: Scope): Value {
  const { shift, mask } = partBits(register, intid);
  const value = (scope.registers.value(register, vcpu, scope.state) >> shift) & mask;
  // Of the two trigger bits the upper one counts; by name it is set and read alone.
  const names = register.row.bitsPerIrq === 2 ? CONFIG_VALUES.map((one) => ({ ...one, value: one.value * 2 })) : null;
  return numberValue(value, register.row.bitsPerIrq, { kind: 'part', register, vcpu, intid }, names);
}

/** The value of a place in the scope's state, without side effect. */
export function readPlace(place: Place, scope: Scope): bigint {
  if (place.kind === 'sgi') return 0n;
  if (place.kind === 'irq') return irqValue(place.intid, place.vcpu, place.property, scope);
  const whole = scope.registers.value(place.register, place.vcpu, scope.state);
  if (place.kind === 'register') return whole;
  if (place.kind === 'field') return fieldValue(whole, place.field);
  const { shift, mask } = partBits(place.register, place.intid);
  return (whole >> shift) & mask;
}

function irqValue(intid: number, vcpu: number, property: IrqPropertyName, scope: Scope): bigint {
  if (property === 'group') return groupOf(intid, vcpu, scope);
  return readIrqProperty(scope.state, scope.state.slot(intid, vcpu), property);
}
