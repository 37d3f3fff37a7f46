import { toLatin1 } from '../hex.ts';
import { systemClock, type Clock } from './clock.ts';
import { Dialogue, type ExchangeOptions } from './dialogue.ts';
import { bytesOf, type ByteOrder } from './digits.ts';
import { RspError } from './errors.ts';
import type { Features } from './features.ts';
import { shakeHands } from './handshake.ts';
import { Memory } from './memory.ts';
import { monitor } from './monitor.ts';
import { TIMEOUTS, type Timeouts } from './options.ts';
import { refusalOf } from './replies.ts';
import type { Request } from './request.ts';
import { Registers } from './registers.ts';
import { RunControl } from './run-control.ts';
import { ANY, HEX, OK, type Shape } from './shapes.ts';
import { parseStop, type StopReply } from './stop-reply.ts';
import { Stops } from './stops.ts';
import { Threads } from './threads.ts';
import type { Transport } from './transport.ts';

export interface RspClientOptions {
  /** Those that are not given are TIMEOUTS. */
  readonly timeouts?: Partial<Timeouts>;
  readonly clock?: Clock;
  /** Of registers and exact accesses; little-endian unless given. */
  readonly byteOrder?: ByteOrder;
  /** The target stopped, or is gone. */
  readonly onStop?: (stop: StopReply) => void;
  /** The target, or the stub, has something to say. */
  readonly onOutput?: (text: string) => void;
  /** The connection ended, or was given up: the reason of everything that fails from now on. */
  readonly onClosed?: (error: RspError) => void;
}

/**
 * GDB's side of the remote serial protocol, all-stop, over any transport. What a stub may not be trusted with is its
 * answers: they come late, twice, garbled or not at all; a value that is delivered was shown to belong to its request.
 * Nothing here waits without bounds, but a run without a limit. All that fails throws RspError.
 */
export class RspClient {
  readonly features: Features;
  readonly memory: Memory;
  readonly registers: Registers;
  readonly threads: Threads;
  readonly stops: Stops;
  readonly run: RunControl;
  readonly #dialogue: Dialogue;

  private constructor(dialogue: Dialogue, features: Features, order: ByteOrder, events: ClientEvents) {
    this.#dialogue = dialogue;
    this.features = features;
    this.memory = new Memory(dialogue, order);
    this.registers = new Registers(dialogue, features, order);
    this.threads = new Threads(dialogue, features);
    this.stops = new Stops(dialogue);
    this.run = new RunControl(dialogue, features, order, events);
  }

  /** Greets the stub and finds out what it can do. @throws RspError; the transport is closed then */
  static async connect(transport: Transport, options: RspClientOptions = {}): Promise<RspClient> {
    const order = options.byteOrder ?? 'little';
    const events = new ClientEvents(options, order);
    const timeouts = { ...TIMEOUTS, ...options.timeouts };
    const dialogue = new Dialogue(transport, options.clock ?? systemClock, timeouts, events);
    try {
      const features = await dialogue.exclusive('connecting to the stub', () => shakeHands(dialogue));
      return new RspClient(dialogue, features, order, events);
    } catch (error) {
      dialogue.die(error instanceof RspError ? error : new RspError('closed', 'connecting to the stub', String(error)));
      throw error;
    }
  }

  /** Requests are sent ahead of their replies. */
  get pipelined(): boolean {
    return this.#dialogue.pipelined;
  }

  /**
   * Any packet with one reply, which is neither a stop nor output.
   * @param packet its data, a character a byte
   * @param purpose for error messages: what it is for
   * @returns the reply, a character a byte
   */
  request(packet: string, purpose: string, shape: Shape = ANY, options: ExchangeOptions = {}): Promise<string> {
    return this.#dialogue.exclusive(purpose, async () => {
      try {
        return toLatin1(await this.#dialogue.ask({ packet, shape, purpose }, { once: true, ...options }));
      } finally {
        if (packet.startsWith('H')) this.#dialogue.forgetThread();
      }
    });
  }

  /** Many packets, sent ahead of their replies where that is safe. @returns replies in their order, errors too */
  batch(requests: readonly Request[], options: ExchangeOptions = {}): Promise<readonly Uint8Array[]> {
    const purpose = `asking the stub ${requests.length} things`;
    return this.#dialogue.exclusive(purpose, () => this.#dialogue.exchange(requests, options));
  }

  /** A command for the stub itself, as GDB's `monitor`. @returns what it says */
  monitor(command: string): Promise<string> {
    return monitor(this.#dialogue, command);
  }

  /** Leaves the target, which runs on, and closes. @param process of a stub with several; null: all there is */
  async detach(process: number | null = null): Promise<void> {
    const packet = process === null ? 'D' : `D;${process.toString(16)}`;
    await this.#leave(packet, 'detaching from the target');
  }

  /** Ends the target, and closes. @param process of a stub with several; null: all there is */
  async kill(process: number | null = null): Promise<void> {
    const packet = process === null ? 'k' : `vKill;${process.toString(16)}`;
    await this.#leave(packet, 'ending the target');
  }

  /** Closes at once; the stub does with the target as it likes. What is under way fails as closed. */
  close(): void {
    this.#dialogue.die(new RspError('closed', 'talking to the stub', 'the connection was closed'));
  }

  async #leave(packet: string, purpose: string): Promise<void> {
    try {
      // A target that executes takes no packets.
      await this.run.interrupt();
      await this.#dialogue.exclusive(purpose, async () => {
        // Nobody answers k.
        if (packet === 'k') {
          this.#dialogue.resend(packet);
          return;
        }
        const { request: patience } = this.#dialogue.timeouts;
        // Nothing may be sent behind it: QEMU would stop again.
        const reply = await this.#dialogue.askAlone(
          { packet, shape: OK, purpose },
          { patience, limit: patience },
          false,
        );
        const refusal = refusalOf(reply, purpose);
        if (refusal !== null) throw refusal;
      });
    } finally {
      this.close();
    }
  }
}

/** What happens without being asked for, told when the client is done with it: whoever listens may ask at once. */
class ClientEvents {
  readonly #options: RspClientOptions;
  readonly #order: ByteOrder;
  readonly #decoder = new TextDecoder();

  constructor(options: RspClientOptions, order: ByteOrder) {
    this.#options = options;
    this.#order = order;
  }

  stopped(stop: StopReply): void {
    queueMicrotask(() => this.#options.onStop?.(stop));
  }

  exit(data: Uint8Array): void {
    this.stopped(parseStop(data, this.#order));
  }

  output(data: Uint8Array): void {
    const digits = data.subarray(1);
    if (!HEX.fits(digits)) return;
    const text = this.#decoder.decode(bytesOf(digits), { stream: true });
    queueMicrotask(() => this.#options.onOutput?.(text));
  }

  death(error: RspError): void {
    queueMicrotask(() => this.#options.onClosed?.(error));
  }
}
