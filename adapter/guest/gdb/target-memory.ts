import type { RspClient } from '../../rsp/client/client.ts';
import { bytesOf } from '../../rsp/client/digits.ts';
import { RspError } from '../../rsp/client/errors.ts';
import { refusalOf } from '../../rsp/client/replies.ts';
import type { Request } from '../../rsp/client/request.ts';
import { hexBytes, OK, sameBytes } from '../../rsp/client/shapes.ts';
import type { ThreadId } from '../../rsp/client/thread-id.ts';
import type { Lock } from './lock.ts';

/** Pieces of memory, each read by one packet, of one thread's; null: of whichever the stub means. */
export interface Pieces {
  readonly spans: readonly { readonly address: bigint; readonly length: number }[];
  readonly thread: ThreadId | null;
}

const [ON, OFF] = [1, 0].map((bit): Request => {
  return { packet: `Qqemu.PhyMemMode:${bit}`, shape: OK, purpose: 'choosing between physical and virtual addresses' };
}) as [Request, Request];

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
    return this.#lock.run(() => this.#physically(work));
  }

  async #physically<T>(work: () => Promise<T>): Promise<T> {
    if (!this.hasPhysical) return work();
    await this.#turn('physical');
    try {
      return await work();
    } finally {
      await this.#turn('virtual');
    }
  }

  /**
   * Reads pieces at physical addresses, each twice, so that replies which changed places are found out.
   * @returns of each group, of each of its pieces: the bytes, or why the stub refused it
   * @throws RspError where the replies cannot be trusted
   */
  readPhysicalSpans(groups: readonly Pieces[]): Promise<readonly (readonly (Uint8Array | RspError)[])[]> {
    return this.#lock.run(async () => {
      const all: (readonly (Uint8Array | RspError)[])[] = [];
      for (const group of groups) {
        const { spans, thread } = group;
        const read = (): Promise<readonly (Uint8Array | RspError)[]> =>
          this.#client.memory.readSpans(spans, { verify: true, thread });
        all.push((await this.#readInOneFlight(group)) ?? (await this.#physically(read)));
      }
      return all;
    });
  }

  /** The switch goes with the reads: by itself, its way there and back takes longer than they. Null: in doubt. */
  async #readInOneFlight({ spans, thread }: Pieces): Promise<(Uint8Array | RspError)[] | null> {
    const client = this.#client;
    if (!this.hasPhysical || !client.pipelined) return null;
    const purpose = `reading ${spans.length} places in memory`;
    const reads = spans.map(({ address, length }): Request => {
      return { packet: `m${address.toString(16)},${length.toString(16)}`, shape: hexBytes(length), purpose };
    });
    this.#mode = null;
    const replies = await client.batch([ON, ...reads, ...[...reads].reverse(), OFF], { thread });
    const refusal = [replies[0], replies.at(-1)].map((reply) => refusalOf(reply ?? new Uint8Array(), ON.purpose));
    for (const one of refusal) if (one !== null) throw one;
    this.#mode = 'virtual';
    const there = replies.slice(1, 1 + reads.length);
    if (!there.every((reply, i) => sameBytes(reply, replies[2 * reads.length - i]))) return null;
    return there.map((reply, i) => refusalOf(reply, () => readingOf(spans[i])) ?? bytesOf(reply));
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

function readingOf(span: Pieces['spans'][number] | undefined): string {
  return `reading ${span?.length ?? 0} bytes at 0x${span?.address.toString(16) ?? ''}`;
}
