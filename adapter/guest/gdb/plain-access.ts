import type { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { ThreadId } from '../../rsp/client/thread-id.ts';
import type { FrameAccess, FrameRead } from './frame-access.ts';
import { spansOf, type Span, type Splitting } from './spans.ts';
import type { TargetMemory } from './target-memory.ts';

/** Frames by the stub's own memory packets: at physical addresses where it knows them. */
export class PlainAccess implements FrameAccess {
  readonly text: string;
  readonly #client: RspClient;
  readonly #memory: TargetMemory;
  readonly #physical: boolean;
  readonly #splitting: Splitting;
  readonly #threads: readonly ThreadId[];

  /**
   * @param physical by Qqemu.PhyMemMode; otherwise as the selected thread's MMU translates
   * @param splitting what the stub makes of long reads
   * @param threads of the CPUs: whose bank of a register is read
   */
  constructor(
    client: RspClient,
    memory: TargetMemory,
    physical: boolean,
    splitting: Splitting,
    threads: readonly ThreadId[],
  ) {
    this.#client = client;
    this.#memory = memory;
    this.#physical = physical;
    this.#splitting = splitting;
    this.#threads = threads;
    this.text = physical
      ? 'at physical addresses (Qqemu.PhyMemMode)'
      : "through the stub's memory reads, at the virtual addresses of the selected CPU";
  }

  read(reads: readonly FrameRead[]): Promise<readonly (bigint | Error)[]> {
    return this.#reach(async () => {
      const answers: (bigint | Error)[] = reads.map(() => new Error('no answer'));
      const spans = spansOf(reads, this.#splitting);
      for (const vcpu of new Set(spans.map((span) => span.vcpu))) {
        await this.#readSpans(
          spans.filter((span) => span.vcpu === vcpu),
          vcpu,
          reads,
          answers,
        );
      }
      return answers;
    });
  }

  async #readSpans(
    spans: readonly Span[],
    vcpu: number | null,
    reads: readonly FrameRead[],
    answers: (bigint | Error)[],
  ): Promise<void> {
    const thread = vcpu === null ? {} : { thread: this.#threads[vcpu] ?? null };
    const wanted = spans.map(({ address, length }) => ({ address: BigInt(address), length }));
    const pieces = await this.#client.memory.readSpans(wanted, { verify: true, ...thread });
    spans.forEach((span, n) => {
      const piece = pieces[n] ?? new Error('no answer');
      for (const i of span.indices) {
        const { address, width } = reads[i] as FrameRead;
        answers[i] = piece instanceof Error ? piece : valueAt(piece, address - span.address, width);
      }
    });
  }

  write({ vcpu, isBanked, address, width }: FrameRead, value: bigint): Promise<void> {
    const thread = isBanked ? { thread: this.#threads[vcpu] ?? null } : {};
    return this.#reach(() => this.#client.memory.writeExact(BigInt(address), width, value, thread));
  }

  async #reach<T>(work: () => Promise<T>): Promise<T> {
    return this.#physical ? this.#memory.physically(work) : this.#memory.virtually(work);
  }
}

/** Registers are little-endian, as all of the controller is. */
function valueAt(bytes: Uint8Array, at: number, width: number): bigint | Error {
  if (at + width > bytes.length) return new RspError('malformed', 'reading registers', 'the stub answers too little');
  let value = 0n;
  for (let i = width - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}
