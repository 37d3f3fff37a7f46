import type { DebugProtocol } from '@vscode/debugprotocol';
import type { MachineGuest } from '../../guest/machine-guest.ts';
import type { SourcePlace } from '../../symbols/line-table.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { StackFrame } from '../../symbols/unwind.ts';
import type { Client } from '../client.ts';
import { threadOf, type Frame, type FrameList } from '../frames.ts';
import type { Cursor } from './cursor.ts';
import type { ProgramSources } from './sources.ts';
import { stackOf } from './stack.ts';

/** Frames of a thread have ids of their own: thread times this, plus their depth. */
const FRAMES_A_THREAD = 1000;

const ACTIVITIES = { runs: '', waits: ' (waits for an interrupt)', off: ' (off)' } as const;

/** A frame as it is shown: several, where functions were inlined, stand for one of the CPU's. */
interface ShownFrame {
  readonly frame: StackFrame;
  readonly name: string;
  readonly place: SourcePlace | null;
}

/** The vCPUs of a machine as threads, with the frames of their stacks. */
export class MachineFrames implements FrameList {
  readonly #guest: MachineGuest;
  readonly #symbols: SymbolQueries | null;
  readonly #sources: ProgramSources;
  readonly #cursor: Cursor;

  constructor(guest: MachineGuest, symbols: SymbolQueries | null, sources: ProgramSources, cursor: Cursor) {
    this.#guest = guest;
    this.#symbols = symbols;
    this.#sources = sources;
    this.#cursor = cursor;
  }

  get threads(): DebugProtocol.Thread[] {
    return this.#guest.vcpus.map(({ id, name }) => ({ id: threadOf(id), name: `${name}${this.#stateOf(id)}` }));
  }

  #stateOf(vcpu: number): string {
    return ACTIVITIES[this.#guest.cpus.activity(vcpu)];
  }

  get currentThread(): number {
    return threadOf(this.#cursor.vcpu);
  }

  hasThread(thread: number): boolean {
    return Number.isInteger(thread) && thread >= 1 && thread <= this.#guest.vcpus.length;
  }

  frame(id: number): Frame | null {
    const thread = Math.floor(id / FRAMES_A_THREAD);
    if (!this.hasThread(thread)) return null;
    const depth = id % FRAMES_A_THREAD;
    const shown = this.#shown(thread - 1)[depth];
    return shown ? this.#toFrame(thread - 1, depth, shown.frame) : null;
  }

  get currentFrame(): Frame {
    const { vcpu } = this.#cursor;
    const [shown] = this.#shown(vcpu);
    return shown ? this.#toFrame(vcpu, 0, shown.frame) : { entry: this.#guest.position, vcpu, current: true };
  }

  #toFrame(vcpu: number, depth: number, { pc, lookup, sp, x }: StackFrame): Frame {
    const guest = this.#guest;
    const current = vcpu === this.#cursor.vcpu;
    const last = guest.lastEntryOf(vcpu, guest.position);
    return {
      // The access about to be made, or the one made last.
      entry: current && (guest.position < guest.total || last < 0) ? guest.position : last,
      vcpu,
      current: current && guest.position < guest.total,
      cpu: { depth, pc, lookup, sp, x },
    };
  }

  stack(thread: number, client: Client): DebugProtocol.StackFrame[] {
    return this.#shown(thread - 1).map(({ frame, name, place }, depth) => {
      const source = place === null ? null : this.#sources.sourceOf(place.file);
      return {
        id: thread * FRAMES_A_THREAD + depth,
        name,
        instructionPointerReference: `0x${frame.pc.toString(16)}`,
        ...(source === null || place === null
          ? { line: 0, column: 0, presentationHint: 'subtle' as const }
          : { source, line: client.line(place.line), column: Math.max(place.column, 1) - 1 + client.firstColumn }),
      };
    });
  }

  #shown(vcpu: number): ShownFrame[] {
    if (this.#guest.cpus.activity(vcpu) === 'off') return [];
    const symbols = this.#symbols;
    const stack = stackOf(this.#guest.cpus, vcpu, symbols);
    return stack
      .flatMap((frame, index): ShownFrame[] => {
        const mark = index > 0 && frame.exceptions > (stack[index - 1]?.exceptions ?? 0) ? ' (interrupted)' : '';
        const bare = `0x${frame.pc.toString(16)}`;
        if (!symbols) return [{ frame, name: bare + mark, place: null }];
        return symbols.sourceFramesAt(frame.lookup).map((one, n) => ({
          frame,
          name: `${one.function === '' ? bare : one.function}${one.isInlined ? ' (inlined)' : ''}${n === 0 ? mark : ''}`,
          place: one.place,
        }));
      })
      .slice(0, FRAMES_A_THREAD);
  }
}
