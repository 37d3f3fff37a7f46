import type { GdbGuest } from '../../guest/gdb/gdb-guest.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { FaceContext } from '../debuggee.ts';
import type { Face } from '../face.ts';
import { MachineBreakpoints } from '../machine/code-breakpoints.ts';
import type { Cursor } from '../machine/cursor.ts';
import { disassemble } from '../machine/disassembly.ts';
import { MachineFrames } from '../machine/frames.ts';
import { placeOf } from '../machine/place.ts';
import { NO_LINES } from '../machine/no-lines.ts';
import { ProgramSources, type SourceMap } from '../machine/sources.ts';
import { Stepper } from '../machine/stepper.ts';
import { MachineWatchpoints } from '../machine/watchpoints.ts';
import { TargetLeg } from './leg.ts';
import { preparation } from './prepare.ts';
import { targetScopes } from './registers.ts';

export interface TargetFaceOptions {
  /** Path that relative source names start at. */
  readonly program: string;
  readonly sourceMap: SourceMap;
  /** Where what is typed goes. */
  readonly input: (bytes: Uint8Array) => void;
  /** What was printed is sent on. */
  readonly settle: () => void;
}

/** A target behind a stub: its CPUs are threads, its program's files the sources. */
export function targetFace(
  guest: GdbGuest,
  symbols: SymbolQueries | null,
  options: TargetFaceOptions,
  context: FaceContext,
): Face {
  const cursor: Cursor = { vcpu: 0 };
  const sources = new ProgramSources(symbols, options.program, options.sourceMap);
  const frames = new MachineFrames(guest, symbols, sources, cursor);
  const breakpoints = new MachineBreakpoints(guest, symbols, sources, context);
  const watchpoints = new MachineWatchpoints(guest);
  return {
    frames,
    sources,
    breakpoints,
    lines: NO_LINES,
    embark(course, traps) {
      const { motion } = course;
      const steps = motion !== undefined && motion.kind !== 'continue';
      if (steps && frames.hasThread(motion.thread)) cursor.vcpu = motion.thread - 1;
      const stepper = steps ? new Stepper(guest, symbols, breakpoints, cursor.vcpu, motion) : null;
      const say = (text: string): void => context.client.output(text);
      return new TargetLeg({ guest, cursor, breakpoints, watchpoints, traps, say }, course, stepper);
    },
    startText: 'Attached to the target',
    capabilities: {
      supportsStepBack: false,
      supportsFunctionBreakpoints: true,
      supportsInstructionBreakpoints: true,
      supportsDisassembleRequest: true,
      supportsDataBreakpointBytes: true,
      supportTerminateDebuggee: true,
    },
    author: () => ({ text: 'by the target', line: 0 }),
    scopes: (frame) => targetScopes(guest, frame),
    machine: {
      readMemory: (vcpu, address, count) => guest.cpus.readMemory(vcpu, address, count),
      writeMemory: (vcpu, address, bytes) => guest.cpus.writeMemory(vcpu, address, bytes),
      disassemble: (address, before, count) =>
        guest.cpus.withMemory(() => disassemble(guest.cpus, cursor.vcpu, symbols, sources, address, before, count)),
      watch: (watched) => watchpoints.set(watched),
      placeOf: (pc) => placeOf(pc, symbols, sources),
      input: options.input,
    },
    settle: options.settle,
    prepare: preparation(guest, frames, context.client),
  };
}
