import type { GdbGuest } from '../../guest/gdb/gdb-guest.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { FaceContext } from '../debuggee.ts';
import type { Face } from '../face.ts';
import { disassemble } from '../machine/disassembly.ts';
import { placeOf } from '../machine/place.ts';
import { NO_LINES } from '../machine/no-lines.ts';
import { machineParts, type ProgramOptions } from '../machine/parts.ts';
import { TargetLeg } from './leg.ts';
import { preparation } from './prepare.ts';
import { targetScopes } from './registers.ts';

export interface TargetFaceOptions extends ProgramOptions {
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
  const parts = machineParts(guest, symbols, options, context);
  const { cursor, sources, frames, breakpoints, watchpoints } = parts;
  return {
    frames,
    sources,
    breakpoints,
    lines: NO_LINES,
    embark(course, traps) {
      const say = (text: string): void => context.client.output(text);
      return new TargetLeg({ guest, cursor, breakpoints, watchpoints, traps, say }, course, parts.stepperFor(course));
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
    divergence: guest.divergence,
    prepare: preparation(guest, frames, context.client),
  };
}
