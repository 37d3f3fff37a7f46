import type { DebugProtocol } from '@vscode/debugprotocol';
import type { TraceGuest } from '../guest/trace/trace-guest.ts';
import type { Arguments } from './arguments.ts';
import { LineBreakpoints, unverified, type LineBreakpoint } from './breakpoints/line-breakpoints.ts';
import { readGate } from './breakpoints/read-gate.ts';
import type { FaceContext } from './debuggee.ts';
import { parseLogMessage } from './evaluate/log-message.ts';
import type { CodeBreakpoints, Face, SourceList } from './face.ts';
import { RecordedFrames } from './frames.ts';
import { RequestError } from './request-error.ts';
import { RecordedLeg } from './run/leg.ts';
import { SourceLines } from './source/lines.ts';
import { Recording } from './source/recording.ts';

/** Locations answered at most: a client shows them beside one line. */
const MOST_LOCATIONS = 1000;

/** A recording: its lines are the source, its operations the frames. */
export function recordedFace(guest: TraceGuest, context: FaceContext): Face {
  const recording = new Recording(guest.source);
  const lines = new SourceLines(guest);
  const traps = new LineBreakpoints(lines, context.speak);
  return {
    frames: new RecordedFrames(guest, lines, recording),
    sources: recordingSources(recording),
    breakpoints: new RecordedBreakpoints(recording, lines, traps, context),
    lines: traps,
    embark: (course, all) => new RecordedLeg(guest, all, course),
    startText: 'Start of the recording',
    capabilities: {},
    author(entry) {
      const line = lines.lineOf(entry);
      return { text: line === 0 ? 'by your edit' : `by line ${line}`, line };
    },
    scopes: () => [],
    machine: null,
    settle() {},
  };
}

function recordingSources(recording: Recording): SourceList {
  return {
    loaded: [recording.source],
    main: recording.source,
    text(reference, source) {
      const meant = reference !== 0 ? recording.isReference(reference) : recording.is(source);
      return meant ? recording.text() : null;
    },
  };
}

/** Breakpoints on lines of the recording. */
class RecordedBreakpoints implements CodeBreakpoints {
  readonly #recording: Recording;
  readonly #lines: SourceLines;
  readonly #traps: LineBreakpoints;
  readonly #context: FaceContext;

  constructor(recording: Recording, lines: SourceLines, traps: LineBreakpoints, context: FaceContext) {
    this.#recording = recording;
    this.#lines = lines;
    this.#traps = traps;
    this.#context = context;
  }

  set(source: Arguments, wanted: readonly Arguments[]): DebugProtocol.Breakpoint[] {
    const { client, nextBreakpointId } = this.#context;
    const ours = this.#recording.is(source);
    const set: LineBreakpoint[] = [];
    const breakpoints = wanted.map((one): DebugProtocol.Breakpoint => {
      const id = nextBreakpointId();
      if (!ours) return unverified(id, 'this file is not the recording that is being debugged');
      try {
        const breakpoint = this.#read(one, id, client.fromLine(one.integer('line')));
        set.push(breakpoint);
        return { id, verified: true, line: client.line(breakpoint.line), source: this.#recording.source };
      } catch (error) {
        if (error instanceof RequestError) return unverified(id, error.message);
        throw error;
      }
    });
    if (ours) this.#traps.set(set);
    return breakpoints;
  }

  /** @throws RequestError where it cannot be set as it is wanted */
  #read(args: Arguments, id: number, wanted: number): LineBreakpoint {
    const { language } = this.#context;
    const gate = readGate(language, args);
    const message = args.optionalString('logMessage') ?? '';
    const log = message === '' ? null : parseLogMessage(message, (text) => language.text(text));
    const entry = this.#lines.entryFrom(wanted);
    if (entry < 0) throw new RequestError('no operation at this line or behind it');
    return { id, line: this.#lines.lineOf(entry), gate, log };
  }

  locations(source: Arguments, first: number, last: number): number[] {
    return this.#recording.is(source) ? this.#lines.linesWithEntries(first, last, MOST_LOCATIONS) : [];
  }

  setFunctions(wanted: readonly Arguments[]): DebugProtocol.Breakpoint[] {
    return wanted.map(() => unverified(this.#context.nextBreakpointId(), 'a recording has no functions'));
  }

  setInstructions(wanted: readonly Arguments[]): DebugProtocol.Breakpoint[] {
    return wanted.map(() => unverified(this.#context.nextBreakpointId(), 'a recording has no instructions'));
  }
}
