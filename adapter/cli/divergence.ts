import { attach, type AttachOptions } from '../guest/gdb/attach.ts';
import { findingText } from '../guest/gdb/divergence/finding.ts';
import type { GdbGuest } from '../guest/gdb/gdb-guest.ts';
import type { MachineStop } from '../guest/machine-guest.ts';
import { EXIT_MISMATCH, EXIT_OK, type Output } from './output.ts';

export interface DivergenceOptions extends Omit<AttachOptions, 'patience'> {
  /** Accesses to go; Infinity: until the target ends, or somebody interrupts. */
  readonly accesses: number;
}

/** Milliseconds for a stub to begin to listen: it may have been started just before. */
const PATIENCE = 3000;
const WATCHER = 'cli';

/**
 * `gic divergence --server HOST:PORT`: from access to access, and what target and model differ in: exit code 0 where
 * nothing, 1 where something.
 * @param interrupted resolves when the user wants no more
 */
export async function divergenceCommand(
  options: DivergenceOptions,
  interrupted: Promise<unknown>,
  output: Output,
): Promise<number> {
  const connection = { isOver: false };
  const { guest, notes } = await attach(
    { ...options, patience: PATIENCE },
    { output: () => undefined, closed: () => (connection.isOver = true) },
  );
  for (const note of notes) output.err(`gic: ${note}\n`);
  const { divergence } = guest;
  if (divergence.unavailable !== null) {
    await guest.detach();
    throw new DivergenceError(divergence.unavailable);
  }
  void interrupted.then(() => {
    connection.isOver = true;
    guest.interrupt();
  });
  divergence.watch(WATCHER, true);
  await divergence.look();
  output.err(`gic: compared with profile ${divergence.profile ?? ''}\n`);
  const told = new Teller(guest, output);
  let accesses = 0;
  while (accesses < options.accesses && !connection.isOver) {
    const stop = await guest.toAccess();
    told.tell();
    if (stop.kind === 'access') accesses++;
    else if (isEnd(stop)) break;
  }
  await guest.detach().catch(() => undefined);
  output.out(`${accesses} accesses, ${divergence.count} ${divergence.count === 1 ? 'difference' : 'differences'}\n`);
  return divergence.count === 0 ? EXIT_OK : EXIT_MISMATCH;
}

/** What the user can mend. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}

function isEnd({ kind }: MachineStop): boolean {
  return kind === 'off' || kind === 'exit' || kind === 'reset';
}

/** Prints findings, and each reason why nothing is compared, as they come. */
class Teller {
  readonly #guest: GdbGuest;
  readonly #output: Output;
  #told = 0;
  #note = '';

  constructor(guest: GdbGuest, output: Output) {
    this.#guest = guest;
    this.#output = output;
  }

  tell(): void {
    const { findings, note } = this.#guest.divergence;
    for (const finding of findings) {
      if (finding.id <= this.#told) continue;
      this.#told = finding.id;
      this.#output.out(`entry ${finding.position}: ${findingText(finding)}\n`);
    }
    const isNews = !note.startsWith('Compared') && note !== this.#note;
    if (isNews) this.#output.err(`gic: ${note}\n`);
    this.#note = note;
  }
}
