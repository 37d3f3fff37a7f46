import { toLatin1 } from '../hex.ts';
import { valueOfDigit } from './digits.ts';
import { RspError } from './errors.ts';

/*
 * Replies are bytes, told apart by how they begin. Hex data begins with a digit, so that nothing here is one: errors
 * have an odd length or a dot, stops begin with letters that are no digits.
 */

const DOT = 0x2e;
const E = 0x45;
const F = 0x46;
const K = 0x4b;
const O = 0x4f;
const S = 0x53;
const T = 0x54;
const W = 0x57;
const X = 0x58;
const SEMICOLON = 0x3b;

/** Characters of a strange reply that are shown. */
const SHOWN = 40;

function twoDigits(reply: Uint8Array): boolean {
  return valueOfDigit(reply[1]) >= 0 && valueOfDigit(reply[2]) >= 0;
}

/** "Exx", or "E.text" of newer stubs. */
export function isError(reply: Uint8Array): boolean {
  return reply[0] === E && (reply[1] === DOT || (reply.length === 3 && twoDigits(reply)));
}

/** Why the target stands, or that it is gone: T, S, W, X. Only a run, and `?`, is answered so. */
export function isStop(reply: Uint8Array): boolean {
  switch (reply[0]) {
    case T:
      return twoDigits(reply);
    case S:
      return reply.length === 3 && twoDigits(reply);
    case W:
    case X:
      return twoDigits(reply) && (reply.length === 3 || reply[3] === SEMICOLON);
    default:
      return false;
  }
}

/** The process is gone: nothing can be asked of it. */
export function isExit(reply: Uint8Array): boolean {
  return isStop(reply) && (reply[0] === W || reply[0] === X);
}

/** Text for the user's console: O and hex. "OK" begins alike. */
export function isOutput(reply: Uint8Array): boolean {
  return reply[0] === O && reply[1] !== K;
}

/** The target wants a file of the debugger's ("File-I/O Remote Protocol Extension"). Hex data may begin with F. */
export function isFileRequest(reply: Uint8Array): boolean {
  return reply[0] === F && /^F[a-z]{4,12}(,|$)/.test(toLatin1(reply.subarray(0, 16)));
}

/** What a reply refuses; null where it does not. */
export function refusalOf(reply: Uint8Array, purpose: string | (() => string)): RspError | null {
  if (reply.length === 0) return new RspError('unsupported', inFull(purpose), 'the stub does not support it');
  if (!isError(reply)) return null;
  const text = toLatin1(reply);
  if (text.startsWith('E.')) return new RspError('refused', inFull(purpose), `the stub says: ${text.slice(2)}`);
  return new RspError('refused', inFull(purpose), `the stub refused it (${text})`, parseInt(text.slice(1), 16));
}

/** A purpose may be made only when there is need of it. */
export function inFull(purpose: string | (() => string)): string {
  return typeof purpose === 'string' ? purpose : purpose();
}

/** A reply for an error message: printable, not too long. */
export function shown(reply: Uint8Array): string {
  const text = toLatin1(reply.subarray(0, SHOWN)).replace(/[^\x20-\x7e]/g, '.');
  return `"${text}${reply.length > SHOWN ? '…' : ''}"`;
}
