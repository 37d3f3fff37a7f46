import type { DebugProtocol } from '@vscode/debugprotocol';
import { UNKNOWN_VCPU, type Guest } from '../guest/guest.ts';
import type { Client } from './client.ts';
import type { Recording } from './source/recording.ts';
import type { SourceLines } from './source/lines.ts';

/** Thread of accesses whose vCPU nobody knows: beyond every vCPU's. */
const UNKNOWN_THREAD = 1000;

/** What a stack frame stands for. */
export interface Frame {
  /** The entry it shows; `guest.total` at the end of the recording; -1 where there is none. */
  readonly entry: number;
  /** Whose registers it shows: UNKNOWN_VCPU shows vCPU 0's. */
  readonly vcpu: number;
  /** True for the entry about to be executed. */
  readonly current: boolean;
  /** The CPU's registers in this frame, where there is a CPU. */
  readonly cpu?: CpuFrame;
}

/** A frame of a CPU's stack: registers as far as they are known in it. */
export interface CpuFrame {
  /** 0 is the innermost. */
  readonly depth: number;
  readonly pc: bigint;
  /** Address to ask line and function of. */
  readonly lookup: bigint;
  readonly sp: bigint | null;
  readonly x: (n: number) => bigint | null;
}

/** vCPUs as threads, and their frames. */
export interface FrameList {
  readonly threads: DebugProtocol.Thread[];
  /** The thread that stopped. */
  readonly currentThread: number;
  hasThread(thread: number): boolean;
  /** A frame by its id; null where there is none of that id now. */
  frame(id: number): Frame | null;
  /** The frame that counts where a client names none. */
  readonly currentFrame: Frame;
  /** Frames of a thread, innermost first. */
  stack(thread: number, client: Client): DebugProtocol.StackFrame[];
}

/**
 * vCPUs as threads, entries as frames. The entry about to be executed is the frame of its vCPU; the other vCPUs show
 * what they did last. A thread has one frame, so frames are numbered like their threads.
 */
export class RecordedFrames implements FrameList {
  readonly #guest: Guest;
  readonly #lines: SourceLines;
  readonly #recording: Recording;

  constructor(guest: Guest, lines: SourceLines, recording: Recording) {
    this.#guest = guest;
    this.#lines = lines;
    this.#recording = recording;
  }

  get threads(): DebugProtocol.Thread[] {
    return this.#guest.vcpus.map(({ id, name }) => ({ id: threadOf(id), name }));
  }

  /** The thread of the entry about to be executed; at the end, of the last one. */
  get currentThread(): number {
    const entry = Math.min(this.#guest.position, this.#guest.total - 1);
    return threadOf(entry < 0 ? this.#first : this.#vcpuOf(entry));
  }

  hasThread(thread: number): boolean {
    return this.#guest.vcpus.some(({ id }) => threadOf(id) === thread);
  }

  /** The frame of a thread, or null where the vCPU has done nothing yet, or there is no such thread. */
  frame(thread: number): Frame | null {
    const vcpu = this.#guest.vcpus.find(({ id }) => threadOf(id) === thread)?.id;
    if (vcpu === undefined) return null;
    if (thread === this.currentThread) return { entry: this.#guest.position, vcpu, current: true };
    const entry = this.#guest.lastEntryOf(vcpu, this.#guest.position);
    return entry < 0 ? null : { entry, vcpu, current: false };
  }

  /** The frame that counts where a client names none. */
  get currentFrame(): Frame {
    return this.frame(this.currentThread) ?? { entry: this.#guest.position, vcpu: 0, current: true };
  }

  stack(thread: number, client: Client): DebugProtocol.StackFrame[] {
    const frame = this.frame(thread);
    return frame === null ? [] : [this.#describe(thread, frame, client)];
  }

  #describe(thread: number, frame: Frame, client: Client): DebugProtocol.StackFrame {
    const atEnd = frame.entry >= this.#guest.total;
    const line = atEnd ? this.#lines.last : this.#lines.lineOf(frame.entry);
    return {
      id: thread,
      name: atEnd ? 'end of the recording' : this.#guest.operation(frame.entry).text,
      // An edit is in no line of the recording.
      ...(line > 0 ? { source: this.#recording.source, line: client.line(line), column: client.firstColumn } : NOWHERE),
      ...(frame.current ? {} : { presentationHint: 'subtle' }),
    };
  }

  /** vCPU whose thread shows an entry. */
  #vcpuOf(entry: number): number {
    const { vcpu } = this.#guest.operation(entry);
    if (vcpu !== null && this.#guest.vcpus.some(({ id }) => id === vcpu)) return vcpu;
    return this.#guest.vcpus.some(({ id }) => id === UNKNOWN_VCPU) ? UNKNOWN_VCPU : this.#first;
  }

  get #first(): number {
    return this.#guest.vcpus[0]?.id ?? 0;
  }
}

const NOWHERE = { line: 0, column: 0 };

export function threadOf(vcpu: number): number {
  return vcpu === UNKNOWN_VCPU ? UNKNOWN_THREAD : vcpu + 1;
}

/** Whose registers a frame shows. */
export function bankOf(frame: Frame): number {
  return Math.max(0, frame.vcpu);
}
