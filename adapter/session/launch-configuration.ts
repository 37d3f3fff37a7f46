import { resolve } from 'node:path';
import type { ImportOptions } from '../guest/trace/import/options.ts';
import type { Arguments } from './arguments.ts';
import { RequestError } from './request-error.ts';

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
