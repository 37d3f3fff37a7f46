/** Bytes of one access. */
export type Width = 1 | 2 | 4 | 8;

/**
 * Something with registers at an address. The bus sees to widths and alignment by `access`, so a device is only asked
 * for what it declares.
 */
export interface Device {
  /** For people: "PL011 UART". */
  readonly name: string;
  /** Guest physical address of offset 0. */
  readonly base: number;
  /** Bytes of the window. */
  readonly size: number;
  readonly access: AccessRule;
  /**
   * @param offset 0 to size - 1
   * @returns the value, unsigned: a number for up to 4 bytes, a bigint for 8
   */
  read(offset: number, width: Width): number | bigint;
  /** @param value unsigned: a number for up to 4 bytes, a bigint for 8 */
  write(offset: number, width: Width, value: number | bigint): void;
  /** Back to power-on. */
  reset(): void;
  /** Everything that is to come back with `restore`. */
  save(): DeviceState;
  restore(state: DeviceState): void;
}

/** A device's state under names of its own: plain data, fit for structured cloning. */
export type DeviceState = Readonly<
  Record<string, number | boolean | string | Uint8Array | readonly number[] | readonly Uint8Array[]>
>;

/** Which accesses a device answers, and in which portions it is asked. Bytes; as QEMU's devices declare them. */
export interface AccessRule {
  /** Others read zero and are dropped. */
  readonly valid: readonly [min: Width, max: Width];
  /** Wider accesses arrive in pieces, narrower ones widened (the surplus of a read is cut off). */
  readonly asked: readonly [min: Width, max: Width];
}

/** Any width, registers seen as 32-bit words: a byte read at offset 1 is the low byte of word 0. */
export const WORD_REGISTERS: AccessRule = { valid: [1, 8], asked: [4, 4] };
/** Any width up to 32 bits passed on as it is. */
export const UP_TO_WORD: AccessRule = { valid: [1, 8], asked: [1, 4] };

/** An interrupt line out of a device. Called only when the level changes. */
export type InterruptLine = (level: boolean) => void;

/** Virtual time in ticks of the system counter, 62.5 MHz. */
export type TickSource = () => bigint;
export const TICKS_PER_SECOND = 62_500_000n;

/** A line that passes on changes only. */
export function changesOf(line: InterruptLine): InterruptLine {
  let last = false;
  return (level) => {
    if (level === last) return;
    last = level;
    line(level);
  };
}

/** A state that was not saved by this device: says which name is missing or of another kind. */
export class DeviceStateError extends Error {
  override readonly name = 'DeviceStateError';
}

/** @throws DeviceStateError where `name` is no number. */
export function numberOf(state: DeviceState, name: string): number {
  const value = state[name];
  if (typeof value !== 'number') throw new DeviceStateError(`the saved state has no number "${name}"`);
  return value;
}

/** @throws DeviceStateError where `name` is no list of numbers. */
export function numbersOf(state: DeviceState, name: string): number[] {
  const value = state[name];
  if (!Array.isArray(value)) throw new DeviceStateError(`the saved state has no list "${name}"`);
  return [...(value as readonly number[])];
}

/** @throws DeviceStateError where `name` is no list of byte arrays, each of `length` bytes. */
export function piecesOf(state: DeviceState, name: string, length: number): readonly Uint8Array[] {
  const value = state[name];
  const pieces: readonly unknown[] = Array.isArray(value) ? value : [null];
  if (!pieces.every((piece) => piece instanceof Uint8Array && piece.length === length)) {
    throw new DeviceStateError(`the saved state has no pieces of ${length} bytes "${name}"`);
  }
  return pieces as readonly Uint8Array[];
}
