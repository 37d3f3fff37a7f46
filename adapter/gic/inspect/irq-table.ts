import type { Controller } from '../controller.ts';
import { IRQ_WORDS, IrqSnapshot, irqState, slotExists, type IrqState } from './irq-state.ts';
import { textTable } from './text-table.ts';

export interface NotableIrq {
  readonly irq: IrqState;
  /** Place in the queue, list register; -1 none. */
  readonly place: number;
  readonly lr: number;
}

/** Interrupts that are not idle, enabled ones, or all. */
export function notableIrqs(controller: Controller, all: boolean): NotableIrq[] {
  const { state } = controller;
  const snapshot = new IrqSnapshot(state);
  snapshot.take(state);
  const rows: NotableIrq[] = [];
  for (let slot = 0; slot < state.at.slots; slot++) {
    if (!slotExists(state, slot)) break;
    const irq = irqState(state, slot);
    const idle = !irq.pending && !irq.active && !irq.lineLevel && irq.queuedOn === null;
    // SGIs are enabled from reset on: that alone is no news.
    if (idle && (!irq.enabled || irq.intid < 16) && !all) continue;
    const word = snapshot.words[slot * IRQ_WORDS + 2] as number;
    rows.push({ irq, place: (word << 16) >> 16, lr: word >> 16 });
  }
  return rows;
}

/** The interrupts worth a look as text: enabled ones and those that are not idle, or all. */
export function irqTable(controller: Controller, all = false): string {
  const rows = notableIrqs(controller, all);
  if (rows.length === 0) return 'No interrupt is enabled, pending, active or queued.\n';
  const { queues } = controller.profile.knows;
  const head = ['INTID', 'Type', 'vCPU', 'State', 'Line', 'Enabled', 'Priority', 'Trigger', 'Target'];
  return textTable([
    queues ? [...head, 'Queued', 'LR'] : head,
    ...rows.map(({ irq, place, lr }) => [...cells(irq), ...(queues ? queueCells(irq, place, lr) : [])]),
  ]);
}

function cells(irq: IrqState): string[] {
  const state = irq.pending && irq.active ? 'pending+active' : irq.pending ? 'pending' : irq.active ? 'active' : 'idle';
  return [
    String(irq.intid),
    irq.intid < 16 ? 'SGI' : irq.intid < 32 ? 'PPI' : 'SPI',
    irq.vcpu === null ? '-' : String(irq.vcpu),
    state,
    irq.lineLevel ? 'high' : 'low',
    irq.enabled ? 'yes' : 'no',
    `0x${irq.priority.toString(16).padStart(2, '0')}`,
    irq.config,
    irq.target === null ? 'nobody' : `vCPU ${String(irq.target)}`,
  ];
}

function queueCells(irq: IrqState, place: number, lr: number): string[] {
  return [irq.queuedOn === null ? '-' : `vCPU ${String(irq.queuedOn)} #${String(place)}`, lr < 0 ? '-' : String(lr)];
}
