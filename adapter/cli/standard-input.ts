import type { ConsoleInput } from './run.ts';

const CTRL_A = 1;
const CTRL_C = 3;
const LETTER_X = 0x78;

/**
 * Standard input as a guest's console. A terminal is put into raw mode, so that control characters reach the guest, and
 * Ctrl-A x ends the run, as in QEMU; Ctrl-A Ctrl-A sends one.
 */
export function standardInput(): ConsoleInput {
  const { stdin } = process;
  let escaped = false;
  const restore = (): void => {
    if (stdin.isTTY) stdin.setRawMode(false);
  };
  const fromTerminal = (bytes: Uint8Array): Uint8Array => {
    const out: number[] = [];
    for (const byte of bytes) {
      if (escaped && (byte === LETTER_X || byte === CTRL_C)) {
        restore();
        process.exit(0);
      }
      if (byte === CTRL_A && !escaped) escaped = true;
      else {
        escaped = false;
        out.push(byte);
      }
    }
    return Uint8Array.from(out);
  };
  return {
    listen(data, end) {
      if (stdin.isTTY) stdin.setRawMode(true);
      stdin.on('data', (chunk: Buffer) => data(stdin.isTTY ? fromTerminal(chunk) : chunk));
      stdin.on('end', end);
      stdin.on('error', end);
      stdin.resume();
    },
    close() {
      restore();
      stdin.pause();
      stdin.removeAllListeners('data');
    },
  };
}
