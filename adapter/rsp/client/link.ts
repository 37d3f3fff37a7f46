import { PacketReader, PacketWriter, type RspEvent } from '../packets.ts';
import type { Transport } from './transport.ts';

const ACK = 0x2b;
const NACK = 0x2d;
const INTERRUPT = 0x03;

/** Bytes of the longest reply taken: no stub has that much to say in one packet. */
export const MAX_REPLY = 1024 * 1024;

export interface LinkListener {
  /** A packet, already acknowledged. */
  packet(data: Uint8Array): void;
  /** A packet that cannot be taken; whether to ask for it again is the listener's to decide. */
  garbled(reason: string): void;
  /** The stub could not take what was sent last. */
  nack(): void;
  closed(reason: string): void;
}

/**
 * Packets over a transport. What is to be sent is collected until `flush`, and flushed at the end of what came: a reply
 * is acknowledged, and the next request sent, in one piece.
 */
export class Link {
  readonly #transport: Transport;
  readonly #listener: LinkListener;
  readonly #writer = new PacketWriter();
  readonly #reader = new PacketReader((event) => this.#take(event), MAX_REPLY);
  readonly #incoming: Uint8Array[] = [];
  #working = false;
  #acknowledges = true;
  #closed = false;

  constructor(transport: Transport, listener: LinkListener) {
    this.#transport = transport;
    this.#listener = listener;
    transport.listen({ bytes: (bytes) => this.#receive(bytes), closed: (reason) => this.#end(reason) });
  }

  get acknowledges(): boolean {
    return this.#acknowledges;
  }

  /** From now on packets are acknowledged by neither side. */
  stopAcknowledging(): void {
    this.#acknowledges = false;
  }

  /** @returns bytes it takes */
  packet(data: string): number {
    return this.#writer.frame(data);
  }

  /** Says that what the stub may have sent last is taken, so that it waits no longer. */
  ack(): void {
    if (this.#acknowledges) this.#writer.byte(ACK);
  }

  /** Asks for the last packet again. */
  nack(): void {
    if (this.#acknowledges) this.#writer.byte(NACK);
  }

  interrupt(): void {
    this.#writer.byte(INTERRUPT);
  }

  flush(): void {
    if (!this.#working) this.#work();
  }

  /** Nothing is sent or heard any more. */
  close(): void {
    this.#closed = true;
    this.#transport.close();
  }

  #receive(bytes: Uint8Array): void {
    this.#incoming.push(bytes);
    if (!this.#working) this.#work();
  }

  /** A transport in memory may answer within `send`: what comes while something is read or sent waits for its turn. */
  #work(): void {
    this.#working = true;
    try {
      while (!this.#closed) {
        const next = this.#incoming.shift();
        if (next !== undefined) this.#reader.push(next);
        else if (this.#writer.length > 0) this.#send(this.#writer.take());
        else break;
      }
    } finally {
      this.#working = false;
    }
  }

  #send(bytes: Uint8Array): void {
    try {
      this.#transport.send(bytes);
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  #take(event: RspEvent): void {
    if (this.#closed) return;
    switch (event.kind) {
      case 'packet':
        this.ack();
        this.#listener.packet(event.data);
        return;
      case 'garbled':
        if (event.of === 'packet') this.#listener.garbled(event.reason);
        return;
      case 'nack':
        if (this.#acknowledges) this.#listener.nack();
        return;
      case 'ack':
      case 'interrupt':
      case 'notification':
      // A reply says all that its acknowledgement does; notifications are for what was not asked for.
    }
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.closed(reason);
  }
}
