import type { Clock } from './clock.ts';
import { RspError } from './errors.ts';
import { Flight, type FlightPlan, type Receiver } from './flight.ts';
import { Link } from './link.ts';
import type { Timeouts } from './options.ts';
import { inFull, isExit, isFileRequest, isOutput, isStop, refusalOf } from './replies.ts';
import { ONE_BY_ONE, PIPELINED, type Request, type Sentinel, type Window } from './request.ts';
import { OK, sameBytes } from './shapes.ts';
import type { ThreadId } from './thread-id.ts';
import type { Transport } from './transport.ts';

/** "-1" and an errno: there are no files here. A stub that waits for one goes on. */
const NO_FILES = 'F-1,26';

export interface DialogueEvents {
  /** The process is gone, though nothing was running. */
  exit(data: Uint8Array): void;
  /** "O" and hex digits, whenever the stub says something. */
  output(data: Uint8Array): void;
  /** The connection is of no use any more. */
  death(error: RspError): void;
}

export interface ExchangeOptions {
  /** Whom the requests mean; null: the thread that was meant last, or any. */
  readonly thread?: ThreadId | null;
  /** Never sent a second time, should the replies be in doubt: writes, reads that change something. */
  readonly once?: boolean;
  /** Everything is asked twice, in another order: two replies of one shape that changed places show only so. */
  readonly verify?: boolean;
  /** Stops that answer none of the requests; unless given, they are dropped. */
  readonly onStop?: (data: Uint8Array) => void;
}

/** Parts of a flight that are not always the same. */
type Course = Partial<Omit<FlightPlan, 'requests'>>;

/**
 * Questions and answers with a stub that may be slow, broken or lying. A reply is believed when the reply of a sentinel
 * sent behind its request has come in its turn. Where something else comes, or nothing, another sentinel shows how far
 * the stub has got: what precedes its reply is old. Without its reply the dialogue is over, and says so ever after.
 */
export class Dialogue {
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  /** Bytes of the longest packet the stub takes: 400 until it says more, as GDB has it. */
  packetSize = 400;
  /** Threads are known to the stub; where not, nothing can be selected, and need not be. */
  hasThreads = true;
  readonly #link: Link;
  readonly #events: DialogueEvents;
  #receiver: Receiver | null = null;
  #confirm: Sentinel | null = null;
  #resync: Sentinel | null = null;
  #window: Window = ONE_BY_ONE;
  /** Pipelined batches that went wrong. */
  #failures = 0;
  /** Something came that nobody had asked for: more may. */
  #suspect = false;
  #running = false;
  #death: RspError | null = null;
  #turn: Promise<void> = Promise.resolve();
  #selected: string | null = null;

