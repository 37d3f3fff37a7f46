import type { SimulatedGuest } from '../../guest/simulated/simulated-guest.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { FaceContext } from '../debuggee.ts';
import type { Face } from '../face.ts';
import { MachineBreakpoints } from './code-breakpoints.ts';
import type { Cursor } from './cursor.ts';
import { disassemble } from './disassembly.ts';
import { MachineFrames } from './frames.ts';
import { MachineLeg } from './leg.ts';
import { NO_LINES } from './no-lines.ts';
import { placeOf } from './place.ts';
import { cpuScopes } from './registers.ts';
import { ProgramSources, type SourceMap } from './sources.ts';
import { Stepper } from './stepper.ts';
import type { Terminal } from './terminal.ts';
import { MachineWatchpoints } from './watchpoints.ts';

export interface MachineFaceOptions {
  /** Path of the program: relative source names start at its directory. */
  readonly program: string;
  readonly sourceMap: SourceMap;
}

/** A simulated machine: its vCPUs are threads, its program's files the sources. */
export function machineFace(
  guest: SimulatedGuest,
  symbols: SymbolQueries | null,
  terminal: Terminal,
  options: MachineFaceOptions,
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
      return new MachineLeg(
        { guest, cursor, breakpoints, watchpoints, traps, say: (text) => context.client.output(text) },
        course,
        stepper,
      );
    },
    startText: 'Start of the guest',
    capabilities: {
      supportsFunctionBreakpoints: true,
      supportsInstructionBreakpoints: true,
      supportsDisassembleRequest: true,
      supportsDataBreakpointBytes: true,
    },
    author(entry) {
      const { pc, origin } = guest.operation(entry);
      if (pc === null) return { text: origin === 'edit' ? 'by your edit' : 'by a device', line: 0 };
      const place = symbols?.lineAt(pc);
      return { text: place ? `by ${place.file}:${place.line}` : `by the instruction at 0x${pc.toString(16)}`, line: 0 };
    },
    scopes: (frame) => cpuScopes(guest, frame),
    machine: {
      readMemory: (vcpu, address, count) => guest.machine.readVirtual(vcpu, address, count),
      writeMemory: (vcpu, address, bytes) => guest.machine.writeVirtual(vcpu, address, bytes),
      disassemble: (address, before, count) =>
        disassemble(guest.cpus, cursor.vcpu, symbols, sources, address, before, count),
      watch: (watched) => watchpoints.set(watched),
      placeOf: (pc) => placeOf(pc, symbols, sources),
      input: (bytes) => guest.machine.input(bytes),
    },
    settle: () => terminal.flush(),
  };
}
