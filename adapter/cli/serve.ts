import { serveGdb } from '../serve/listen.ts';
import { startMachine, type MachineOptions } from './machine.ts';
import { EXIT_OK, type Output } from './output.ts';
import type { ConsoleInput } from './run.ts';

export interface ServeOptions extends MachineOptions {
  /** 0: any that is free; it is told on standard error. */
  readonly port: number;
}

/**
 * Waits for GDB before the first instruction, and serves one debugger after another. Ends when the guest powers off, or
 * GDB kills it: answers 0, or what the guest says by semihosting.
 */
export async function serveCommand(
  file: string,
  options: ServeOptions,
  input: ConsoleInput,
  output: Output,
  write: (bytes: Uint8Array) => void,
): Promise<number> {
  const guest = await startMachine(file, options, output, write);
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (end = resolve));
  const server = await serveGdb(guest, options.port, {
    exited: (code) => end(code & 0xff),
    killed: () => end(EXIT_OK),
    defect: (error) => output.err(`gic: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  });
  output.err(`gic: waiting for GDB: target remote localhost:${server.port}\n`);
  input.listen(
    (typed) => guest.machine.input(typed),
    () => undefined,
  );
  try {
    return await ended;
  } finally {
    input.close();
    await server.close();
  }
}
