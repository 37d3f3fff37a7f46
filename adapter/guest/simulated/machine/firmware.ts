import { VIRT_MAP } from '../board/virt.ts';
import type { Board } from '../board/virt-board.ts';
import type { Core } from '../core/core.ts';

const ERASED = 0xff;

/** Firmware in flash. Bank 0 is executed from a copy in the core's memory, which is there once something is loaded. */
export class Firmware {
  readonly #core: Core;
  readonly #banks: Board['flash'];

  constructor(core: Core, banks: Board['flash']) {
    this.#core = core;
    this.#banks = banks;
  }

  /** @param address guest physical, in either bank. @throws RangeError where it does not fit */
  load(address: number, bytes: Uint8Array): void {
    const { flash0, flash1 } = VIRT_MAP;
    const first = bytes.subarray(0, Math.max(0, flash1.base - address));
    const { ram } = this.#core;
    if (address < flash1.base && !ram.physical(flash0.base, 1)) {
      ram.add({ ...flash0, writable: false });
      ram.physical(flash0.base, flash0.size)?.fill(ERASED);
    }
    const [bank0, bank1] = this.#banks;
    if (first.length > 0) bank0.load(first, address - flash0.base);
    const rest = bytes.subarray(first.length);
    if (rest.length > 0) bank1.load(rest, Math.max(0, address - flash1.base));
  }

  /** What a bank holds has changed. */
  copy(bank: 0 | 1, offset: number, length: number): void {
    if (bank !== 0) return;
    this.#core.ram.physical(VIRT_MAP.flash0.base + offset, length)?.set(this.#banks[0].contents(offset, length));
    this.#core.forget();
  }

  /** While bank 0 is being programmed, reading it is reading the device. */
  setReadable(readable: boolean): void {
    this.#core.ram.setReadable(VIRT_MAP.flash0.base, readable);
  }
}
