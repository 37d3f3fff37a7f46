import type { SimulatedGuest } from '../../guest/simulated/simulated-guest.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { FaceContext } from '../debuggee.ts';
import type { Face } from '../face.ts';
import { disassemble } from './disassembly.ts';
import { MachineLeg } from './leg.ts';
import { NO_LINES } from './no-lines.ts';
import { machineParts, type ProgramOptions } from './parts.ts';
import { placeOf } from './place.ts';
import { cpuScopes } from './registers.ts';
import type { Terminal } from './terminal.ts';

/** A simulated machine: its vCPUs are threads, its program's files the sources. */
export function machineFace(
  guest: SimulatedGuest,
  symbols: SymbolQueries | null,
  terminal: Terminal,
  options: ProgramOptions,
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
      return new MachineLeg(
        { guest, cursor, breakpoints, watchpoints, traps, say: (text) => context.client.output(text) },
        course,
        parts.stepperFor(course),
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
