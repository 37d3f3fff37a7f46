import type { RspClient } from '../../rsp/client/client.ts';
import type { FrameAccess, FrameRead } from './frame-access.ts';
import type { TargetMemory } from './target-memory.ts';

/** Frames by the stub's own memory packets: at physical addresses where it knows them. */
export class PlainAccess implements FrameAccess {
  readonly text: string;
  readonly #client: RspClient;
  readonly #memory: TargetMemory;
  readonly #physical: boolean;

  /** @param physical by Qqemu.PhyMemMode; otherwise as the selected thread's MMU translates */
  constructor(client: RspClient, memory: TargetMemory, physical: boolean) {
    this.#client = client;
    this.#memory = memory;
    this.#physical = physical;
    this.text = physical
      ? 'at physical addresses (Qqemu.PhyMemMode)'
      : "through the stub's memory reads, at the virtual addresses of the selected CPU";
  }

  read(reads: readonly FrameRead[]): Promise<readonly (bigint | Error)[]> {
    const exact = reads.map(({ address, width }) => ({ address: BigInt(address), width }));
    return this.#reach(() => this.#client.memory.readExactBatch(exact, { verify: true }));
  }

  write({ address, width }: FrameRead, value: bigint): Promise<void> {
    return this.#reach(() => this.#client.memory.writeExact(BigInt(address), width, value));
  }

  #reach<T>(work: () => Promise<T>): Promise<T> {
    return this.#physical ? this.#memory.physically(work) : this.#memory.virtually(work);
  }
}
