import { isAbsolute, resolve } from 'node:path';
import { MODEL_PROFILES, type ModelProfile } from '../../guest/gdb/divergence/shape.ts';
import type { Wishes } from '../../guest/gdb/find/wishes.ts';
import type { Arguments } from '../arguments.ts';
import { RequestError } from '../request-error.ts';

/** A command that serves a target, started and ended with the session. */
export interface ServerConfiguration {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
}

/** What a configuration says of a target behind a GDB stub. */
export interface TargetConfiguration {
  readonly target: string;
  /** ELF files with symbols: `program`, and what `symbols` names. Absolute. */
  readonly symbols: readonly string[];
  readonly sourceMap: Readonly<Record<string, string>>;
  /** What is said of the controller, but for a device tree's file. */
  readonly wishes: Wishes;
  /** Path of a device tree blob; null: none. */
  readonly deviceTree: string | null;
  readonly memoryAccess: 'auto' | 'physical' | 'virtual';
  readonly borrowCpus: boolean;
  /** What the controller is expected to do; null: what fits the target. */
  readonly profile: ModelProfile | null;
  /** Milliseconds. */
  readonly timeout: number;
  readonly stopOnEntry: boolean;
  readonly server: ServerConfiguration | null;
  readonly console: 'integratedTerminal' | 'internalConsole';
}

const DEFAULT_TARGET = 'localhost:1234';
const DEFAULT_TIMEOUT = 5;
const LEAST_SECONDS = 0.1;
const MOST_SECONDS = 600;

/** @throws RequestError naming what is wrong */
export function readTargetConfiguration(args: Arguments): TargetConfiguration {
  const program = args.optionalString('program')?.trim() ?? '';
  const sourceMap = args.object('sourceMap');
  const deviceTree = args.optionalString('deviceTree')?.trim() ?? '';
  const inMemory = parseAddress(deviceTree);
  return {
    target: args.optionalString('target') ?? DEFAULT_TARGET,
    symbols: [...(program === '' ? [] : [program]), ...args.strings('symbols')].map((path) => resolve(path)),
    sourceMap: Object.fromEntries(sourceMap.names.map((name) => [name, sourceMap.string(name)])),
    wishes: {
      ...readController(args.object('controller')),
      ...(args.has('board') ? { board: args.string('board') } : {}),
      ...(inMemory === null ? {} : { deviceTreeAddress: inMemory }),
    },
    deviceTree: deviceTree === '' || inMemory !== null ? null : resolve(deviceTree),
    memoryAccess: args.optionalOneOf('memoryAccess', ['auto', 'physical', 'virtual']) ?? 'auto',
    borrowCpus: args.boolean('borrowCpus', true),
    profile: args.optionalOneOf('profile', MODEL_PROFILES) ?? null,
    timeout: (args.optionalNumber('timeout', LEAST_SECONDS, MOST_SECONDS) ?? DEFAULT_TIMEOUT) * 1000,
    stopOnEntry: args.boolean('stopOnEntry', true),
    server: args.has('server') ? readServer(args.object('server')) : null,
    console: args.optionalOneOf('console', ['integratedTerminal', 'internalConsole']) ?? 'internalConsole',
  };
}

function readServer(args: Arguments): ServerConfiguration {
  const env = args.object('env');
  const cwd = args.optionalString('cwd');
  const command = args.string('command').trim();
  if (command === '') throw new RequestError('server: "command" is empty');
  return {
    command: command.includes('/') && !isAbsolute(command) ? resolve(cwd ?? '', command) : command,
    args: args.strings('args'),
    cwd: cwd === undefined ? null : resolve(cwd),
    env: Object.fromEntries(env.names.map((name) => [name, env.string(name)])),
  };
}

function readController(args: Arguments): Wishes {
  const address = (name: string): number | undefined =>
    args.has(name) ? addressOf(args.string(name), name) : undefined;
  const its = address('its');
  const regions = args.has('redist') ? redistributors(args) : undefined;
  return {
    version: args.optionalOneOf('version', ['v2', 'v3']),
    distributor: address('dist'),
    cpuInterface: address('cpuif'),
    redistributors: regions?.map((base) => ({ base })),
    its: its === undefined ? undefined : [its],
    cpus: args.optionalInteger('cpus', 1, 512),
    spis: args.optionalInteger('spis', 0, 988),
  };
}

/** One address, or one a region. */
function redistributors(args: Arguments): number[] {
  const texts = args.isString('redist') ? [args.string('redist')] : args.strings('redist');
  return texts.map((text) => addressOf(text, 'redist'));
}

function addressOf(text: string, name: string): number {
  const address = parseAddress(text);
  if (address === null) throw new RequestError(`controller: "${name}" ${text} is not an address such as "0x08000000"`);
  return address;
}

function parseAddress(text: string): number | null {
  return /^\s*0x[0-9a-f]{1,13}\s*$/i.test(text) ? Number(text) : null;
}
