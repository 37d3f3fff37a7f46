import { IRQ_WORDS, IrqSnapshot, irqState, slotExists, type IrqState } from '../gic/inspect/irq-state.ts';
import type { Controller } from '../gic/controller.ts';
import { TraceExecutor } from '../guest/trace/executor.ts';
import { controllerFor } from '../guest/trace/trace-guest.ts';
import { openProgram } from './open.ts';
import { EXIT_OK, table, UsageError, type Output } from './output.ts';

export interface IrqsOptions {
  /** Operation after which to look, from 1; null: the last. */
  readonly at: number | null;
  /** Idle interrupts too. */
  readonly all: boolean;
  readonly json: boolean;
}

/** `gic irqs FILE [--at N]`: the interrupt table after operation N. */
export async function irqsCommand(file: string, options: IrqsOptions, output: Output): Promise<number> {
  const { program } = await openProgram(file, output);
  const end = options.at ?? program.length;
  if (end > program.length)
    throw new UsageError(`--at ${String(end)}: ${file} has ${String(program.length)} operations`);
  const controller = controllerFor(program.header);
  const executor = new TraceExecutor(program, controller);
  for (let i = 0; i < end; i++) executor.execute(i);
  if (options.json) {
    output.out(
      `${JSON.stringify(
        interesting(controller, options.all).map(({ irq }) => irq),
        null,
        2,
      )}\n`,
    );
  } else {
    output.out(
      `${file} after operation ${String(end)} of ${String(program.length)}\n${irqTable(controller, options.all)}`,
    );
  }
  return EXIT_OK;
}

interface Row {
  readonly irq: IrqState;
  /** Place in the queue, list register; -1 none. */
  readonly place: number;
  readonly lr: number;
}

function interesting(controller: Controller, all: boolean): Row[] {
  const { state } = controller;
  const snapshot = new IrqSnapshot(state);
  snapshot.take(state);
  const rows: Row[] = [];
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
  const rows = interesting(controller, all);
  if (rows.length === 0) return 'No interrupt is enabled, pending, active or queued.\n';
  const head = ['INTID', 'Type', 'vCPU', 'State', 'Line', 'Enabled', 'Priority', 'Trigger', 'Target', 'Queued', 'LR'];
  return table([head, ...rows.map(({ irq, place, lr }) => cells(irq, place, lr))]);
}

function cells(irq: IrqState, place: number, lr: number): string[] {
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
    irq.queuedOn === null ? '-' : `vCPU ${String(irq.queuedOn)} #${String(place)}`,
    lr < 0 ? '-' : String(lr),
  ];
}
