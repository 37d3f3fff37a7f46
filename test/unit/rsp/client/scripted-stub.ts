import type { Transport, TransportListener } from '../../../../adapter/rsp/client/transport.ts';
import { encodePacket, PacketReader } from '../../../../adapter/rsp/packets.ts';

/** A packet's answers: none, one or several; a Buffer is sent as it is, without a frame. */
export type Answer = null | string | Buffer | readonly (string | Buffer)[];
export type Script = (packet: string) => Answer | undefined;

/** What QEMU 7.2 answers to what every client asks. */
export const QEMU: Readonly<Record<string, string>> = {
  'vCont?': 'vCont;c;C;s;S',
  qC: 'QCp01.01',
  QStartNoAckMode: '',
};
const DESCRIPTION = 'l<target><feature name="f"><reg name="x0" bitsize="64"/></feature></target>';
export const QEMU_FEATURES = 'PacketSize=1000;qXfer:features:read+;vContSupported+;multiprocess+';

export interface Manners {
  /**
   * With acknowledgements: `qemu` goes on with the next packet, whether or not its answer was acknowledged; `gdbserver`
   * drops everything until it was.
   */
  readonly acks?: 'qemu' | 'gdbserver';
  readonly features?: string;
}

/** A stub that answers as a script says, in memory. Answers come after `send` has returned. */
export class ScriptedStub implements Transport {
  /** Packets that came, those that were dropped not. */
  readonly packets: string[] = [];
  /** All bytes that came. */
  raw = '';
  closed = false;
  nacks = 0;
  interrupts = 0;
  onInterrupt: () => void = () => undefined;
  /** Called behind the answer that is sent again. */
  onNack: () => void = () => undefined;
  readonly #script: Script;
  readonly #manners: Manners;
  #listener: TransportListener | null = null;
  #acknowledges = true;
  #waits = false;
  #last: Buffer | null = null;
  readonly #reader = new PacketReader((event) => {
    if (event.kind === 'interrupt') {
      this.interrupts++;
      this.onInterrupt();
    } else if (event.kind === 'ack') this.#waits = false;
    else if (event.kind === 'nack') {
      this.nacks++;
      if (this.#last !== null) this.#deliver(this.#last);
      this.onNack();
    } else if (event.kind === 'packet') this.#packet(Buffer.from(event.data).toString('latin1'));
  });

  constructor(script: Script = () => undefined, manners: Manners = {}) {
    this.#script = script;
    this.#manners = manners;
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
  }

  send(bytes: Uint8Array): void {
    if (this.closed) throw new Error('the pipe is broken');
    this.raw += Buffer.from(bytes).toString('latin1');
    this.#reader.push(bytes);
  }

  close(): void {
    this.closed = true;
  }

  /** Says something. */
  say(...answers: readonly (string | Buffer)[]): void {
    for (const answer of answers) {
      const frame = typeof answer === 'string' ? Buffer.from(encodePacket(Buffer.from(answer, 'latin1'))) : answer;
      this.#last = frame;
      this.#waits = this.#acknowledges && frame[0] === 0x24;
      this.#deliver(frame);
    }
  }

  /** The connection breaks. */
  die(reason = 'connection reset'): void {
    this.closed = true;
    this.#listener?.closed(reason);
  }

  #packet(packet: string): void {
    if (this.#waits && this.#acknowledges && this.#manners.acks === 'gdbserver') return;
    this.packets.push(packet);
    if (this.#acknowledges) this.#deliver(Buffer.from('+'));
    const scripted = this.#script(packet);
    const answer = scripted === undefined ? this.#usual(packet) : scripted;
    if (packet === 'QStartNoAckMode' && answer === 'OK') this.#acknowledges = false;
    if (answer === null) return;
    this.say(...(typeof answer === 'string' || Buffer.isBuffer(answer) ? [answer] : answer));
  }

  #usual(packet: string): string {
    if (packet.startsWith('qSupported')) return this.#manners.features ?? QEMU_FEATURES;
    if (packet.startsWith('H')) return 'OK';
    if (packet.startsWith('qXfer:features:read:target.xml:')) return DESCRIPTION;
    return QEMU[packet] ?? '';
  }

  #deliver(bytes: Buffer): void {
    queueMicrotask(() => {
      if (!this.closed) this.#listener?.bytes(bytes);
    });
  }
}

/** A script of answers by packet. */
export function script(answers: Readonly<Record<string, Answer>>): Script {
  return (packet) => (Object.hasOwn(answers, packet) ? answers[packet] : undefined);
}

export const hex = (text: string): string => Buffer.from(text).toString('hex');
