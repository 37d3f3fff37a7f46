import type { Dialogue } from './dialogue.ts';
import { inWords } from './clock.ts';
import { RspError } from './errors.ts';
import { refusalOf } from './replies.ts';
import { piece } from './shapes.ts';

/** Bytes of the longest object that is taken. */
const MOST = 1024 * 1024;
/** Bytes asked for at once, where the stub takes longer packets. */
const LARGEST_PIECE = 0x4000;

/**
 * Reads an object of the stub, piece by piece, within `exclusive`.
 * @param object "features", "threads"
 * @param annex "target.xml"
 * @returns its text
 * @throws RspError: refused, unsupported, malformed for one without an end
 */
export async function readObject(dialogue: Dialogue, object: string, annex: string, purpose: string): Promise<string> {
  const length = Math.min(Math.max(dialogue.packetSize - 4, 16), LARGEST_PIECE);
  const shape = piece(length);
  const pieces: Uint8Array[] = [];
  const { batch } = dialogue.timeouts;
  const began = dialogue.clock.now();
  for (let offset = 0; ;) {
    const packet = `qXfer:${object}:read:${annex}:${offset.toString(16)},${length.toString(16)}`;
    const [reply] = await dialogue.exchange([{ packet, shape, purpose }]);
    const refusal = reply === undefined ? null : refusalOf(reply, purpose);
    if (reply === undefined || refusal !== null) throw refusal ?? new RspError('malformed', purpose, 'no reply');
    pieces.push(reply.subarray(1));
    offset += reply.length - 1;
    if (reply[0] === 0x6c) return text(pieces, offset);
    if (reply.length === 1) throw new RspError('malformed', purpose, 'the stub sends a piece of nothing');
    if (offset > MOST) throw new RspError('malformed', purpose, `it has no end within ${MOST} bytes`);
    if (dialogue.clock.now() - began > batch) {
      throw new RspError('timeout', purpose, `not finished within ${inWords(batch)}`);
    }
  }
}

function text(pieces: readonly Uint8Array[], length: number): string {
  const all = new Uint8Array(length);
  let at = 0;
  for (const one of pieces) {
    all.set(one, at);
    at += one.length;
  }
  return new TextDecoder().decode(all);
}
