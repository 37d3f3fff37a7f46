/** Where a piece of a frame is in a CPU's virtual address space. */
export interface FrameMapping {
  readonly virtual: bigint;
  /** Physical. */
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** Virtual addresses of frames, as the CPUs map them now. */
export class FrameMappings {
  readonly all: readonly FrameMapping[];

  constructor(all: readonly FrameMapping[]) {
    this.all = all;
  }

  /** The physical address behind a virtual one; null where no frame is. */
  physical(virtual: bigint): number | null {
    for (const { virtual: start, address, size } of this.all) {
      const offset = virtual - start;
      if (offset >= 0n && offset < BigInt(size)) return address + Number(offset);
    }
    return null;
  }

  /** A virtual address of a physical one; null where none is mapped. */
  virtual(physical: number): bigint | null {
    const found = this.all.find(({ address, size }) => physical >= address && physical < address + size);
    return found ? found.virtual + BigInt(physical - found.address) : null;
  }

  /** Whether the same pieces are in the same places. */
  isLike({ all }: FrameMappings): boolean {
    const key = ({ virtual, address, size }: FrameMapping): string => `${virtual}:${address}:${size}`;
    const others = new Set(all.map(key));
    return all.length === this.all.length && this.all.every((one) => others.has(key(one)));
  }

  /** Where a register is mapped: once for each mapping of its frame. */
  of({ address, bytes }: { readonly address: number; readonly bytes: number }): FrameMapping[] {
    return this.all
      .filter((one) => address >= one.address && address < one.address + one.size)
      .map((one) => ({ virtual: one.virtual + BigInt(address - one.address), address, size: bytes }));
  }

  /** Whether any of these bytes is a frame's. */
  touches(virtual: bigint, length: number): boolean {
    return this.all.some(
      ({ virtual: start, size }) => virtual < start + BigInt(size) && virtual + BigInt(length) > start,
    );
  }
}
