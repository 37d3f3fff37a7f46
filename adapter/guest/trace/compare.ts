import type { Controller } from '../../gic/controller.ts';
import { listRegisterFormat } from '../../gic/delivery/list-registers.ts';
import { enumName, fieldValue, hexOf } from '../../gic/inspect/decode.ts';
import { irqState, queueOf, slotExists, type IrqState } from '../../gic/inspect/irq-state.ts';
import { joinWords } from '../../gic/inspect/register-map.ts';
import type { Located } from '../../gic/mmio/dispatcher.ts';
import {
  GLOBAL_DIST_ENABLED,
  GLOBAL_PROPBASER_HI,
  GLOBAL_PROPBASER_LO,
  GLOBAL_REVISION,
  GLOBAL_V2_GROUPS_WRITABLE,
  VCPU_PENDBASER_HI,
  VCPU_PENDBASER_LO,
  VCPU_UNDERFLOW,
  VCPU_VM_ABPR,
  VCPU_VM_BPR,
  VCPU_VM_CTLR,
  VCPU_VM_PMR,
} from '../../gic/state/layout.ts';
import type { GicState } from '../../gic/state/state.ts';
import type { OpExtra, StateIrq, StateRecord } from './format/operation.ts';

/** One thing in which the model and the recording differ. */
export interface Difference {
  /** Register, list register, interrupt or queue. */
  readonly subject: string;
  /** Field, INTID's part or property; empty where the subject says it all. */
  readonly field: string;
  /** As recorded. */
  readonly expected: string;
  /** The model's answer. */
  readonly got: string;
}

/** Most differences worth telling of one operation. */
const MOST = 64;

/** What differs in a read: field by field, or interrupt by interrupt, where the register has them. */
export function compareValue(located: Located | null, length: number, expected: bigint, got: bigint): Difference[] {
  const register = located?.register ?? null;
  const whole = { field: '', expected: hexOf(expected), got: hexOf(got) };
  if (located === null || register === null) return [{ subject: 'no register', ...whole }];
  const { row, name, byte } = register;
  const parts: Difference[] = [];
  const bits = row.bitsPerIrq;
  if (bits !== 0 && bits < 64) {
    const first = Math.trunc(((located.offset - row.offset) * 8) / bits);
    for (let i = 0; i < (length * 8) / bits; i++) {
      const part = (value: bigint): bigint => (value >> BigInt(i * bits)) & ((1n << BigInt(bits)) - 1n);
      if (part(expected) === part(got)) continue;
      const field = `INTID ${String(first + i)}`;
      parts.push({ subject: name, field, expected: hexOf(part(expected)), got: hexOf(part(got)) });
    }
  } else {
    const shift = BigInt(byte * 8);
    for (const field of row.fields) {
      const of = (value: bigint): bigint => fieldValue(value << shift, field);
      if (of(expected) === of(got)) continue;
      const text = (value: bigint): string => enumName(field, value) ?? hexOf(value);
      parts.push({ subject: name, field: field.name, expected: text(of(expected)), got: text(of(got)) });
    }
  }
  return parts.length > 0 ? parts.slice(0, MOST) : [{ subject: name, ...whole }];
}

/** What differs between a recorded flush and the list registers as they stand. */
export function compareFlush(controller: Controller, vcpu: number, used: number, extra: OpExtra): Difference[] {
  const { state, config } = controller;
  const found: Difference[] = [];
  const note = (subject: string, expected: unknown, got: unknown): void => {
    if (expected !== got) found.push({ subject, field: '', expected: String(expected), got: String(got) });
  };
  note(`list registers used by vCPU ${String(vcpu)}`, extra.used, used);
  note(`underflow of vCPU ${String(vcpu)}`, extra.underflow, state.get(state.vcpuWord(vcpu, VCPU_UNDERFLOW)) !== 0);
  const words = extra.lrs ?? new Int32Array();
  const count = Math.min(config.lrs, words.length / 2);
  for (let lr = 0; lr < count; lr++) {
    const at = state.lrWord(vcpu, lr);
    const [expectedLo = 0, expectedHi = 0] = words.subarray(lr * 2, lr * 2 + 2);
    const gotLo = state.get(at);
    const gotHi = state.get(at + 1);
    if (expectedLo === gotLo && expectedHi === gotHi) continue;
    const text = (lo: number, hi: number): string =>
      `${hexOf(joinWords(lo, hi))} (${listRegisterText(config.gic, lo, hi)})`;
    found.push({
      subject: `list register ${String(lr)} of vCPU ${String(vcpu)}`,
      field: '',
      expected: text(expectedLo, expectedHi),
      got: text(gotLo, gotHi),
    });
  }
  return found;
}

