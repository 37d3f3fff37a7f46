import type { Dialogue } from './dialogue.ts';
import { RspError } from './errors.ts';
import { STOP, sameBytes } from './shapes.ts';

const PURPOSE = 'asking why the target stands';
const MOST_TRIES = 3;

/**
 * Why the target stands, as the stub answers `?`, within `exclusive`. QEMU forgets its breakpoints when it is asked.
 * @throws RspError
 */
export async function haltReason(dialogue: Dialogue): Promise<Uint8Array> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    // A stop that was told of its own accord looks like the answer: where there are several, none is believed.
    const others: Uint8Array[] = [];
    const request = { packet: '?', shape: STOP, purpose: PURPOSE };
    const reply = await dialogue.ask(request, { onStop: (data) => others.push(data) });
    if (others.every((other) => sameBytes(other, reply))) return reply;
  }
  throw new RspError('desynchronised', PURPOSE, 'the stub tells of stops without end');
}
