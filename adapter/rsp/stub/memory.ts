import {
  BAD_ADDRESS,
  BAD_REQUEST,
  OK,
  PACKET_SIZE,
  requireStopped,
  type Command,
  type StubContext,
} from './context.ts';
import { fromHex, parseAddress, parseNumber, toHex } from './hex.ts';

/** Bytes an answer has room for; GDB asks again for the rest. */
const MOST = PACKET_SIZE / 2 - 8;

/** "address,length". */
function parsePlace(text: string): { address: bigint; length: number } | null {
  const [first, second, more] = text.split(',');
  const address = parseAddress(first);
  const length = parseNumber(second);
  return address === null || length === null || more !== undefined ? null : { address, length };
}

export const readMemory: Command = (context, data) => {
  const place = parsePlace(data);
  if (place === null) return BAD_REQUEST;
  if (place.length === 0) return '';
  const bytes = context.target.readMemory(context.general, place.address, Math.min(place.length, MOST));
  return bytes.length === 0 ? BAD_ADDRESS : toHex(bytes);
};

export const writeHex: Command = (context, data) => {
  const colon = data.indexOf(':');
  return write(context, data.slice(0, colon), fromHex(data.slice(colon + 1)));
};

/** X: the bytes themselves. */
export const writeBinary: Command = (context, data) => {
  const colon = data.indexOf(':');
  return write(context, data.slice(0, colon), new Uint8Array(Buffer.from(data.slice(colon + 1), 'latin1')));
};

function write(context: StubContext, where: string, bytes: Uint8Array | null): string {
  requireStopped(context);
  const place = parsePlace(where);
  if (place === null || bytes?.length !== place.length) return BAD_REQUEST;
  // A write of nothing asks whether X is known.
  if (bytes.length > 0) context.target.writeMemory(context.general, place.address, bytes);
  return OK;
}
