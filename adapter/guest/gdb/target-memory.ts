import type { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { Lock } from './lock.ts';

/**
 * Memory of a target at physical or at virtual addresses. QEMU means the one or the other by a switch for all that
 * follows, so that whoever turns it has the stub alone until it is turned back.
 */
export class TargetMemory {
  readonly #client: RspClient;
  readonly #lock: Lock;
  /** The stub has QEMU's switch. */
  readonly hasPhysical: boolean;
  /** How the switch stands; null: what was asked of it last was not answered. */
  #mode: 'virtual' | 'physical' | null = 'virtual';

  private constructor(client: RspClient, lock: Lock, hasPhysical: boolean) {
    this.#client = client;
    this.#lock = lock;
    this.hasPhysical = hasPhysical;
  }

  static async of(client: RspClient, lock: Lock): Promise<TargetMemory> {
    const isPhysical = await client.memory.physical();
    // Whoever was here before may have left it on.
    if (isPhysical === true) await client.memory.setPhysical(false);
    return new TargetMemory(client, lock, isPhysical !== null);
  }

  /** Work on the bus's own addresses; on those of the selected thread's MMU where the stub knows no others. */
  physically<T>(work: () => Promise<T>): Promise<T> {
    return this.#lock.run(async () => {
      if (!this.hasPhysical) return work();
      await this.#turn('physical');
      try {
        return await work();
      } finally {
        await this.#turn('virtual');
      }
    });
  }

  virtually<T>(work: () => Promise<T>): Promise<T> {
    return this.#lock.run(async () => {
      // It could not be turned back before: what is read now would be somewhere else.
      if (this.#mode !== 'virtual') await this.#turn('virtual');
      return work();
    });
  }

  async #turn(mode: 'virtual' | 'physical'): Promise<void> {
    this.#mode = null;
    await this.#client.memory.setPhysical(mode === 'physical');
    this.#mode = mode;
  }

  /** RAM at a physical address; null where it cannot be read. @throws RspError where the connection is gone */
  readPhysical(address: number, length: number): Promise<Uint8Array | null> {
    return this.physically(() => this.#readOrNull(BigInt(address), length));
  }

  /** Several pieces of it. */
  readPhysicalPieces(
    pieces: readonly { readonly address: number; readonly length: number }[],
  ): Promise<(Uint8Array | null)[]> {
    return this.physically(async () => {
      const read: (Uint8Array | null)[] = [];
      for (const { address, length } of pieces) read.push(await this.#readOrNull(BigInt(address), length));
      return read;
    });
  }

  async #readOrNull(address: bigint, length: number): Promise<Uint8Array | null> {
    try {
      const bytes = await this.#client.memory.read(address, length);
      return bytes.length === length ? bytes : null;
    } catch (error) {
      if (error instanceof RspError && (error.kind === 'refused' || error.kind === 'unsupported')) return null;
      throw error;
    }
  }
}
