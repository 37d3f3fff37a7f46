import { DEBUG_TYPE } from '../ids.ts';
import { isAbsent } from './checks.ts';
import { judgeName, type Recognised } from './recognise.ts';
import { problemWithLocal, problemWithStub } from './stub-checks.ts';
import { DEFAULT_TARGET } from './stub-values.ts';

/** A configuration as it comes from launch.json, from a command, or empty from F5 without one. */
export interface RawConfiguration {
  type?: string;
  request?: string;
  name?: string;
  program?: unknown;
  stopOnEntry?: unknown;
  [key: string]: unknown;
}

/** A configuration with what VS Code needs to start it. */
export type CompleteConfiguration = Required<Pick<RawConfiguration, 'type' | 'request' | 'name'>> & RawConfiguration;

/** What is to be done with a configuration. */
export type Decision =
  { kind: 'start'; configuration: CompleteConfiguration } | { kind: 'ask' } | { kind: 'error'; message: string };

/** Files that could be meant where the configuration names none: the active editor's, or the active tab's. */
export interface Surroundings {
  /** Path of what is open in front of the user. */
  readonly activeFile: string | undefined;
  /** What the file's beginning was recognised as. */
  readonly recognised: Recognised | undefined;
}

/** Decides what F5 means. */
export function decide(raw: RawConfiguration, around: Surroundings): Decision {
  const program = raw.program ?? undefined;
  if (program !== undefined && typeof program !== 'string') return error('“program” has to be a path, as a string.');
  if (raw.request && raw.request !== 'launch' && raw.request !== 'attach') {
    return error(
      'GIC Inspector can “launch” a program, a recording or a server, and “attach” to a GDB stub; ' +
        `it cannot “${raw.request}”.`,
    );
  }
  const wrong = problemWithAttributes(raw);
  if (wrong !== undefined) return error(wrong);
  if (hasStub(raw)) return { kind: 'start', configuration: completeStub(raw) };
  const given = program?.trim();
  if (given) return { kind: 'start', configuration: complete(raw, given) };
  const { activeFile, recognised } = around;
  if (activeFile !== undefined && (recognised || judgeName(activeFile) === 'certain')) {
    return { kind: 'start', configuration: complete(raw, activeFile) };
  }
  return { kind: 'ask' };
}

/** Whether what is debugged is behind a GDB stub, rather than inside the adapter. */
export function hasStub(raw: RawConfiguration): boolean {
  return raw.request === 'attach' || !isAbsent(raw['server']);
}

/** What is wrong with the attributes, as a sentence; undefined where nothing is. */
export function problemWithAttributes(raw: RawConfiguration): string | undefined {
  return hasStub(raw) ? problemWithStub(raw) : problemWithLocal(raw);
}

/** Fills in what a configuration for the adapter's own guests leaves out. */
export function complete(raw: RawConfiguration, program: string): CompleteConfiguration {
  return {
    ...raw,
    type: DEBUG_TYPE,
    request: 'launch',
    name: raw.name || `GIC: ${baseName(program)}`,
    program,
    stopOnEntry: raw.stopOnEntry ?? true,
  };
}

/** Fills in what a configuration for a GDB stub leaves out. */
function completeStub({ program, ...raw }: RawConfiguration): CompleteConfiguration {
  const target = raw['target'] ?? DEFAULT_TARGET;
  const symbols = typeof program === 'string' ? program.trim() : '';
  return {
    ...raw,
    ...(symbols && { program: symbols }),
    type: DEBUG_TYPE,
    request: raw.request || 'launch',
    name: raw.name || `GIC: ${typeof target === 'string' ? target : 'GDB stub'}`,
    target,
    stopOnEntry: raw.stopOnEntry ?? true,
  };
}

function error(message: string): Decision {
  return { kind: 'error', message };
}

/** The last part of a path, of either kind. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
