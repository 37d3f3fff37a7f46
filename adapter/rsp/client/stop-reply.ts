import { fromLatin1, parseAddress, parseNumber, toLatin1 } from '../hex.ts';
import { allDigits, numberOf, type ByteOrder } from './digits.ts';
import { parseThreadId, type ThreadId } from './thread-id.ts';

export interface WatchHit {
  readonly kind: 'write' | 'read' | 'access';
  /** As the stub tells it: QEMU's is the beginning of what is watched, wherever in it the access was. */
  readonly address: bigint;
}

/** Why the target stands, or that it is gone. Signals are GDB's numbers: 2 an interrupt, 5 a trap. */
export type StopReply =
  | {
      readonly kind: 'stopped';
      readonly signal: number;
      /** Null where the stub does not say. */
      readonly thread: ThreadId | null;
      readonly watch: WatchHit | null;
      readonly breakpoint: 'software' | 'hardware' | null;
      readonly core: number | null;
      /** Registers told along, by number; null: unavailable. */
      readonly registers: ReadonlyMap<number, bigint | null>;
    }
  | { readonly kind: 'exited'; readonly code: number; readonly process: number | null }
  | { readonly kind: 'signalled'; readonly signal: number; readonly process: number | null };

const WATCHES: Readonly<Record<string, WatchHit['kind']>> = { watch: 'write', rwatch: 'read', awatch: 'access' };
/** Bytes of the widest register that is taken from a stop. */
const WIDEST = 256;

/** Reads a reply that `isStop` knows; what it says beyond the signal is taken where it makes sense. */
export function parseStop(reply: Uint8Array, order: ByteOrder): StopReply {
  const text = toLatin1(reply);
  const number = parseInt(text.slice(1, 3), 16);
  const letter = text.charAt(0);
  if (letter === 'W' || letter === 'X') {
    const process = parseNumber(/;process:([^;]*)/.exec(text)?.[1]);
    return letter === 'W' ? { kind: 'exited', code: number, process } : { kind: 'signalled', signal: number, process };
  }
  return { kind: 'stopped', signal: number, ...details(text.slice(3), order) };
}

function details(text: string, order: ByteOrder): Omit<Extract<StopReply, { kind: 'stopped' }>, 'kind' | 'signal'> {
  let thread: ThreadId | null = null;
  let watch: WatchHit | null = null;
  let breakpoint: 'software' | 'hardware' | null = null;
  let core: number | null = null;
  const registers = new Map<number, bigint | null>();
  for (const item of text.split(';')) {
    const colon = item.indexOf(':');
    if (colon < 0) continue;
    const name = item.slice(0, colon);
    const value = item.slice(colon + 1);
    // Words go first: "core" is one, and begins with digits.
    if (name === 'thread') thread = parseThreadId(value);
    else if (name === 'core') core = parseNumber(value);
    else if (name === 'swbreak') breakpoint = 'software';
    else if (name === 'hwbreak') breakpoint = 'hardware';
    else if (Object.hasOwn(WATCHES, name)) watch = watchHit(WATCHES[name], value);
    else {
      const register = parseNumber(name);
      if (register !== null) keep(registers, register, fromLatin1(value), order);
    }
  }
  return { thread, watch, breakpoint, core, registers };
}

function watchHit(kind: WatchHit['kind'] | undefined, text: string): WatchHit | null {
  const address = parseAddress(text);
  return kind === undefined || address === null ? null : { kind, address };
}

function keep(registers: Map<number, bigint | null>, number: number, digits: Uint8Array, order: ByteOrder): void {
  if (digits.length === 0 || digits.length % 2 !== 0 || digits.length > 2 * WIDEST) return;
  registers.set(number, allDigits(digits) ? numberOf(digits, order) : null);
}
