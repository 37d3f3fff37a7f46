import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Probe } from '../../../../../adapter/guest/gdb/find/probe.ts';
import { FindError } from '../../../../../adapter/guest/gdb/find/find-error.ts';

/** Recordings of QEMU: test/data/gdb/README.md. */
const DATA = 'test/data/gdb';

export type Command = 'mtree-f' | 'mtree' | 'qtree';

export function recorded(machine: string, command: Command): string {
  return readFileSync(`${DATA}/${machine}.${command}.txt`, 'utf8');
}

export function recordedTree(name: string): Uint8Array {
  return gunzipSync(readFileSync(`${DATA}/${name}.dtb.gz`));
}

/** Registers by address, for a probe of these and nothing else. */
export type Registers = ReadonlyMap<number, bigint>;

export interface FakeTarget {
  readonly registers?: Registers;
  /** What reads of other addresses give; null refuses. */
  readonly elsewhere?: bigint | null;
  /** Whether the target refuses eight bytes. */
  readonly noDoubles?: boolean;
  readonly memory?: { readonly base: number; readonly bytes: Uint8Array };
  /** Answers of the monitor; null for a stub without one. */
  readonly monitor?: ((command: string) => string) | null;
  readonly threads?: number | null;
}

/** A target that keeps count of what was read, and takes nothing but aligned words and doubles. */
export class FakeProbe implements Probe {
  readonly threads: number | null;
  readonly reads: string[] = [];
  readonly memoryReads: { readonly address: number; readonly length: number }[] = [];
  readonly commands: string[] = [];
  readonly #target: FakeTarget;

  constructor(target: FakeTarget) {
    this.#target = target;
    this.threads = target.threads ?? null;
  }

  read(address: number, length: 4 | 8): Promise<bigint | null> {
    assert.equal(address % length, 0, `0x${address.toString(16)} is read by ${length} bytes`);
    this.reads.push(`0x${address.toString(16)} ${length}`);
    const { registers, elsewhere = null, noDoubles } = this.#target;
    if (length === 8 && noDoubles) return Promise.resolve(null);
    const low = registers?.get(address);
    if (low !== undefined) return Promise.resolve(BigInt.asUintN(8 * length, low));
    // The upper half of a register that is there.
    const whole = registers?.get(address - 4);
    if (length === 4 && whole !== undefined && address % 8 === 4) return Promise.resolve(whole >> 32n);
    return Promise.resolve(elsewhere);
  }

  readMemory(address: number, length: number): Promise<Uint8Array | null> {
    this.memoryReads.push({ address, length });
    const { memory } = this.#target;
    if (!memory || address < memory.base || address + length > memory.base + memory.bytes.length) {
      return Promise.resolve(null);
    }
    return Promise.resolve(memory.bytes.slice(address - memory.base, address - memory.base + length));
  }

  monitor(command: string): Promise<string | null> {
    this.commands.push(command);
    const { monitor = null } = this.#target;
    return Promise.resolve(monitor ? monitor(command) : null);
  }
}

/** A recorded machine: its monitor, and the registers that were read when it was recorded. */
export function machine(name: string, more: FakeTarget = {}): FakeProbe {
  const file = `${DATA}/${name}.reads.txt`;
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const registers = new Map(
    lines.map((line) => {
      const [address, , value] = line.split(' ');
      return [Number(address), BigInt(value ?? '')];
    }),
  );
  const texts: ReadonlyMap<string, Command> = new Map([
    ['info mtree -f', 'mtree-f'],
    ['info mtree', 'mtree'],
    ['info qtree', 'qtree'],
  ]);
  return new FakeProbe({
    registers,
    monitor: (command) => {
      const text = texts.get(command);
      assert.ok(text, `the monitor is asked "${command}"`);
      return recorded(name, text);
    },
    ...more,
  });
}

/** Identification registers of a GICv3 and its redistributors: GICR_TYPER values, one a frame. */
export function gicV3(
  gicd: number,
  redistributors: readonly (readonly [number, bigint])[],
  typer = 0x037a_0407n,
): Registers {
  const registers = new Map<number, bigint>([
    [gicd + 0xffe8, 0x3bn],
    [gicd + 4, typer],
    [gicd + 8, 0x0201_743bn],
  ]);
  for (const [base, value] of redistributors) {
    registers.set(base + 8, value);
    registers.set(base + 0xffe8, 0x3bn);
  }
  return registers;
}

export function gicV2(gicd: number, gicc: number, typer = 0x0000_fc67n): Registers {
  return new Map<number, bigint>([
    [gicd + 0xfe8, 0x2bn],
    [gicd + 4, typer],
    [gicd + 8, 0x0200_143bn],
    [gicc + 0xfc, 0x0202_143bn],
  ]);
}

/** GICR_TYPER: affinity, processor number, Last. */
export function typer(affinity: number, processor: number, last = false, vlpis = false): bigint {
  return (BigInt(affinity) << 32n) | (BigInt(processor) << 8n) | (last ? 0x10n : 0n) | (vlpis ? 2n : 0n) | 1n;
}

/** The error of a search that fails. */
export async function refusal(search: Promise<unknown>): Promise<FindError> {
  try {
    await search;
  } catch (error) {
    assert.ok(error instanceof FindError, String(error instanceof Error ? error.stack : error));
    return error;
  }
  assert.fail('something was found');
}
