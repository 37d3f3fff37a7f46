import { fromLatin1 } from '../hex.ts';
import { allDigits, isUnavailable, valueOfDigit } from './digits.ts';
import { isError, isStop } from './replies.ts';

/*
 * What replies may look like. A reply of another shape belongs to another request, or comes from no stub. Errors and
 * the empty reply ("not supported") answer any request, but not a strict one.
 */

export interface Shape {
  /** For error messages: "8 hex digits". */
  readonly wants: string;
  readonly strict: boolean;
  /** The reply is a stop: T, S, W or X, which answers no other request. */
  readonly stop: boolean;
  fits(reply: Uint8Array): boolean;
}

export function shape(wants: string, fits: (reply: Uint8Array) => boolean): Shape {
  return { wants, fits, strict: false, stop: false };
}

/** A reply that says nothing but this, not even an error. */
export function exactly(wants: string, fits: (reply: Uint8Array) => boolean): Shape {
  return { wants, fits, strict: true, stop: false };
}

export function answers(shape: Shape, reply: Uint8Array): boolean {
  return shape.fits(reply) || (!shape.strict && (reply.length === 0 || isError(reply)));
}

export const ANY = shape('anything', () => true);
export const OK = shape('"OK"', (reply) => isText(reply, 'OK'));
export const STOP: Shape = { wants: 'a stop', strict: false, stop: true, fits: isStop };
export const BIT = shape('"0" or "1"', (reply) => isText(reply, '0') || isText(reply, '1'));
export const HEX = shape('hex digits', (reply) => reply.length % 2 === 0 && allDigits(reply));

/** A piece of an object: "m" or "l", and no more bytes than were asked for. */
export function piece(length: number): Shape {
  return shape(`"m" or "l" and up to ${length} bytes`, (reply) => beginsPiece(reply) && reply.length <= length + 1);
}

/** A piece of a list of threads. */
export const THREADS = shape('"m" and thread ids, or "l"', beginsPiece);

function beginsPiece(reply: Uint8Array): boolean {
  return reply[0] === 0x6d || reply[0] === 0x6c;
}

const EXACT = new Map<number, Shape>();

/** All of so many bytes. */
export function hexBytes(bytes: number): Shape {
  let known = EXACT.get(bytes);
  if (known === undefined) {
    known = shape(`${2 * bytes} hex digits`, (reply) => reply.length === 2 * bytes && allDigits(reply));
    EXACT.set(bytes, known);
  }
  return known;
}

/** So many bytes or fewer, at least one. */
export function hexUpTo(bytes: number): Shape {
  return shape(
    `2 to ${2 * bytes} hex digits`,
    (reply) => reply.length > 0 && reply.length <= 2 * bytes && HEX.fits(reply),
  );
}

/** A register's value. @param bytes null where its size is not known */
export function registerValue(bytes: number | null): Shape {
  const wants = bytes === null ? 'hex digits' : `${2 * bytes} hex digits`;
  return shape(
    wants,
    (reply) =>
      (bytes === null ? reply.length > 0 && reply.length % 2 === 0 : reply.length === 2 * bytes) &&
      (allDigits(reply) || isUnavailable(reply)),
  );
}

/** Many registers' values, some of which may be unavailable. */
export const REGISTERS = shape('pairs of hex digits or "xx"', (reply) => {
  if (reply.length === 0 || reply.length % 2 !== 0) return false;
  return reply.every((byte) => byte === 0x78 || valueOfDigit(byte) >= 0);
});

export function isText(reply: Uint8Array, text: string): boolean {
  if (reply.length !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (reply[i] !== text.charCodeAt(i)) return false;
  return true;
}

export function beginsWith(reply: Uint8Array, text: string): boolean {
  return isText(reply.subarray(0, text.length), text);
}

export function sameBytes(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || one.length !== other?.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** A reply equal to one that came before. */
export function sameAs(text: string): Shape {
  const bytes = fromLatin1(text);
  return exactly(`"${text}"`, (reply) => sameBytes(bytes, reply));
}
