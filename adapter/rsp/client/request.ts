import type { Shape } from './shapes.ts';

/** One packet that has one reply. */
export interface Request {
  /** Data of the packet, a character a byte. */
  readonly packet: string;
  readonly shape: Shape;
  /** What it is for, as a user would say it: "reading 4 bytes at 0x8000104"; made when there is need of it. */
  readonly purpose: string | (() => string);
}

/**
 * A request which changes nothing and whose reply is known, so that it is recognised among others: behind requests it
 * shows that each had its reply, no more and no fewer.
 */
export type Sentinel = Request;

/** How far requests may run ahead of their replies. */
export interface Window {
  readonly packets: number;
  /** Framed. A single packet may have more. */
  readonly bytes: number;
}

export const ONE_BY_ONE: Window = { packets: 1, bytes: Infinity };
/** Enough to hide the way there and back, and little enough for any buffer on that way. */
export const PIPELINED: Window = { packets: 128, bytes: 4096 };