/** "INTID 33 pending, priority 0x20, EOI"; "empty". */
export function listRegisterText(gic: 'v2' | 'v3', lo: number, hi: number): string {
  const format = listRegisterFormat(gic);
  const pending = format.pending(lo, hi);
  const active = format.active(lo, hi);
  if (!pending && !active) return lo === 0 && hi === 0 ? 'empty' : `INTID ${String(format.intid(lo))} idle`;
  const state = pending && active ? 'pending and active' : pending ? 'pending' : 'active';
  const sender = gic === 'v2' && format.intid(lo) < 16 ? ` from vCPU ${String(format.sender(lo))}` : '';
  const eoi = format.eoi(lo, hi) ? ', EOI' : '';
  return `INTID ${String(format.intid(lo))}${sender} ${state}, priority ${hexOf(format.priority(lo, hi))}${eoi}`;
}

/** Compares everything a state record tells; interrupts it does not list must be as after reset. */
export function compareState(controller: Controller, reset: GicState, record: StateRecord): Difference[] {
  const { state, config } = controller;
  const found: Difference[] = [];
  const note = (subject: string, field: string, expected: unknown, got: unknown): void => {
    if (expected === got || found.length >= MOST) return;
    found.push({ subject, field, expected: String(expected), got: String(got) });
  };
  if (record.distEnabled !== undefined) {
    note('distributor', 'enabled', record.distEnabled, state.get(GLOBAL_DIST_ENABLED) !== 0);
  }
  record.apLists?.forEach((queue, vcpu) => {
    if (vcpu < config.cpus) note(`queue of vCPU ${String(vcpu)}`, '', queue.join(' '), queueOf(state, vcpu).join(' '));
  });
  compareBases(state, record, note);
  compareMachine(controller, record, note);
  if (record.irqs === undefined) return found;
  const listed = new Set<number>();
  for (const irq of record.irqs) {
    const slot = slotOf(state, irq);
    const subject = subjectOf(irq.intid, irq.cpu ?? null);
    if (slot < 0) note(subject, '', 'an interrupt', 'none');
    else {
      listed.add(slot);
      compareIrq(irqState(state, slot), irq, (field, expected, got) => note(subject, field, expected, got));
    }
  }
  for (let slot = 0; slot < state.at.slots && found.length < MOST; slot++) {
    if (listed.has(slot) || !slotExists(state, slot)) continue;
    const got = irqState(state, slot);
    const expected = irqState(reset, slot);
    for (const key of Object.keys(got) as (keyof IrqState)[])
      note(subjectOf(got.intid, got.vcpu), key, expected[key], got[key]);
  }
  return found;
}

function subjectOf(intid: number, vcpu: number | null): string {
  return vcpu === null ? `INTID ${String(intid)}` : `INTID ${String(intid)} of vCPU ${String(vcpu)}`;
}

function slotOf(state: GicState, irq: StateIrq): number {
  const { cpus, spis } = state.config;
  const vcpu = irq.cpu ?? 0;
  if (irq.intid < 0 || irq.intid >= 32 + spis || vcpu < 0 || vcpu >= cpus) return -1;
  return state.slot(irq.intid, vcpu);
}

