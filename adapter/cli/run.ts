import { irqTable } from '../gic/inspect/irq-table.ts';
import type { MachineStop } from '../guest/machine-guest.ts';
import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import { startMachine, type MachineOptions } from './machine.ts';
import { EXIT_BAD_INPUT, EXIT_MISMATCH, EXIT_OK, type Output } from './output.ts';

export interface RunOptions extends MachineOptions {
  /** Infinity: no limit. */
  readonly maxInstructions: number;
  /** Print the interrupt table at the end. */
  readonly irqs: boolean;
}

/** What a guest's console is connected to. */
export interface ConsoleInput {
  /** Calls with what is typed; `end` once there will be no more. */
  listen(data: (bytes: Uint8Array) => void, end: () => void): void;
  close(): void;
}

/** Instructions between two looks at the input: some tens of milliseconds. */
const SLICE = 2_000_000;
const IDLE_MILLISECONDS = 5;

/**
 * Runs a program on a simulated machine, its UART on the console. Answers the exit code: 0 after PSCI SYSTEM_OFF, what
 * the guest says by semihosting, 1 where it got stuck or ran out of instructions.
 */
export async function runCommand(
  file: string,
  options: RunOptions,
  input: ConsoleInput,
  output: Output,
  write: (bytes: Uint8Array) => void,
): Promise<number> {
  const { maxInstructions } = options;
  const guest = await startMachine(file, options, output, write);
  let ended = false;
  input.listen(
    (typed) => guest.machine.input(typed),
    () => (ended = true),
  );
  try {
    for (;;) {
      const left = maxInstructions - guest.machine.instructions;
      if (left <= 0) {
        output.err(`gic: stopped after ${guest.machine.instructions} instructions, as asked\n`);
        return EXIT_MISMATCH;
      }
      const stop = guest.run(Math.min(SLICE, left));
      const code = exitCode(stop, output, ended, guest);
      if (code !== null) return code;
      await (stop.kind === 'idle' ? aWhile() : nextTurn());
    }
  } finally {
    input.close();
    if (options.irqs) {
      guest.refresh();
      output.out(`\n${irqTable(guest.controller)}`);
    }
  }
}

/** Null: go on. */
function exitCode(stop: MachineStop, output: Output, inputEnded: boolean, guest: SimulatedGuest): number | null {
  switch (stop.kind) {
    case 'off':
      return EXIT_OK;
    case 'exit':
      return stop.code & 0xff;
    case 'reset':
      output.err('gic: the guest asked for a reset\n');
      return EXIT_MISMATCH;
    case 'idle': {
      if (stop.listens && !inputEnded) return null;
      const pc = guest.machine.core.pc(guest.machine.turn).toString(16);
      output.err(`gic: stuck: every vCPU waits for an interrupt, and none can come (PC 0x${pc})\n`);
      return EXIT_BAD_INPUT;
    }
    default:
      return null;
  }
}

function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
