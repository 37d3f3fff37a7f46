import { toLatin1 } from '../hex.ts';
import { RspError } from './errors.ts';
import type { ThreadId } from './thread-id.ts';

/** What a stub can do, as it says when it is connected. */
export interface Features {
  /** Bytes of the longest packet it takes. */
  readonly packetSize: number;
  /** Answer of vCont?: actions it knows, "c", "s"; empty where it has none. */
  readonly resumeActions: ReadonlySet<string>;
  readonly descriptionObject: boolean;
  readonly threadsObject: boolean;
  readonly multiprocess: boolean;
  readonly noAckMode: boolean;
  /** Thread it considers the current one; null where it does not say. */
  readonly current: ThreadId | null;
  /** All that it said: "PacketSize" → "1000", "multiprocess" → "+". */
  readonly all: ReadonlyMap<string, string>;
}

export const ASK_FEATURES =
  'qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+;error-message+;xmlRegisters=i386,arm,aarch64';

/** Characters of the answer that are taken for features. */
const MOST = 16_384;
/** Less has no room for a read of one byte at any address. */
const SMALLEST_PACKET = 32;
/** More gains nothing, and a stub may not mean it. */
const LARGEST_PACKET = 0x10000;
export const USUAL_PACKET = 400;

/** "name=value;name+;name-;name?". Features that are not known are kept. */
export function parseFeatures(reply: Uint8Array): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const item of toLatin1(reply.subarray(0, MOST)).split(';')) {
    const match = /^([^=]+)=(.*)$/s.exec(item) ?? /^(.+)([+\-?])$/s.exec(item);
    if (match?.[1] !== undefined && match[2] !== undefined) all.set(match[1], match[2]);
  }
  return all;
}

/** @throws RspError of kind malformed for a size no request fits in */
export function packetSizeOf(all: ReadonlyMap<string, string>): number {
  const text = all.get('PacketSize');
  if (text === undefined) return USUAL_PACKET;
  const size = /^[0-9a-fA-F]{1,8}$/.test(text) ? parseInt(text, 16) : 0;
  if (size >= SMALLEST_PACKET) return Math.min(size, LARGEST_PACKET);
  throw new RspError('malformed', 'connecting to the stub', `it takes packets of "${text.slice(0, 20)}" bytes`);
}