/** Recorded fields that mean a property of ours, by the recorder's name. */
function compareIrq(
  got: IrqState,
  record: StateIrq,
  note: (field: string, expected: unknown, got: unknown) => void,
): void {
  const pairs: Readonly<Record<string, unknown>> = {
    enabled: got.enabled,
    pending: got.pending,
    softPending: got.latched,
    lineLevel: got.lineLevel,
    active: got.active,
    config: got.config,
    priority: got.priority,
    targets: got.route,
    source: got.sources,
    activeSource: got.activeSource,
    pendingLatch: got.latched,
    group: got.group,
    queuedOn: got.queuedOn,
    targetCpu: got.target,
  };
  for (const [field, value] of Object.entries(pairs)) {
    const expected = record[field];
    if (expected !== undefined) note(field, expected, value);
  }
  const { mpidr } = record;
  if (typeof mpidr === 'string' || typeof mpidr === 'number') note('mpidr', hexOf(Number(mpidr)), hexOf(got.route));
}

function compareBases(
  state: GicState,
  record: StateRecord,
  note: (subject: string, field: string, expected: unknown, got: unknown) => void,
): void {
  const text = (lo: number, hi: number): string => hexOf(joinWords(lo, hi));
  const { propbaser, pendbaser } = record;
  if (typeof propbaser === 'string') {
    note(
      'GICR_PROPBASER',
      '',
      hexOf(BigInt(propbaser)),
      text(state.get(GLOBAL_PROPBASER_LO), state.get(GLOBAL_PROPBASER_HI)),
    );
  }
  if (!Array.isArray(pendbaser)) return;
  (pendbaser as unknown[]).slice(0, state.config.cpus).forEach((value, vcpu) => {
    if (typeof value !== 'string') return;
    const lo = state.get(state.vcpuWord(vcpu, VCPU_PENDBASER_LO));
    const hi = state.get(state.vcpuWord(vcpu, VCPU_PENDBASER_HI));
    note('GICR_PENDBASER', `vCPU ${String(vcpu)}`, hexOf(BigInt(value)), text(lo, hi));
  });
}

/** What later recorders tell beside interrupts. */
function compareMachine(
  controller: Controller,
  record: StateRecord,
  note: (subject: string, field: string, expected: unknown, got: unknown) => void,
): void {
  const { state, delivery, config } = controller;
  const { implementationRev, v2GroupsUserWritable, vmcr, wake, lpisEnabled } = record;
  if (implementationRev !== undefined) {
    note('controller', 'revision', implementationRev, state.get(GLOBAL_REVISION));
  }
  if (v2GroupsUserWritable !== undefined) {
    note('groups', 'writable by user space', v2GroupsUserWritable, state.get(GLOBAL_V2_GROUPS_WRITABLE) !== 0);
  }
  const perVcpu = (
    values: unknown,
    subject: string,
    text: (value: unknown) => unknown,
    got: (vcpu: number) => unknown,
  ): void => {
    if (!Array.isArray(values)) return;
    (values as unknown[]).slice(0, config.cpus).forEach((value, vcpu) => {
      note(subject, `vCPU ${String(vcpu)}`, text(value), got(vcpu));
    });
  };
  const asRecorded = (value: unknown): unknown => value;
  perVcpu(
    vmcr,
    'GICH_VMCR',
    (value) => (typeof value === 'string' ? hexOf(BigInt(value)) : value),
    (vcpu) => hexOf(virtualControl(state, vcpu) >>> 0),
  );
  perVcpu(wake, 'wakes', asRecorded, (vcpu) => delivery.waiting(vcpu));
  // There is no ITS, so LPIs are never enabled.
  perVcpu(lpisEnabled, 'LPIs enabled', asRecorded, () => false);
}

/** GICH_VMCR (IHI 0048, 5.3.8): control 9:0, ABPR 20:18, BPR 23:21, PMR 31:27. */
function virtualControl(state: GicState, vcpu: number): number {
  const word = (which: number): number => state.get(state.vcpuWord(vcpu, which));
  return word(VCPU_VM_CTLR) | (word(VCPU_VM_ABPR) << 18) | (word(VCPU_VM_BPR) << 21) | (word(VCPU_VM_PMR) << 24);
}
