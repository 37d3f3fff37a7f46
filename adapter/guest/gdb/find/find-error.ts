/** A source that was tried and what came of it. */
export interface Attempt {
  /** "device tree at 0x40000000". */
  readonly source: string;
  readonly reason: string;
}

export interface FindFailure {
  /** What is wrong, a sentence without full stop. */
  readonly reason: string;
  /** Register and address: "GICD_PIDR2 at 0x800ffe8"; null where it is no single place. */
  readonly place?: string | null;
  /** What was read there: "0x00000000", "nothing". */
  readonly read?: string | null;
  /** What the user can do. */
  readonly advice?: string | null;
  readonly attempts?: readonly Attempt[];
}

/** No interrupt controller was found, or what was named is none: place, what was read there, and what to do. */
export class FindError extends Error {
  override readonly name = 'FindError';
  readonly reason: string;
  readonly place: string | null;
  readonly read: string | null;
  readonly advice: string | null;
  readonly attempts: readonly Attempt[];

  constructor(failure: FindFailure) {
    super(messageOf(failure));
    this.reason = failure.reason;
    this.place = failure.place ?? null;
    this.read = failure.read ?? null;
    this.advice = failure.advice ?? null;
    this.attempts = failure.attempts ?? [];
  }
}

function messageOf({ reason, place, read, advice, attempts }: FindFailure): string {
  const where = place ? `${place} reads ${read ?? 'nothing'}: ` : '';
  const tried = (attempts ?? []).map(({ source, reason: why }) => `\n  ${source}: ${why}`).join('');
  return `${where}${reason}${tried}${advice ? `${tried ? '\n' : '. '}${advice}` : ''}`;
}

/** Said wherever an address may simply be wrong. */
export const NAME_THE_ADDRESS = 'Name the addresses of the frames in the launch configuration';

/** Said wherever a read gives what no register has. */
export const CHECK_ACCESS =
  'Is the address right, and does the stub access physical memory? With the MMU on, a plain read is of a virtual address';
