import { irqTable, notableIrqs } from '../gic/inspect/irq-table.ts';
import { TraceExecutor } from '../guest/trace/executor.ts';
import { controllerFor } from '../guest/trace/trace-guest.ts';
import { openProgram } from './open.ts';
import { EXIT_OK, UsageError, type Output } from './output.ts';

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
  const controller = controllerFor(program);
  const executor = new TraceExecutor(program, controller);
  for (let i = 0; i < end; i++) executor.execute(i);
  if (options.json) {
    output.out(
      `${JSON.stringify(
        notableIrqs(controller, options.all).map(({ irq }) => irq),
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
