import { resolve } from 'node:path';
import type { ImportOptions } from '../guest/trace/import/options.ts';
import type { Arguments } from './arguments.ts';
import { RequestError } from './request-error.ts';

/** What a launch configuration says of a simulated machine. */
export interface MachineConfiguration {
  /** The guest's command line; null: none. */
  readonly args: string | null;
  /** Bytes of RAM. */
  readonly memory: number;
  readonly gic: 'v2' | 'v3';
  readonly vcpus: number;
  /** Name of a profile; null: the default. */
  readonly profile: string | null;
  readonly lrs: number;
  /** Path of the initial RAM disk; null: none. */
  readonly initrd: string | null;
  /** Where a raw binary goes; null: where its kind goes. */
  readonly address: number | null;
  /** Files with symbols, besides the program. */
  readonly symbols: readonly string[];
  readonly sourceMap: Readonly<Record<string, string>>;
  readonly console: 'integratedTerminal' | 'internalConsole';
  /** Port of the GDB stub; null: none. */
  readonly gdbPort: number | null;
}

/** What a launch configuration says. */
export interface LaunchConfiguration {
  /** Absolute path of the recording. */
  readonly program: string;
  readonly stopOnEntry: boolean;
  /** What an imported log does not tell. */
  readonly gic: 'v2' | 'v3' | undefined;
  readonly cpus: number | undefined;
  readonly spis: number | undefined;
  readonly bases: Readonly<Partial<Record<'dist' | 'cpuif' | 'redist' | 'its', number>>>;
}

const MIB = 1024 * 1024;
const DEFAULT_MEMORY = 256 * MIB;
const DEFAULT_LRS = 4;

const FRAMES = ['dist', 'cpuif', 'redist', 'its'] as const;

/** @throws RequestError naming what is wrong */
export function readLaunchConfiguration(args: Arguments): LaunchConfiguration {
  const program = args.string('program').trim();
  if (program === '') throw new RequestError('"program" is empty: it is the path of a recording');
  const bases: Partial<Record<(typeof FRAMES)[number], number>> = {};
  const given = args.object('bases');
  for (const frame of FRAMES) if (given.has(frame)) bases[frame] = readBase(frame, given);
  return {
    // Absolute, so that "-" is a file of that name and never this process's standard input.
    program: resolve(program),
    stopOnEntry: args.boolean('stopOnEntry', true),
    gic: args.optionalOneOf('gic', ['v2', 'v3']),
    cpus: args.optionalInteger('cpus', 1, 64),
    spis: args.optionalInteger('spis', 32, 988),
    bases,
  };
}

/** @throws RequestError naming what is wrong */
export function readMachineConfiguration(args: Arguments): MachineConfiguration {
  const sourceMap = args.object('sourceMap');
  return {
    args: args.optionalString('args') ?? null,
    memory: readMemory(args),
    gic: args.optionalOneOf('gic', ['v2', 'v3']) ?? 'v3',
    vcpus: args.optionalInteger('cpus', 1, 8) ?? 1,
    profile: args.optionalString('profile') ?? null,
    lrs: args.optionalInteger('lrs', 1, 16) ?? DEFAULT_LRS,
    initrd: args.has('initrd') ? resolve(args.string('initrd')) : null,
    address: args.has('address') ? readAddress(args.string('address')) : null,
    symbols: args.strings('symbols').map((path) => resolve(path)),
    sourceMap: Object.fromEntries(sourceMap.names.map((name) => [name, sourceMap.string(name)])),
    console: args.optionalOneOf('console', ['integratedTerminal', 'internalConsole']) ?? 'internalConsole',
    gdbPort: args.optionalInteger('gdbPort', 0, 65_535) ?? null,
  };
}

function readMemory(args: Arguments): number {
  if (!args.has('memory')) return DEFAULT_MEMORY;
  const bytes = parseMemorySize(args.string('memory'));
  if (bytes === null) throw new RequestError('launch: "memory" is not a size such as "256M" or "1G"');
  return bytes;
}

function readAddress(text: string): number {
  if (!/^0x[0-9a-f]{1,12}$/i.test(text)) {
    throw new RequestError(`launch: "address" ${text} is not an address such as "0x40080000"`);
  }
  return Number(text);
}

/** What an importer is told. */
export function importOptionsOf({ gic, cpus, spis, bases }: LaunchConfiguration): ImportOptions {
  return { gic, cpus, spis, bases };
}

function readBase(frame: string, bases: Arguments): number {
  const text = bases.string(frame);
  const base = /^\s*0x[0-9a-f]{1,13}\s*$/i.test(text) ? Number(text) : NaN;
  if (Number.isNaN(base)) throw new RequestError(`launch: bases: "${frame}" is not an address such as "0x08000000"`);
  if (base % 0x1000 !== 0) throw new RequestError(`launch: bases: "${frame}" ${text} is not aligned to 4 KiB`);
  return base;
}

/** Bytes of "256M", "1G", or a number of megabytes as QEMU has it; null for anything else. */
export function parseMemorySize(text: string): number | null {
  const match = /^\s*(\d{1,7})\s*([mg]?)i?b?\s*$/i.exec(text);
  if (!match) return null;
  const unit = (match[2] ?? '').toLowerCase() === 'g' ? 1024 * MIB : MIB;
  return Number(match[1]) * unit;
}
