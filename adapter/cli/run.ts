import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Profile } from '../gic/profiles/profile.ts';
import { boot } from '../guest/simulated/load/boot.ts';
import type { Remark, Stop } from '../guest/simulated/machine/stop.ts';
import { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import { coreModule } from '../session/wasm-files.ts';
import { irqTable } from '../gic/inspect/irq-table.ts';
import { EXIT_BAD_INPUT, EXIT_MISMATCH, EXIT_OK, type Output } from './output.ts';

export interface RunOptions {
  readonly gic: 'v2' | 'v3';
  readonly vcpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly profile: Profile;
  readonly args: string | null;
  readonly address: number | null;
  readonly lrs: number;
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
const MOST_REMARKS = 20;

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
  const { gic, vcpus, memory, profile, lrs, args, address, maxInstructions } = options;
  const bytes = new Uint8Array(await readFile(file));
  const guest = await SimulatedGuest.create(
    await coreModule(),
    { gic, vcpus, memory, profile, lrs },
    { title: basename(file) },
  );
  const remarks = new Remarks(output);
  guest.connect({ output: write, remark: (remark) => remarks.tell(remark) });
  boot(guest.machine, { name: basename(file), bytes }, { address, bootargs: args });
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
function exitCode(stop: Stop, output: Output, inputEnded: boolean, guest: SimulatedGuest): number | null {
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

/** What is remarkable, each thing once. */
class Remarks {
  readonly #output: Output;
  readonly #told = new Set<string>();

  constructor(output: Output) {
    this.#output = output;
  }

  tell(remark: Remark): void {
    const where = `vCPU ${remark.vcpu}, PC 0x${remark.pc.toString(16)}`;
    const text =
      remark.kind === 'undefined instruction'
        ? `undefined instruction 0x${remark.word.toString(16).padStart(8, '0')} (${where})`
        : `${remark.write ? 'store to' : 'load from'} 0x${remark.address.toString(16)}: ${remark.reason} (${where})`;
    if (this.#told.has(text) || this.#told.size >= MOST_REMARKS) return;
    this.#told.add(text);
    this.#output.err(`gic: ${text}\n`);
  }
}

function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
