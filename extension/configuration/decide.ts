import { isAbsolute, join } from 'node:path';
import { DEBUG_TYPE } from '../ids.ts';
import { judgeName, type Recognised } from './recognise.ts';

/** A launch configuration as it comes from launch.json, from a command, or empty from F5 without one. */
export interface RawConfiguration {
  type?: string;
  request?: string;
  name?: string;
  program?: unknown;
  stopOnEntry?: unknown;
  [key: string]: unknown;
}

/** What is to be done with a configuration. */
export type Decision =
  | { kind: 'launch'; configuration: Required<Pick<RawConfiguration, 'type' | 'request' | 'name'>> & RawConfiguration }
  | { kind: 'ask' }
  | { kind: 'error'; message: string };

/** Files that could be meant where the configuration names none: the active editor's, or the active tab's. */
export interface Surroundings {
  /** Path of what is open in front of the user. */
  readonly activeFile: string | undefined;
  /** What the file's beginning was recognised as. */
  readonly recognised: Recognised | undefined;
}

/** Decides what F5 means. */
export function decide(raw: RawConfiguration, around: Surroundings): Decision {
  if (raw.program !== undefined && typeof raw.program !== 'string') {
    return { kind: 'error', message: '“program” in the launch configuration has to be a path, as a string.' };
  }
  if (raw.request !== undefined && raw.request !== '' && raw.request !== 'launch') {
    return {
      kind: 'error',
      message: `GIC Inspector can “launch” a program or a recording; it cannot “${raw.request}”.`,
    };
  }
  const given = raw.program?.trim();
  if (given) return { kind: 'launch', configuration: complete(raw, given) };
  const { activeFile, recognised } = around;
  if (activeFile !== undefined && (recognised || judgeName(activeFile) === 'certain')) {
    return { kind: 'launch', configuration: complete(raw, activeFile) };
  }
  return { kind: 'ask' };
}

/** Fills in what a configuration leaves out. */
export function complete(
  raw: RawConfiguration,
  program: string,
): Extract<Decision, { kind: 'launch' }>['configuration'] {
  return {
    ...raw,
    type: DEBUG_TYPE,
    request: 'launch',
    name: raw.name || `GIC: ${baseName(program)}`,
    program,
    stopOnEntry: raw.stopOnEntry ?? true,
  };
}

/** The absolute path of a program: a relative one starts at the workspace folder. */
export function absoluteProgram(program: string, folder: string | undefined): string {
  return isAbsolute(program) || folder === undefined ? program : join(folder, program);
}

/** The last part of a path, of either kind. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
