import type { Dialogue } from './dialogue.ts';
import { OK } from './shapes.ts';

/** Where the target is to stop. */
export interface StopPoint {
  /** Breakpoints in software or hardware; watchpoints on writes, reads or both. */
  readonly kind: 'software' | 'hardware' | 'write' | 'read' | 'access';
  readonly address: bigint;
  /** Bytes watched; of a breakpoint, those of its instruction: 4. */
  readonly length: number;
}

const TYPES: Readonly<Record<StopPoint['kind'], number>> = { software: 0, hardware: 1, write: 2, read: 3, access: 4 };

/** Breakpoints and watchpoints in the stub. */
export class Stops {
  readonly #dialogue: Dialogue;

  constructor(dialogue: Dialogue) {
    this.#dialogue = dialogue;
  }

  /** @throws RspError: unsupported where the stub has none of the kind, refused where it has no more of them */
  insert(point: StopPoint): Promise<void> {
    return this.#change('Z', point);
  }

  /** @throws RspError */
  remove(point: StopPoint): Promise<void> {
    return this.#change('z', point);
  }

  async #change(letter: 'Z' | 'z', { kind, address, length }: StopPoint): Promise<void> {
    const what = kind === 'software' || kind === 'hardware' ? `${kind} breakpoint` : `${kind} watchpoint`;
    const purpose = `${letter === 'Z' ? 'setting' : 'removing'} a ${what} at 0x${address.toString(16)}`;
    const packet = `${letter}${TYPES[kind]},${address.toString(16)},${length.toString(16)}`;
    // Setting twice is setting, and so is removing: the protocol wants it.
    await this.#dialogue.exclusive(purpose, () => this.#dialogue.ask({ packet, shape: OK, purpose }));
  }
}
