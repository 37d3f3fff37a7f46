import type { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { FrameAccess, FrameRead } from './frame-access.ts';
import { spansOf } from './spans.ts';
import type { TargetMemory } from './target-memory.ts';

const TEXT = "at physical addresses, by OpenOCD's mdw and mww phys";
const COMMANDS = { 1: 'mwb', 4: 'mww', 8: 'mwd' } as const;
/** "0x08000000: 00000000 037a0007": an address, and values of so many digits. */
const LINE = /^\s*0x([0-9a-f]+):\s*((?:[0-9a-f]{8}\s*)+)$/gim;
const WORD = 4;

/** Whether a stub is OpenOCD's. */
export async function isOpenOcd(client: RspClient, memory: TargetMemory): Promise<boolean> {
  try {
    return /Open On-Chip Debugger/i.test(await memory.virtually(() => client.monitor('version')));
  } catch (error) {
    if (error instanceof RspError && (error.kind === 'refused' || error.kind === 'unsupported')) return false;
    throw error;
  }
}

/**
 * Frames by OpenOCD's own commands, which know physical addresses: its memory packets mean what the MMU makes of them.
 * Registers that each CPU has a copy of are its threads' to read.
 */
export class OpenOcdAccess implements FrameAccess {
  readonly text = TEXT;
  readonly #client: Pick<RspClient, 'monitor'>;
  readonly #memory: Pick<TargetMemory, 'virtually'>;
  readonly #banked: FrameAccess;

  /** @param banked reads what each CPU has a copy of */
  constructor(client: Pick<RspClient, 'monitor'>, memory: Pick<TargetMemory, 'virtually'>, banked: FrameAccess) {
    this.#client = client;
    this.#memory = memory;
    this.#banked = banked;
  }

  async read(reads: readonly FrameRead[]): Promise<readonly (bigint | Error)[]> {
    const answers: (bigint | Error)[] = reads.map(() => new Error('no answer'));
    const own = [...reads.keys()].filter((i) => reads[i]?.isBanked === true);
    if (own.length > 0) {
      const values = await this.#banked.read(own.map((i) => reads[i] as FrameRead));
      own.forEach((i, n) => (answers[i] = values[n] ?? new Error('no answer')));
    }
    const shared = [...reads.keys()].filter((i) => reads[i]?.isBanked !== true);
    // Words, whatever the register: of eight bytes there are two.
    const words = shared.flatMap((i) => wordsOf(reads[i] as FrameRead).map((read) => ({ i, read })));
    for (const { address, length, indices } of spansOf(
      words.map(({ read }) => read),
      'words',
    )) {
      const values = await this.#words(address, length / WORD);
      indices.forEach((at, n) => {
        const { i, read } = words[at] as { i: number; read: FrameRead };
        answers[i] = joined(
          answers[i],
          values instanceof Error ? values : (values[n] ?? 0),
          read,
          reads[i] as FrameRead,
        );
      });
    }
    return answers;
  }

  async #words(address: number, count: number): Promise<readonly number[] | Error> {
    const said = await this.#memory.virtually(() =>
      this.#client.monitor(`mdw phys 0x${address.toString(16)} ${String(count)}`),
    );
    const values: number[] = [];
    for (const [, at, words] of said.matchAll(LINE)) {
      if (parseInt(at ?? '', 16) !== address + values.length * WORD) break;
      values.push(
        ...(words ?? '')
          .trim()
          .split(/\s+/)
          .map((word) => parseInt(word, 16)),
      );
    }
    if (values.length === count) return values;
    return new Error(
      `OpenOCD does not read 0x${address.toString(16)}: ${said.trim().split('\n').at(-1) ?? 'it says nothing'}`,
    );
  }

  async write(access: FrameRead, value: bigint): Promise<void> {
    if (access.isBanked) return this.#banked.write(access, value);
    const { address, width } = access;
    const command = `${COMMANDS[width]} phys 0x${address.toString(16)} 0x${value.toString(16)}`;
    const said = (await this.#memory.virtually(() => this.#client.monitor(command))).trim();
    // It says nothing where it has written.
    if (said !== '') throw new Error(`OpenOCD: ${said}`);
  }
}

function wordsOf(read: FrameRead): FrameRead[] {
  const { address, width } = read;
  if (width === 8) return [0, WORD].map((offset) => ({ ...read, address: address + offset, width: WORD }));
  return [{ ...read, address: address - (address % WORD), width: WORD }];
}

/** A register's value, with one more of its words. */
function joined(
  before: bigint | Error | undefined,
  word: number | Error,
  part: FrameRead,
  whole: FrameRead,
): bigint | Error {
  if (word instanceof Error) return word;
  const value = BigInt(word >>> 0);
  if (whole.width === 1) return (value >> BigInt((whole.address % WORD) * 8)) & 0xffn;
  if (part.address === whole.address) return value;
  return typeof before === 'bigint' ? before | (value << 32n) : (before ?? new Error('no answer'));
}
