/** Bytes that go to an address. */
export interface Piece {
  /** Guest physical address. */
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Bytes in memory: what the file does not give is zero. At least `bytes.length`. */
  readonly size: number;
}

/** What loading a program comes to. */
export interface LoadPlan {
  /** "ELF, entry 0x40100000": for people. */
  readonly description: string;
  readonly pieces: readonly Piece[];
  /** Where vCPU 0 begins. */
  readonly entry: number;
  /** Where the device tree goes; null where it has no room. */
  readonly deviceTree: number | null;
  /** The Linux boot protocol: x0 holds the device tree's address. */
  readonly linux: boolean;
}
