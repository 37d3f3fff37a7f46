import type { Controller } from '../gic/controller.ts';
import {
  describeAccess,
  describeEdit,
  describeSgi,
  describeSystemRegister,
  describeWire,
  type Described,
} from './describe.ts';
import { Outcome, type Operation } from './guest.ts';
import { EntryKind, type History } from './history.ts';

/** An access of a CPU to the controller, to a frame or to a system register. */
export interface CpuAccess {
  readonly vcpu: number;
  /** Physical address, or the encoding of a system register. */
  readonly place: number;
  readonly isSystemRegister: boolean;
  readonly write: boolean;
  /** Bytes. */
  readonly size: number;
  /** Null for a read whose answer is not known. */
  readonly value: bigint | null;
}

/** Names of system registers, by their encoding. */
export type NameOf = (encoding: number) => string;

export const SGI_REGISTERS: ReadonlySet<string> = new Set(['ICC_SGI1R_EL1', 'ICC_ASGI1R_EL1', 'ICC_SGI0R_EL1']);
const SPURIOUS = 1023;

export function describeCpuAccess(controller: Controller, access: CpuAccess, nameOf: NameOf): Described {
  const { vcpu, place, write, size, value } = access;
  if (!access.isSystemRegister) return describeAccess(controller, write ? 'write' : 'read', vcpu, place, size, value);
  const name = nameOf(place);
  if (write && value !== null && SGI_REGISTERS.has(name)) return describeSgi(vcpu, name, value);
  return describeSystemRegister({ cpu: vcpu, reg: name, rw: write ? 'w' : 'r', value });
}

/** An entry of a history, decoded. */
export function describeEntry(controller: Controller, history: History, index: number, nameOf: NameOf): Operation {
  const edit = history.edit(index);
  if (edit) return describeEdit(controller, edit.steps, edit.text, index);
  const common = { index, origin: 'guest' as const, line: null, note: null };
  const kind = history.kind(index);
  const vcpu = history.vcpu(index);
  const place = history.address(index);
  const value = history.value(index);
  if (kind === EntryKind.Wire) return { ...describeWire(place, vcpu, value !== 0n), ...common, pc: null };
  const access: CpuAccess = {
    vcpu,
    place,
    isSystemRegister: kind === EntryKind.Register || kind === EntryKind.RegisterWrite,
    write: kind === EntryKind.Write || kind === EntryKind.RegisterWrite,
    size: history.size(index),
    value,
  };
  return { ...describeCpuAccess(controller, access, nameOf), ...common, pc: history.pc(index) };
}

/** Acknowledges that find nothing, and accesses that reach no register, are remarkable. */
export function outcomeOfEntry(controller: Controller, history: History, entry: number, nameOf: NameOf): Outcome {
  const kind = history.kind(entry);
  if (kind >= EntryKind.Wire) return Outcome.Normal;
  const intid = Number(history.value(entry) & 0xff_ffffn);
  const address = history.address(entry);
  if (kind >= EntryKind.Register) {
    const acknowledges = kind === EntryKind.Register && nameOf(address).startsWith('ICC_IAR');
    return acknowledges && intid === SPURIOUS ? Outcome.Spurious : Outcome.Normal;
  }
  const located = controller.user.locate(address, history.size(entry));
  if (!located || located.register === null) return Outcome.Hole;
  if (located.device.regions.frame.kind === 'GICC') {
    const acknowledges = kind === EntryKind.Read && located.register.row.name === 'GICC_IAR';
    return acknowledges && (intid & SPURIOUS) === SPURIOUS ? Outcome.Spurious : Outcome.Normal;
  }
  return located.verdict === 'ok' ? Outcome.Normal : Outcome.Hole;
}

/** The access a vCPU made last before `index`, or -1. */
export function lastAccessOf(history: History, vcpu: number, index: number): number {
  for (let entry = index - 1; entry >= history.first; entry--) {
    if (history.kind(entry) < EntryKind.Wire && history.vcpu(entry) === vcpu) return entry;
  }
  return -1;
}
