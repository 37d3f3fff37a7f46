import { toHex } from '../hex.ts';
import { bytesOf } from './digits.ts';
import type { Dialogue } from './dialogue.ts';
import { RspError } from './errors.ts';
import { refusalOf, shown } from './replies.ts';
import { HEX, isText, shape } from './shapes.ts';

/** Bytes of the longest output that is taken. */
const MOST_OUTPUT = 4 * 1024 * 1024;

const MONITOR = shape('"OK" or hex digits', (reply) => isText(reply, 'OK') || HEX.fits(reply));

/**
 * A command for the stub itself: `monitor` in GDB. A piece of output that is lost, or comes twice, shows nowhere.
 * @returns what it says, as text
 * @throws RspError: unsupported where the stub has no commands, refused, malformed for output without bounds
 */
export function monitor(dialogue: Dialogue, command: string): Promise<string> {
  const purpose = `monitor ${command}`;
  return dialogue.exclusive(purpose, async () => {
    const output = new Output();
    const { monitor: patience, batch } = dialogue.timeouts;
    const course = {
      patience,
      limit: Math.max(patience, batch),
      onOutput: (data: Uint8Array): boolean => output.take(data.subarray(1)),
      // Output may come as the reply itself, and the rest of it up to the sentinel's.
      onStray: (data: Uint8Array) => output.takeMore(data),
      // What is garbled may be output, behind which the stub has gone on: it would repeat what came last.
      repeats: false,
    };
    const request = { packet: `qRcmd,${toHex(command)}`, shape: MONITOR, purpose };
    const reply = await dialogue.askAlone(request, course, true);
    const refusal = refusalOf(reply, purpose);
    if (refusal !== null) throw refusal;
    return output.text(reply, purpose);
  });
}

class Output {
  /** What came as O, and what came as more replies. */
  readonly #pieces: Uint8Array[] = [];
  readonly #more: Uint8Array[] = [];
  #length = 0;
  #wrong: string | null = null;

  /** @returns whether it was of use */
  take(digits: Uint8Array, to = this.#pieces): boolean {
    if (!HEX.fits(digits)) this.#wrong ??= 'the stub says something that is not hex';
    else if (this.#length + digits.length / 2 > MOST_OUTPUT) this.#wrong ??= `more than ${MOST_OUTPUT} bytes`;
    if (this.#wrong !== null) return false;
    this.#length += digits.length / 2;
    to.push(bytesOf(digits));
    return true;
  }

  takeMore(data: Uint8Array): void {
    if (HEX.fits(data)) this.take(data, this.#more);
    else if (!isText(data, 'OK')) this.#wrong ??= `the stub answered ${shown(data)}, not ${MONITOR.wants}`;
  }

  /** @param reply the first one */
  text(reply: Uint8Array, purpose: string): string {
    if (isText(reply, 'OK')) {
      if (this.#more.length > 0) this.#wrong ??= 'the stub sent more behind its end';
    } else this.take(reply);
    if (this.#wrong !== null) throw new RspError('malformed', purpose, this.#wrong);
    const decoder = new TextDecoder();
    const pieces = [...this.#pieces, ...this.#more];
    return pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
  }
}
