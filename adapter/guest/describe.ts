import { SGI_REGISTER } from '../gic/expression/value.ts';
import type { EditStep } from '../gic/edit/step.ts';
import type { Controller } from '../gic/controller.ts';
import { accessMeaning, hexOf, intidsOf, list } from '../gic/inspect/decode.ts';
import type { Located } from '../gic/mmio/dispatcher.ts';
import type { Operation } from './guest.ts';

/** An operation's meaning, without its place in time. */
export type Described = Omit<Operation, 'index' | 'origin' | 'line' | 'note' | 'pc'>;

export const NOTHING: Described = {
  op: '',
  vcpu: null,
  address: null,
  length: 0,
  value: null,
  register: null,
  frame: null,
  access: null,
  intids: [],
  text: '',
};

/** An edit, decoded. It is shown by its first access. */
export function describeEdit(
  controller: Controller,
  steps: readonly EditStep[],
  text: string,
  index: number,
): Operation {
  const first = steps[0];
  const common = { index, origin: 'edit' as const, line: null, note: null, pc: null };
  if (first === undefined) return { ...NOTHING, ...common, op: 'write', text: `edit: ${text}` };
  return { ...describeStep(controller, first), ...common, text: `edit: ${text}` };
}

function describeStep(controller: Controller, { kind, vcpu, address, length, value }: EditStep): Described {
  if (kind === 'line') return describeWire(address, vcpu, value !== 0n);
  if (kind !== 'sgi') return describeAccess(controller, kind, vcpu, address, length, value);
  return { ...NOTHING, op: kind, vcpu, value, register: SGI_REGISTER, intids: [sgiOf(value)] };
}

/** An access to a frame. @param value null for a read whose answer is not known */
export function describeAccess(
  controller: Controller,
  op: 'read' | 'write' | 'uread' | 'uwrite',
  vcpu: number | null,
  address: number,
  length: number,
  value: bigint | null,
): Described {
  const writes = op === 'write' || op === 'uwrite';
  const located = controller.frames.locate(address, length);
  const register = located?.register?.name ?? null;
  // A guest's access to the GICv2 CPU interface meets the virtual one, in hardware: no register of the frame is a hole.
  const virtual = located?.device.regions.frame.kind === 'GICC' && (op === 'read' || op === 'write');
  const verdict = located === null ? 'hole' : virtual && register !== null ? 'ok' : located.verdict;
  const meaning = meaningOf(located, register, verdict, length, writes, value);
  const where = register ?? hexOf(address);
  const part = located?.register !== null && located?.register !== undefined ? partOf(located, length) : '';
  const shown = value === null ? '' : writes ? ` = ${hexOf(value)}` : ` → ${hexOf(value)}`;
  const remark = verdict === 'ok' ? meaning : verdictText(verdict, located);
  return {
    op,
    vcpu,
    address,
    length,
    value,
    register,
    frame: located?.device.id ?? null,
    access: verdict,
    intids: located === null || value === null ? [] : concerned(located, length, writes, value),
    text: `${op} ${where}${part}${shown}${remark === '' ? '' : `: ${remark}`}`,
  };
}

function meaningOf(
  located: Located | null,
  register: string | null,
  verdict: Located['verdict'],
  length: number,
  writes: boolean,
  value: bigint | null,
): string {
  if (located === null || value === null) return '';
  const acknowledgement = register === null ? '' : intidMeaning(register, value);
  return acknowledgement === '' ? accessMeaning({ ...located, verdict }, length, writes, value) : acknowledgement;
}

/** Registers whose value is an INTID: memory-mapped or not, of the physical or the virtual CPU interface. */
const INTID_REGISTERS =
  /^(GIC[CV]_A?(IAR|EOIR|HPPIR)|GIC[CV]_DIR|IC[CV]_(IAR|EOIR|HPPIR|NMIAR)[01]|IC[CV]_DIR)(_EL\d)?$/;

/** The INTID in the value of such a register; -1 for others. */
function intidIn(register: string, value: bigint): number {
  if (!INTID_REGISTERS.test(register)) return -1;
  return Number(value & (register.startsWith('GIC') ? 0x3ffn : 0xffffffn));
}

