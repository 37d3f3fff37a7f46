import type { MachineGuest } from '../../guest/machine-guest.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { FaceContext } from '../debuggee.ts';
import type { Course } from '../run/course.ts';
import { MachineBreakpoints } from './code-breakpoints.ts';
import type { Cursor } from './cursor.ts';
import { MachineFrames } from './frames.ts';
import { ProgramSources, type SourceMap } from './sources.ts';
import { Stepper } from './stepper.ts';
import { MachineWatchpoints } from './watchpoints.ts';

export interface ProgramOptions {
  /** Path of the program: relative source names start at its directory. */
  readonly program: string;
  readonly sourceMap: SourceMap;
}

/** What the faces of all guests with CPUs are made of. */
export interface MachineParts {
  readonly cursor: Cursor;
  readonly sources: ProgramSources;
  readonly frames: MachineFrames;
  readonly breakpoints: MachineBreakpoints;
  readonly watchpoints: MachineWatchpoints;
  /** For courses that move one CPU by steps; null for others. */
  readonly stepperFor: (course: Course) => Stepper | null;
}

export function machineParts(
  guest: MachineGuest,
  symbols: SymbolQueries | null,
  { program, sourceMap }: ProgramOptions,
  context: FaceContext,
): MachineParts {
  const cursor: Cursor = { vcpu: 0 };
  const sources = new ProgramSources(symbols, program, sourceMap);
  const frames = new MachineFrames(guest, symbols, sources, cursor);
  const breakpoints = new MachineBreakpoints(guest, symbols, sources, context);
  const watchpoints = new MachineWatchpoints(guest);
  const stepperFor = ({ motion }: Course): Stepper | null => {
    if (motion === undefined || motion.kind === 'continue') return null;
    if (frames.hasThread(motion.thread)) cursor.vcpu = motion.thread - 1;
    return new Stepper(guest, symbols, breakpoints, cursor.vcpu, motion);
  };
  return { cursor, sources, frames, breakpoints, watchpoints, stepperFor };
}
