import { excerpt } from '../format/errors.ts';
import { HexScanner } from '../format/words.ts';

/** A KVM event of a Linux trace that is an operation, or may be one. */
export type FtraceEvent =
  | {
      readonly event: 'mmio';
      readonly direction: 'unsatisfied-read' | 'read' | 'write';
      readonly len: number;
      /** Guest physical address, or -1 above 52 bits. */
      readonly address: number;
      /** Value words, int32. */
      readonly lo: number;
      readonly hi: number;
    }
  | { readonly event: 'irq'; readonly vcpu: number; readonly intid: number; readonly level: number };

/** Events of interest to somebody who traces interrupts; those that are no operation are counted by name. */
const EVENT = /(?:^|\s)(?:kvm:)?((?:kvm|vgic)_\w+):\s+(.*)$/;
const MMIO = /^mmio (unsatisfied-read|read|write) len (\d+) gpa 0x([0-9a-f]+) val 0x([0-9a-f]+)\s*$/;
const IRQ = /^VCPU: (-?\d+), IRQ (-?\d+), level: (-?\d+)\s*$/;
const hex = new HexScanner();

/** The name and text of a KVM event in a line of ftrace, or null. Task, CPU, flags and time stand before it. */
export function ftraceEvent(
  text: string,
): { readonly name: string; readonly text: string; readonly head: string } | null {
  if (!text.includes('kvm_') && !text.includes('vgic_')) return null;
  const match = EVENT.exec(text);
  const [, name, rest] = match ?? [];
  return match && name !== undefined && rest !== undefined
    ? { name, text: rest, head: text.slice(0, match.index) }
    : null;
}

/**
 * The numbers of `kvm_mmio` and `vgic_update_irq_pending`. Formats of include/trace/events/kvm.h and
 * arch/arm64/kvm/vgic/trace.h (virt/kvm/arm/vgic before 5.9).
 * @param fail throws with file and line.
 */
export function parseFtraceEvent(name: string, text: string, fail: (reason: string) => never): FtraceEvent | null {
  if (name === 'kvm_mmio') {
    const [, direction, len, gpa, val] = MMIO.exec(text) ?? [];
    if (direction === undefined || len === undefined || gpa === undefined || val === undefined) {
      return fail(`kvm_mmio: "${excerpt(text)}" is not "mmio read|write len N gpa 0x… val 0x…"`);
    }
    const bytes = Number(len);
    if (direction !== 'unsatisfied-read' && ![1, 2, 4, 8].includes(bytes))
      fail(`kvm_mmio: len ${len} is not 1, 2, 4 or 8`);
    const address = hex.scan(gpa, 0) < 0 ? fail(`kvm_mmio: gpa 0x${gpa} is wider than 64 bits`) : hex.address();
    if (hex.scan(val, 0) < 0) fail(`kvm_mmio: val 0x${val} is wider than 64 bits`);
    const { lo, hi } = hex;
    return { event: 'mmio', direction: direction as 'read', len: bytes, address, lo, hi };
  }
  if (name === 'vgic_update_irq_pending') {
    const [, vcpu, intid, level] = (IRQ.exec(text) ?? []).map(Number);
    if (vcpu === undefined || intid === undefined || level === undefined) {
      return fail(`vgic_update_irq_pending: "${excerpt(text)}" is not "VCPU: N, IRQ N, level: N"`);
    }
    if (intid >= 16 && intid < 32 && (vcpu < 0 || vcpu > 63))
      fail(`vgic_update_irq_pending: VCPU ${vcpu} is not 0 to 63`);
    return { event: 'irq', vcpu, intid, level };
  }
  return null;
}

/**
 * The vCPU of a task that is named after it: QEMU's `CPU 1/KVM`, kvmtool's `kvm-vcpu-1`. -1 for all other tasks: the
 * number of the physical CPU says nothing.
 */
export function vcpuOfTask(head: string): number {
  const match = /(?:^|\s)(?:CPU (\d{1,3})\/KVM|kvm-vcpu-(\d{1,3}))(?=[-\s])/.exec(head);
  const number = match?.[1] ?? match?.[2];
  return number === undefined ? -1 : Number(number);
}

/** The task's id, to tell virtual machines apart; null where the line has another shape. */
export function taskId(head: string): string | null {
  return /[-\s](\d+)\s+(?:\([^)]*\)\s+)?\[\d+\]/.exec(head)?.[1] ?? null;
}
