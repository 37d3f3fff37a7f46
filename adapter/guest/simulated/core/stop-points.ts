import { CoreError } from './core-error.ts';
import * as L from './layout.ts';

export interface Watchpoint {
  /** Virtual address. */
  readonly address: bigint;
  /** Bytes, at least 1. */
  readonly length: number;
  readonly read: boolean;
  readonly write: boolean;
}

/** Where the core comes back to its host: instructions that a debugger marked, and data. */
export class StopPoints {
  readonly #view: DataView;
  readonly #changed: () => void;

  /** @param changed told when what is remembered of pages no more tells which are watched */
  constructor(memory: Uint8Array, changed: () => void) {
    this.#view = new DataView(memory.buffer);
    this.#changed = changed;
  }

  /** Instruction breakpoints of all vCPUs, by virtual address. @throws CoreError for more than there is room for */
  setBreakpoints(addresses: readonly bigint[]): void {
    if (addresses.length > L.MAX_BREAKPOINTS) {
      throw new CoreError(`${addresses.length} breakpoints: at most ${L.MAX_BREAKPOINTS} are possible`);
    }
    addresses.forEach((address, n) => this.#view.setBigUint64(L.BREAKPOINTS + 8 * n, address, true));
    this.#view.setUint32(L.BREAKPOINT_COUNT, addresses.length, true);
  }

  /** Those that are set. */
  get breakpoints(): readonly bigint[] {
    const count = this.#view.getUint32(L.BREAKPOINT_COUNT, true);
    return Array.from({ length: count }, (_, n) => this.#view.getBigUint64(L.BREAKPOINTS + 8 * n, true));
  }

  /** @throws CoreError for more than there is room for */
  setWatchpoints(watchpoints: readonly Watchpoint[]): void {
    if (watchpoints.length > L.MAX_WATCHPOINTS) {
      throw new CoreError(`${watchpoints.length} watchpoints: at most ${L.MAX_WATCHPOINTS} are possible`);
    }
    watchpoints.forEach(({ address, length, read, write }, n) => {
      const at = L.WATCHPOINTS + n * L.WATCHPOINT_SIZE;
      this.#view.setBigUint64(at, address, true);
      this.#view.setBigUint64(at + 8, address + BigInt(length) - 1n, true);
      this.#view.setUint32(at + 16, (read ? L.WATCH_READ : 0) | (write ? L.WATCH_WRITE : 0), true);
    });
    this.#view.setUint32(L.WATCHPOINT_COUNT, watchpoints.length, true);
    this.#changed();
  }

  /** Those that are set. */
  get watchpoints(): readonly Watchpoint[] {
    const count = this.#view.getUint32(L.WATCHPOINT_COUNT, true);
    return Array.from({ length: count }, (_, n) => {
      const at = L.WATCHPOINTS + n * L.WATCHPOINT_SIZE;
      const address = this.#view.getBigUint64(at, true);
      const flags = this.#view.getUint32(at + 16, true);
      return {
        address,
        length: Number(this.#view.getBigUint64(at + 8, true) - address) + 1,
        read: (flags & L.WATCH_READ) !== 0,
        write: (flags & L.WATCH_WRITE) !== 0,
      };
    });
  }
}