  constructor(transport: Transport, clock: Clock, timeouts: Timeouts, events: DialogueEvents) {
    this.clock = clock;
    this.timeouts = timeouts;
    this.#events = events;
    this.#link = new Link(transport, {
      packet: (data) => this.#packet(data),
      garbled: (reason) => this.#garbled(reason),
      nack: () => this.#receiver?.nack(),
      closed: (reason) => this.die(new RspError('closed', 'talking to the stub', reason)),
    });
  }

  get running(): boolean {
    return this.#running;
  }

  get pipelined(): boolean {
    return this.#window !== ONE_BY_ONE;
  }

  get acknowledges(): boolean {
    return this.#link.acknowledges;
  }

  stopAcknowledging(): void {
    this.#link.stopAcknowledging();
  }

  /** @param sentinels recognised among others and among each other */
  useSentinels([confirm, resync]: readonly Sentinel[]): void {
    this.#confirm = confirm ?? null;
    this.#resync = resync ?? null;
  }

  /**
   * One at a time, in the order of calls: what is done in several steps is not mixed with others.
   * @throws RspError at once where the target runs, or the dialogue is over
   */
  async exclusive<T>(purpose: string | (() => string), action: () => Promise<T>): Promise<T> {
    this.#admit(purpose);
    const before = this.#turn;
    let leave: () => void = () => undefined;
    this.#turn = new Promise((resolve) => (leave = resolve));
    try {
      await before;
      this.#admit(purpose);
      return await action();
    } finally {
      leave();
    }
  }

  /** Asks within `exclusive`. @returns replies of the requests, in their order; errors among them are replies, too */
  async exchange(requests: readonly Request[], options: ExchangeOptions = {}): Promise<Uint8Array[]> {
    for (const { packet, purpose } of requests) this.measure(packet, purpose);
    await this.#clear();
    const select = this.#selecting(options.thread ?? null);
    const course: Course = options.onStop === undefined ? {} : { onStop: options.onStop };
    if (options.once === true) {
      // A write behind a selection that failed would go to another thread.
      if (select !== null) this.#chosen(select, (await this.#sure([select], false, course))[0]);
      return this.#sure(requests, false, course);
    }
    const led = (list: readonly Request[]): readonly Request[] => (select === null ? list : [select, ...list]);
    const taken = (replies: Uint8Array[]): Uint8Array[] => {
      if (select !== null) this.#chosen(select, replies.shift());
      return replies;
    };
    // One by one, replies have no others to change places with.
    if (options.verify !== true || !this.pipelined) return taken(await this.#sure(led(requests), true, course));
    const there = taken(await this.#sure(led([...requests, ...[...requests].reverse()]), true, course));
    const first = there.slice(0, requests.length);
    if (first.every((reply, i) => sameBytes(reply, there[there.length - 1 - i]))) return first;
    // Values may have changed in between, or their replies their places: one by one, they cannot.
    await this.#clear();
    const last = await this.#sureOf(this.#confirmed(led(requests)), { ...course, window: ONE_BY_ONE });
    return taken(last).slice(0, requests.length);
  }

  /** One request within `exclusive`. @throws RspError also where the stub refuses, or does not support it */
  async ask(request: Request, options: ExchangeOptions = {}): Promise<Uint8Array> {
    const [reply] = await this.exchange([request], options);
    const refusal = reply === undefined ? null : refusalOf(reply, request.purpose);
    if (reply === undefined || refusal !== null) throw refusal ?? this.#lost(request.purpose);
    return reply;
  }

  /**
   * One request within `exclusive`, with a course of its own; nothing is sent ahead of its reply.
   * @param confirm whether a sentinel may follow: not where the target runs then
   */
  async askAlone(request: Request, course: Course, confirm: boolean): Promise<Uint8Array> {
    this.measure(request.packet, request.purpose);
    await this.#clear();
    const requests = confirm ? this.#confirmed([request]) : [request];
    const [reply] = await this.#sureOf(requests, { ...course, window: ONE_BY_ONE });
    if (reply === undefined) throw this.#lost(request.purpose);
    return reply;
  }

  /** Whether the stub is in step now, shown by a sentinel. @param course what to do with what comes before its reply */
  async confirm(course: Course = {}): Promise<void> {
    if (this.#confirm === null) return;
    try {
      await this.#fly([this.#confirm], course);
    } catch (slip) {
      await this.#resynchronise(slip, this.#resync, course);
    }
  }

  /** Drops all that may still come. @throws RspError where the stub does not answer: the dialogue is over */
  async resynchronise(purpose: string, course: Course = {}): Promise<void> {
    await this.#resynchronise(new RspError('desynchronised', purpose, 'the stub is out of step'), this.#resync, course);
  }

  /** Sends requests ahead of replies from now on, if that is safe with this stub. */
  async tryPipelining(): Promise<void> {
    const [first, second] = [this.#confirm, this.#resync];
    if (first === null || second === null) return;
    if (this.acknowledges) {
      // A stub that waits for an acknowledgement may swallow what comes before it.
      const { probe } = this.timeouts;
      try {
        await this.#fly([first, second], { window: PIPELINED, patience: probe, limit: probe });
      } catch (slip) {
        await this.#resynchronise(slip, first);
        return;
      }
    }
    this.#window = PIPELINED;
  }

  /** Sends the packet that makes the target execute; from now on nothing else is sent, and all goes to the receiver. */
  beginRun(packet: string, receiver: Receiver): void {
    this.#running = true;
    this.forgetThread();
    this.#receiver = receiver;
    this.resend(packet);
  }

  endRun(): void {
    this.#running = false;
    this.#receiver = null;
  }

  resend(packet: string): void {
    this.#link.packet(packet);
    this.#link.flush();
  }

  sendInterrupt(): void {
    this.#link.interrupt();
    this.#link.flush();
  }

  /** Asks the stub to repeat what was garbled. @returns false in no-ack mode: it cannot */
  askAgain(): boolean {
    this.#link.nack();
    this.#link.flush();
    return this.#link.acknowledges;
  }

  sendAck(): void {
    this.#link.ack();
    this.#link.flush();
  }

  suspect(): void {
    this.#suspect = true;
  }

  /** The stub's idea of the current thread may have changed. */
  forgetThread(): void {
    this.#selected = null;
  }

  /** @throws RspError of kind unsupported for a packet that is longer than the stub takes */
  measure(packet: string, purpose: string | (() => string)): void {
    if (packet.length <= this.packetSize) return;
    const reason = `a packet of ${packet.length} bytes is needed, and the stub takes ${this.packetSize}`;
    throw new RspError('unsupported', inFull(purpose), reason);
  }

  /** Ends the dialogue: what is under way fails, and all that follows. */
  die(error: RspError): void {
    if (this.#death !== null) return;
    this.#death = error;
    this.#link.close();
    const receiver = this.#receiver;
    this.endRun();
    receiver?.fail(error);
    this.#events.death(error);
  }

  #admit(purpose: string | (() => string)): void {
    const death = this.#death;
    if (death !== null) throw new RspError(death.kind, inFull(purpose), death.reason);
    if (this.#running) throw new RspError('running', inFull(purpose), 'the target is running');
  }

  #selecting(thread: ThreadId | null): Request | null {
    if (thread === null || !this.hasThreads || thread.text === this.#selected) return null;
    const purpose = (): string => `selecting thread ${thread.text}`;
    return { packet: `Hg${thread.text}`, shape: OK, purpose };
  }

  #chosen(select: Request, reply: Uint8Array | undefined): void {
    const refusal = reply === undefined ? this.#lost(select.purpose) : refusalOf(reply, select.purpose);
    this.#selected = refusal === null ? select.packet.slice(2) : null;
    if (refusal !== null) throw refusal;
  }

  #lost(purpose: string | (() => string)): RspError {
    return new RspError('desynchronised', inFull(purpose), 'a reply is missing');
  }

  /** Nothing old is on its way, as far as can be known. */
  async #clear(): Promise<void> {
    if (this.#suspect && this.#resync !== null) await this.resynchronise('asking the stub');
  }

  #confirmed(requests: readonly Request[]): readonly Request[] {
    return this.#confirm === null ? requests : [...requests, this.#confirm];
  }

  /** Replies that were confirmed. @param again whether to ask a second time, one by one, where they were not */
  async #sure(requests: readonly Request[], again: boolean, course: Course): Promise<Uint8Array[]> {
    const all = this.#confirmed(requests);
    const window = this.#window;
    try {
      return (await this.#sureOf(all, { ...course, window })).slice(0, requests.length);
    } catch (slip) {
      // Dead, there is nobody to ask.
      if (this.#death !== null || !again) throw slip;
      if (window !== ONE_BY_ONE && ++this.#failures === 2) this.#window = ONE_BY_ONE;
    }
    return (await this.#sureOf(all, { ...course, window: ONE_BY_ONE })).slice(0, requests.length);
  }

  /** A flight behind which the stub is in step, or dead. */
  async #sureOf(requests: readonly Request[], course: Course): Promise<Uint8Array[]> {
    try {
      return await this.#fly(requests, course);
    } catch (slip) {
      this.forgetThread();
      // What went wrong is of more use than that it could not be mended.
      await this.#resynchronise(slip, this.#resync).catch(() => undefined);
      throw slip;
    }
  }

  async #resynchronise(slip: unknown, sentinel: Sentinel | null, course: Course = {}): Promise<void> {
    if (this.#death !== null) throw this.#death;
    const error = slip instanceof RspError ? slip : new RspError('desynchronised', 'asking the stub', String(slip));
    if (sentinel === null) {
      this.die(error);
      throw error;
    }
    this.#suspect = false;
    // The stub may wait for an acknowledgement that it will not get otherwise, and would take nothing else.
    this.#link.ack();
    try {
      await this.#fly([sentinel], { ...course, drain: true, onStray: () => undefined });
    } catch {
      this.die(error);
      throw error;
    }
  }

  async #fly(requests: readonly Request[], course: Course): Promise<Uint8Array[]> {
    if (this.#death !== null) throw this.#death;
    const { request, batch } = this.timeouts;
    const flight = new Flight(this.#link, this.clock, {
      requests,
      window: this.#window,
      patience: request,
      limit: batch,
      drain: false,
      repeats: true,
      onStray: null,
      // What nobody waits for: QEMU 7.2 tells of a stop of its own accord.
      onStop: (data) => this.#strayStop(data),
      onOutput: (data) => {
        this.#events.output(data);
        return false;
      },
      ...course,
    });
    this.#receiver = flight;
    flight.start();
    try {
      return await flight.done;
    } finally {
      if (this.#receiver === flight) this.#receiver = null;
    }
  }

  #packet(data: Uint8Array): void {
    const receiver = this.#receiver;
    if (isStop(data)) {
      if (receiver === null) this.#strayStop(data);
      else receiver.stop(data);
    } else if (isOutput(data)) {
      if (receiver === null) this.#events.output(data);
      else receiver.output(data);
    } else if (isFileRequest(data)) this.#link.packet(NO_FILES);
    else if (receiver === null) this.#suspect = true;
    else receiver.reply(data);
  }

  #garbled(reason: string): void {
    if (this.#receiver !== null) this.#receiver.garbled(reason);
    else this.#suspect = true;
  }

  #strayStop(data: Uint8Array): void {
    if (isExit(data)) this.#events.exit(data);
  }
}
