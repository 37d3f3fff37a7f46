import type { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { ThreadId } from '../../rsp/client/thread-id.ts';
import type { FrameAccess, FrameRead } from './frame-access.ts';
import { spansOf, type Span, type Splitting } from './spans.ts';
import type { Pieces, TargetMemory } from './target-memory.ts';

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

  async read(reads: readonly FrameRead[]): Promise<readonly (bigint | Error)[]> {
    const answers = new Array<bigint | Error>(reads.length);
    const spans = spansOf(reads, this.#splitting);
    const banks = [...new Set(spans.map(({ vcpu }) => vcpu))].map((vcpu) => ({
      thread: vcpu === null ? null : (this.#threads[vcpu] ?? null),
      spans: spans.filter((span) => span.vcpu === vcpu),
    }));
    const pieces = await this.#readBanks(banks.map((bank) => ({ ...bank, spans: bank.spans.map(placeOf) })));
    banks.forEach((bank, n) => takeOver(bank.spans, pieces[n] ?? [], reads, answers));
    return answers;
  }

  #readBanks(banks: readonly Pieces[]): Promise<readonly (readonly (Uint8Array | Error)[])[]> {
    if (this.#physical) return this.#memory.readPhysicalSpans(banks);
    return this.#memory.virtually(async () => {
      const all: (readonly (Uint8Array | Error)[])[] = [];
      for (const { spans, thread } of banks) {
        all.push(await this.#client.memory.readSpans(spans, { verify: true, thread }));
      }
      return all;
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

function placeOf({ address, length }: Span): Pieces['spans'][number] {
  return { address: BigInt(address), length };
}

/** Values of the registers that spans are made of. */
function takeOver(
  spans: readonly Span[],
  pieces: readonly (Uint8Array | Error)[],
  reads: readonly FrameRead[],
  answers: (bigint | Error)[],
): void {
  spans.forEach((span, n) => {
    const piece = pieces[n] ?? new Error('no answer');
    const bytes = piece instanceof Error ? null : new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    for (const i of span.indices) {
      const { address, width } = reads[i] as FrameRead;
      answers[i] = bytes === null ? (piece as Error) : valueAt(bytes, address - span.address, width);
    }
  });
}

/** Registers are little-endian, as all of the controller is. */
function valueAt(bytes: DataView, at: number, width: FrameRead['width']): bigint | Error {
  if (at + width > bytes.byteLength) {
    return new RspError('malformed', 'reading registers', 'the stub answers too little');
  }
  if (width === 8) return bytes.getBigUint64(at, true);
  return BigInt(width === 4 ? bytes.getUint32(at, true) : bytes.getUint8(at));
}
