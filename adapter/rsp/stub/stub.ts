import { encodePacket, PacketReader, type RspEvent } from '../packets.ts';
import { commandOf } from './commands.ts';
import { BAD_REQUEST, type StubContext } from './context.ts';
import { fromLatin1, toHex, toLatin1 } from '../hex.ts';
import { bareStop, stopReply } from './stop-reply.ts';
import { TargetError, type Resumption, type StubTarget, type TargetStop } from './target.ts';

const ACK = Uint8Array.of(0x2b);
const NACK = Uint8Array.of(0x2d);

/**
 * One debugger's connection to a target, whatever carries it: GDB's remote serial protocol, all-stop. What it is sent
 * may be anything: unknown packets are answered by empty ones, as the protocol wants it, and nothing throws.
 */
export class GdbStub {
  readonly #target: StubTarget;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #onDefect: (error: unknown) => void;
  readonly #reader = new PacketReader((event) => this.#guard(() => this.#take(event)));
  readonly #context: StubContext;
  #acknowledges = true;
  /** What is to be sent again if the other side asks for it. */
  #last: Uint8Array | null = null;
  #stop: TargetStop;
  #running = false;
  /** Counts what was resumed: a stop of a run that was left behind is nobody's. */
  #runs = 0;
  #closed = false;

  /** @param onDefect hears of what went wrong by a fault of ours; the debugger is answered an error */
  constructor(
    target: StubTarget,
    send: (bytes: Uint8Array) => void,
    onDefect: (error: unknown) => void = () => undefined,
  ) {
    this.#target = target;
    this.#onDefect = onDefect;
    this.#send = send;
    // Who comes finds the target standing, as GDB expects it.
    this.#guard(() => target.interrupt());
    const first = target.threads[0]?.id ?? 1;
    this.#stop = { kind: 'trap', thread: first };
    const isRunning = (): boolean => this.#running;
    this.#context = {
      target,
      general: first,
      continued: 0,
      space: 'virtual',
      breakpoints: new Map(),
      watchpoints: new Map(),
      understands: { swbreak: false, hwbreak: false },
      say: (data) => this.#answer(data),
      resume: (resumption) => this.#resume(resumption),
      get running() {
        return isRunning();
      },
      stopReply: () => stopReply(this.#context, this.#stop),
      stopAcknowledging: () => (this.#acknowledges = false),
      leave: () => this.#leave(),
    };
  }

  /** Bytes from the debugger, in any pieces. */
  receive(bytes: Uint8Array): void {
    if (!this.#closed) this.#reader.push(bytes);
  }

  /** The connection is gone. A target that stands goes on standing, one that runs goes on running. */
  close(): void {
    if (this.#closed) return;
    if (this.#running) this.#guard(() => this.#leave());
    else this.#guard(() => this.#target.setStops([], []));
    this.#closed = true;
  }

  #take(event: RspEvent): void {
    if (this.#closed) return;
    switch (event.kind) {
      case 'packet':
        if (this.#acknowledges) this.#send(ACK);
        this.#packet(toLatin1(event.data));
        return;
      case 'garbled':
        if (this.#acknowledges) this.#send(NACK);
        return;
      case 'nack':
        if (this.#acknowledges && this.#last !== null) this.#send(this.#last);
        return;
      case 'interrupt':
        if (this.#running) this.#target.interrupt();
        return;
      case 'ack':
      case 'notification':
    }
  }

  #packet(packet: string): void {
    const found = commandOf(packet);
    let answer: string | null = '';
    try {
      if (found !== null) answer = found.command(this.#context, found.data);
    } catch (error) {
      answer = BAD_REQUEST;
      if (!(error instanceof TargetError)) this.#onDefect(error);
    }
    if (answer !== null) this.#answer(answer);
  }

  #answer(data: string): void {
    this.#last = encodePacket(fromLatin1(data));
    this.#send(this.#last);
  }

  #resume(resumption: Resumption): void {
    const run = ++this.#runs;
    try {
      this.#target.resume(resumption, (stop) => {
        if (run === this.#runs) this.#stopped(stop);
      });
      this.#running = true;
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      // An error would say nothing: this is a stop of its own, with the reason, behind which GDB does not step on.
      this.#answer(`O${toHex(`${error.message}\n`)}`);
      this.#stopped({ kind: 'interrupted', thread: this.#context.general });
    }
  }

  #stopped(stop: TargetStop): void {
    this.#running = false;
    this.#stop = stop;
    if (stop.kind !== 'exited') this.#context.general = stop.thread;
    this.#answer(this.#tellStop(stop));
  }

  /** GDB waits for this answer, and for nothing else: it comes even where registers cannot be read. */
  #tellStop(stop: TargetStop): string {
    try {
      return this.#context.stopReply();
    } catch (error) {
      if (stop.kind === 'exited') throw error;
      if (!(error instanceof TargetError)) this.#onDefect(error);
      return bareStop(stop);
    }
  }

  /** What a target throws is not for who brings the bytes, or closes. A refusal has nobody to be told to here. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof TargetError)) this.#onDefect(error);
    }
  }

  #leave(): void {
    this.#runs++;
    this.#context.breakpoints.clear();
    this.#context.watchpoints.clear();
    this.#running = false;
    this.#target.release();
  }
}
