/** What happens on the line to one packet, or to all from one on. */
export const KINDS = {
  /** The reply is lost. */
  drop: 'once',
  /** It and what follows come late, but within what is waited for. */
  late: 'once',
  /** The same, beyond it. */
  'too late': 'once',
  /** It alone comes late: others overtake it. */
  overtaken: 'once',
  /** A byte of it is wrong, and so is its checksum. */
  corrupt: 'once',
  /** A digit of it is another one, and its checksum right. */
  lie: 'once',
  duplicate: 'once',
  /** Its copy comes right before the next reply, whose place it could take. */
  'duplicate later': 'once',
  swap: 'once',
  /** Megabytes, with a right checksum. */
  oversize: 'once',
  /** Well-formed, and some digits longer or shorter. */
  longer: 'once',
  shorter: 'once',
  /** It breaks off. */
  cut: 'once',
  /** An error, or that it is not supported, in its place. */
  refuse: 'once',
  empty: 'once',
  /** Before it comes what nobody asked for. */
  stop: 'once',
  output: 'once',
  garbage: 'once',
  /** It begins, and never ends. */
  endless: 'once',
  close: 'once',
  /** The stub closes its side, and listens on. */
  'half-close': 'once',
  reset: 'once',
  /** The request does not arrive. */
  'request lost': 'once',
  /** A write is answered OK, and not made. */
  'request swallowed': 'once',
  /** What it reads cannot be read any more. */
  unreadable: 'from then on',
  silence: 'from then on',
  noise: 'from then on',
  echo: 'from then on',
  refusals: 'from then on',
} as const;

export type Kind = keyof typeof KINDS;

export const ALL_KINDS = Object.keys(KINDS) as readonly Kind[];

/** One accident: what happens to the n-th packet of the stub, or of the debugger. */
export interface Fault {
  readonly kind: Kind;
  /** From 1. */
  readonly at: number;
}

/** Those that strike what the debugger sends. */
export function strikesRequests(kind: Kind): boolean {
  return kind === 'request lost' || kind === 'request swallowed';
}

/** The data of a reply with one digit that is another one; null where it has none. */
export function lied(data: string): string | null {
  const at = /^[0-9a-f]{2,}$/.test(data) ? data.length >> 1 : data.search(/(?<=[:=;,.])[0-9a-f](?=[0-9a-f;]|$)/);
  const digit = parseInt(data.charAt(at), 16);
  return Number.isNaN(digit) ? null : data.slice(0, at) + (digit ^ 1).toString(16) + data.slice(at + 1);
}
