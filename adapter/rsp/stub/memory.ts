import {
  BAD_ADDRESS,
  BAD_REQUEST,
  OK,
  PACKET_SIZE,
  requireStopped,
  type Command,
  type StubContext,
} from './context.ts';
import { fromHex, fromLatin1, parseAddress, parseNumber, toHex } from '../hex.ts';

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
  const bytes = context.target.readMemory(context.general, context.space, place.address, Math.min(place.length, MOST));
  return bytes.length === 0 ? BAD_ADDRESS : toHex(bytes);
};

export const writeHex: Command = (context, data) => {
  const [where, digits] = atColon(data);
  return write(context, where, digits === null ? null : fromHex(digits));
};

/** X: the bytes themselves. */
export const writeBinary: Command = (context, data) => {
  const [where, bytes] = atColon(data);
  return write(context, where, bytes === null ? null : fromLatin1(bytes));
};

/** What stands before the first colon, and behind it; null without one. */
function atColon(data: string): [before: string, behind: string | null] {
  const colon = data.indexOf(':');
  return colon < 0 ? [data, null] : [data.slice(0, colon), data.slice(colon + 1)];
}

function write(context: StubContext, where: string, bytes: Uint8Array | null): string {
  requireStopped(context);
  const place = parsePlace(where);
  if (place === null || bytes?.length !== place.length) return BAD_REQUEST;
  // A write of nothing asks whether X is known.
  if (bytes.length > 0) context.target.writeMemory(context.general, context.space, place.address, bytes);
  return OK;
}

/** Qqemu.PhyMemMode, a word of QEMU's: ":1" makes the addresses of memory packets physical, ":0" virtual again. */
export const choosePhysical: Command = (context, data) => {
  if (data !== ':0' && data !== ':1') return BAD_REQUEST;
  context.space = data === ':1' ? 'physical' : 'virtual';
  return OK;
};

export const isPhysical: Command = ({ space }) => (space === 'physical' ? '1' : '0');