/** "acknowledges INTID 27"; empty for registers that hold no INTID. */
function intidMeaning(register: string, value: bigint): string {
  const intid = intidIn(register, value);
  if (intid < 0) return '';
  if (intid === 1023) return 'spurious, nothing pending';
  if (intid >= 1020 && intid < 1023) return `special INTID ${String(intid)}`;
  const verb = register.includes('IAR')
    ? 'acknowledges'
    : register.includes('EOIR')
      ? 'ends'
      : register.includes('DIR')
        ? 'deactivates'
        : 'most urgent:';
  return `${verb} ${list([intid])}`;
}

/** Which bytes, where the access is not the whole register. */
function partOf(located: Located, length: number): string {
  const found = located.register;
  if (found === null || (found.byte === 0 && length === found.row.element)) return '';
  if (length === 1) return ` byte ${String(found.byte)}`;
  if (length === 4 && found.row.element === 8) return found.byte === 0 ? ' lower half' : ' upper half';
  return ` (${String(length)} bytes at +${String(found.byte)})`;
}

function verdictText(verdict: string, located: Located | null): string {
  if (located === null) return 'no GIC frame is there';
  if (verdict === 'hole') return located.register === null ? 'a hole' : 'not implemented in this profile';
  return verdict;
}

function concerned(located: Located, length: number, writes: boolean, value: bigint): readonly number[] {
  const row = located.register?.row;
  if (row === undefined) return [];
  if (row.name === 'GICD_SGIR') return writes ? [Number(value & 0xfn)] : [];
  const carried = intidIn(row.name, value);
  if (carried >= 0) return [carried];
  const { first, count: covered } = intidsOf(located, length);
  const all = Array.from({ length: covered }, (_, i) => i);
  const selective = row.bitsPerIrq === 1 && writes && (row.access === 'w1s' || row.access === 'w1c');
  return all.filter((i) => !selective || ((value >> BigInt(i)) & 1n) === 1n).map((i) => first + i);
}

/** A change of a wire. @param vcpu of a private interrupt; null where unknown */
export function describeWire(intid: number, vcpu: number | null, high: boolean): Described {
  const whose = vcpu === null || intid >= 32 ? '' : ` of vCPU ${String(vcpu)}`;
  return {
    ...NOTHING,
    op: 'line',
    vcpu: intid < 32 ? vcpu : null,
    value: high ? 1n : 0n,
    intids: [intid],
    text: `wire of INTID ${String(intid)}${whose} goes ${high ? 'high' : 'low'}`,
  };
}

/** A write of a register that sends SGIs (v3). */
export function describeSgi(vcpu: number | null, register: string, value: bigint): Described {
  return {
    ...NOTHING,
    op: 'sgi',
    vcpu,
    value,
    register,
    intids: [sgiOf(value)],
    text: sgiText(register, value),
  };
}

function sgiOf(value: bigint): number {
  return Number((value >> 24n) & 0xfn);
}

function sgiText(register: string, value: bigint): string {
  const broadcast = ((value >> 40n) & 1n) === 1n;
  const part = (shift: bigint): string => String((value >> shift) & 0xffn);
  const targets = Array.from({ length: 16 }, (_, i) => i).filter((i) => ((value >> BigInt(i)) & 1n) === 1n);
  const whom = broadcast ? 'all other vCPUs' : `affinity ${part(48n)}.${part(32n)}.${part(16n)}.{${targets.join(',')}}`;
  return `${register} = ${hexOf(value)}: SGI ${String(sgiOf(value))} to ${whom}`;
}

/** An access to a system register of the CPU interface. @param value null for a read whose answer is not known */
export function describeSystemRegister(op: {
  readonly cpu: number | null;
  readonly reg: string;
  readonly rw: 'r' | 'w';
  readonly value: bigint | null;
}): Described {
  const intid = op.value === null ? -1 : intidIn(op.reg, op.value);
  const meaning = op.value === null ? '' : intidMeaning(op.reg, op.value);
  const shown = op.value === null ? '' : op.rw === 'w' ? ` = ${hexOf(op.value)}` : ` → ${hexOf(op.value)}`;
  return {
    ...NOTHING,
    op: 'sysreg',
    vcpu: op.cpu,
    value: op.value,
    register: op.reg,
    intids: intid < 0 ? [] : [intid],
    text: `${op.rw === 'w' ? 'write' : 'read'} ${op.reg}${shown}${meaning === '' ? '' : `: ${meaning}`}`,
  };
}

export function count(n: number, what: string): string {
  return `${String(n)} ${what}${n === 1 ? '' : 's'}`;
}
