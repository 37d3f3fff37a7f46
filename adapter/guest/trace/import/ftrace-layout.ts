import { QEMU_VIRT_BASES } from '../format/header.ts';
import type { FrameBases, ImportOptions } from './options.ts';

const REDISTRIBUTOR = 0x20000;
const KVMTOOL_DIST = 0x3fff0000;

/** Where the frames are, and why that is believed. */
export interface Layout {
  readonly gic: 'v2' | 'v3';
  readonly bases: FrameBases;
  readonly assumption: string | null;
}

/** What decides about a layout: addresses counted while a log is read, in bounded memory. */
export class AddressFacts {
  /** Accesses to [dist, dist + 64 KiB) and to redistributors, by layout. */
  #virtDist = 0;
  #virtBeyondV2 = 0;
  #virtRedist = 0;
  #kvmtoolDist = 0;
  #kvmtoolBeyondV2 = 0;
  #lowestKvmtoolRedist = Infinity;
  #highestVirtRedist = -1;
  readonly #dist: number | null;
  #given = 0;
  #givenBeyondV2 = 0;

  /** @param dist base of the distributor where the user told it. */
  constructor(dist: number | null) {
    this.#dist = dist;
  }

  note(address: number): void {
    if (this.#dist !== null && address >= this.#dist && address < this.#dist + 0x10000) {
      this.#given++;
      if (address >= this.#dist + 0x1000) this.#givenBeyondV2++;
    }
    const { dist, redist } = QEMU_VIRT_BASES;
    if (address >= dist && address < dist + 0x10000) {
      this.#virtDist++;
      if (address >= dist + 0x1000) this.#virtBeyondV2++;
    } else if (address >= redist && address < 0x09000000) {
      this.#virtRedist++;
      this.#highestVirtRedist = Math.max(this.#highestVirtRedist, address);
    } else if (address >= KVMTOOL_DIST && address < 0x40000000) {
      this.#kvmtoolDist++;
      if (address >= KVMTOOL_DIST + 0x1000) this.#kvmtoolBeyondV2++;
    } else if (address >= KVMTOOL_DIST - 64 * REDISTRIBUTOR && address < KVMTOOL_DIST) {
      this.#lowestKvmtoolRedist = Math.min(this.#lowestKvmtoolRedist, address);
    }
  }

  /** Redistributors at least, by addresses in QEMU's layout; 0 elsewhere. */
  redistributorsSeen(layout: Layout): number {
    const base = layout.bases.redist;
    if (layout.gic !== 'v3' || base !== QEMU_VIRT_BASES.redist || this.#highestVirtRedist < base) return 0;
    return Math.min(64, Math.floor((this.#highestVirtRedist - base) / REDISTRIBUTOR) + 1);
  }

  /**
   * The layout of the addresses seen, options first. QEMU virt: see QEMU_VIRT_BASES. kvmtool (Firecracker and crosvm are
   * laid out alike): distributor at 0x3fff0000; v2 CPU interface 0x20000 below; v3 redistributors right below, one
   * 0x20000 each, the ITS below them.
   * @param cpus highest vCPU number + 1, or 0 where none is known.
   * @returns null where no known layout has been seen.
   */
  layout(options: ImportOptions, cpus: number): Layout | null {
    if (options.bases?.dist !== undefined) {
      const gic = options.gic ?? (this.#givenBeyondV2 > 0 || options.bases.redist !== undefined ? 'v3' : 'v2');
      if (this.#given === 0) return null;
      return { gic, bases: { ...QEMU_VIRT_BASES, ...options.bases }, assumption: null };
    }
    const kvmtoolRedist = this.#lowestKvmtoolRedist < Infinity;
    if (this.#virtDist + this.#virtRedist >= this.#kvmtoolDist && this.#virtDist + this.#virtRedist > 0) {
      const gic = options.gic ?? (this.#virtBeyondV2 + this.#virtRedist > 0 ? 'v3' : 'v2');
      const assumption = `GIC${gic} laid out as in QEMU's virt machine (distributor 0x08000000), by the addresses accessed.`;
      return { gic, bases: { ...QEMU_VIRT_BASES, ...options.bases }, assumption };
    }
    if (this.#kvmtoolDist === 0) return null;
    const gic = options.gic ?? (this.#kvmtoolBeyondV2 > 0 || (kvmtoolRedist && cpus > 0) ? 'v3' : 'v2');
    const count = options.cpus ?? (cpus > 0 ? cpus : this.#frames());
    const redist = KVMTOOL_DIST - REDISTRIBUTOR * Math.max(1, count);
    const bases = {
      dist: KVMTOOL_DIST,
      cpuif: KVMTOOL_DIST - 0x20000,
      redist,
      its: redist - 0x20000,
      ...options.bases,
    };
    const frames = gic === 'v3' ? `, ${Math.max(1, count)} redistributors below it` : '';
    const assumption = `GIC${gic} laid out as in kvmtool (distributor 0x3fff0000${frames}), by the addresses accessed.`;
    return { gic, bases, assumption };
  }

  /** For a log with wires only: no address to go by. */
  fallback(options: ImportOptions): Layout {
    return {
      gic: options.gic ?? 'v2',
      bases: { ...QEMU_VIRT_BASES, ...options.bases },
      assumption:
        "No access to a GIC in the log, wires only: taken for a GICv2 with the frames of QEMU's virt machine.",
    };
  }

  #frames(): number {
    if (this.#lowestKvmtoolRedist === Infinity) return 1;
    return Math.ceil((KVMTOOL_DIST - this.#lowestKvmtoolRedist) / REDISTRIBUTOR);
  }
}
