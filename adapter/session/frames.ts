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
}

/**
 * vCPUs as threads, entries as frames. The entry about to be executed is the frame of its vCPU; the other vCPUs show
 * what they did last. A thread has one frame, so frames are numbered like their threads.
 */
export class Frames {
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

  describe(thread: number, frame: Frame, client: Client): DebugProtocol.StackFrame {
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

function threadOf(vcpu: number): number {
  return vcpu === UNKNOWN_VCPU ? UNKNOWN_THREAD : vcpu + 1;
}

/** Whose registers a frame shows. */
export function bankOf(frame: Frame): number {
  return Math.max(0, frame.vcpu);
}
