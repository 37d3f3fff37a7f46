import { enumName, fieldValue, hexOf } from '../../gic/inspect/decode.ts';
import type { PlacedRegister } from '../../gic/inspect/register-map.ts';
import type { Device } from '../../gic/mmio/dispatcher.ts';
import type { Access, FieldRow, RegisterRow } from '../../gic/registers/row.ts';
import type { Guest } from '../../guest/guest.ts';
import { memoryReference } from '../memory/reference.ts';
import { unreadable } from '../views/register-values.ts';
import type { Node } from './node.ts';

/** Arrays from this length on are shown as one line that opens. */
const GROUP_FROM = 4;

/** The registers of a frame, arrays of them grouped. */
export function registerNodes(guest: Guest, device: Device, vcpu: number): Node[] {
  const nodes: Node[] = [];
  const registers = guest.registers.registersOf(device);
  for (let i = 0; i < registers.length;) {
    const { row } = registers[i] as PlacedRegister;
    let end = i + 1;
    while (registers[end]?.row === row) end++;
    const members = registers.slice(i, end);
    if (members.length < GROUP_FROM) nodes.push(...members.map((one) => registerNode(guest, one, vcpu)));
    else nodes.push(arrayNode(guest, row, members, vcpu));
    i = end;
  }
  return nodes;
}

/** An array of registers. */
export function arrayNode(guest: Guest, row: RegisterRow, members: readonly PlacedRegister[], vcpu: number): Node {
  return {
    name: row.name,
    value: () => `${members.length} registers`,
    type: row.doc,
    elements: members.length,
    ...(members[0] === undefined ? {} : { frame: members[0].device.id }),
    children: () => members.map((one) => registerNode(guest, one, vcpu)),
  };
}

/** A register, opening into its fields or into its interrupts' shares. */
export function registerNode(guest: Guest, register: PlacedRegister, vcpu: number): Node {
  const { row } = register;
  const name = registerExpression(guest, register, vcpu);
  const why = unreadable(register) ?? guest.unknown?.(register, vcpu) ?? null;
  const parts = row.fields.length > 0 || (row.property !== null && register.implemented);
  return {
    name: register.name,
    value: () => (why === null ? paddedHex(guest.registers.value(register, vcpu), register.bytes) : `<${why}>`),
    type: `${accessText(row.access, register.implemented)}, ${register.bytes * 8} bits: ${row.doc}`,
    evaluateName: name,
    writable: register.implemented && isWritable(row.access),
    memoryReference: memoryReference(register, vcpu),
    frame: register.device.id,
    ...(parts && why === null ? { children: () => partNodes(guest, register, vcpu) } : {}),
  };
}

function partNodes(guest: Guest, register: PlacedRegister, vcpu: number): Node[] {
  if (register.row.fields.length > 0) {
    return register.row.fields.map((field) => fieldNode(guest, register, vcpu, field));
  }
  return Array.from({ length: register.intids }, (_, i) => shareNode(guest, register, vcpu, register.firstIntid + i));
}

/** A field of a register. */
export function fieldNode(guest: Guest, register: PlacedRegister, vcpu: number, field: FieldRow): Node {
  return {
    name: field.name,
    value: () => {
      const why = guest.unknown?.(register, vcpu) ?? null;
      return why === null ? fieldText(field, fieldValue(guest.registers.value(register, vcpu), field)) : `<${why}>`;
    },
    type: `bits ${field.msb}:${field.lsb}, ${field.doc}`,
    evaluateName: `${registerExpression(guest, register, vcpu)}.${field.name}`,
    writable: register.implemented && isWritable(register.row.access) && isWritable(field.access),
  };
}

/** One interrupt's bits of a register. */
export function shareNode(guest: Guest, register: PlacedRegister, vcpu: number, intid: number): Node {
  const { row } = register;
  const bits = row.bitsPerIrq;
  const lsb = (intid - register.firstIntid) * bits;
  const prefix = registerPrefix(guest, register, vcpu);
  return {
    name: `INTID ${intid}`,
    value: () => {
      const why = guest.unknown?.(register, vcpu) ?? null;
      if (why !== null) return `<${why}>`;
      const value = fieldValue(guest.registers.value(register, vcpu), { msb: lsb + bits - 1, lsb });
      if (bits === 2) return (value & 2n) === 0n ? 'level' : 'edge';
      return bits === 1 ? String(value) : hexOf(value);
    },
    evaluateName: `${prefix}${row.name}[${intid}]`,
    writable: register.implemented && isWritable(row.access),
  };
}

/** The expression that addresses a register as a vCPU sees it. */
export function registerExpression(guest: Guest, register: PlacedRegister, vcpu: number): string {
  return `${registerPrefix(guest, register, vcpu)}${register.name}`;
}

function registerPrefix(guest: Guest, register: PlacedRegister, vcpu: number): string {
  if (guest.controller.config.cpus === 1) return '';
  const bank = register.device.owner >= 0 ? register.device.owner : register.banked ? vcpu : -1;
  return bank < 0 ? '' : `cpu(${bank}).`;
}

/** A field's value: its name where it has one, else its number. */
export function fieldText(field: FieldRow, value: bigint): string {
  return enumName(field, value) ?? (field.msb === field.lsb ? String(value) : hexOf(value));
}

/** All digits, so that columns line up and a change is seen where it is. */
export function paddedHex(value: bigint, bytes: number): string {
  return `0x${value.toString(16).padStart(bytes * 2, '0')}`;
}

function isWritable(access: Access): boolean {
  return access === 'rw' || access === 'wo' || access === 'w1s' || access === 'w1c';
}

const ACCESS_TEXTS: Readonly<Record<Access, string>> = {
  rw: 'read and write',
  ro: 'read-only',
  wo: 'write-only',
  w1s: 'write 1 to set',
  w1c: 'write 1 to clear',
  'raz/wi': 'reads as zero',
  'rao/wi': 'reads as ones',
};

function accessText(access: Access, implemented: boolean): string {
  return implemented ? ACCESS_TEXTS[access] : 'not implemented in this profile';
}
