import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

export interface Counts {
  readonly packets: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** Node tells of every socket that connects: so that what is measured makes its connection as it always does. */
const SOCKETS = 'net.client.socket';
/** Ends the data of a packet, and is nowhere else but in its checksum's place: data escapes it. */
const PACKET_END = 0x23;

/** What goes over a connection, counted while somebody wants to know: outside of what is timed. */
export class Traffic {
  #isCounting = false;
  #packets = 0;
  #bytesOut = 0;
  #bytesIn = 0;

  /** @param connect makes one connection */
  static async of<T>(connect: () => Promise<T>): Promise<{ readonly made: T; readonly traffic: Traffic }> {
    const traffic = new Traffic();
    const watch = (message: unknown): void => traffic.#watch((message as { readonly socket: Socket }).socket);
    subscribe(SOCKETS, watch);
    try {
      return { made: await connect(), traffic };
    } finally {
      unsubscribe(SOCKETS, watch);
    }
  }

  /** What `work` sends and receives. */
  async during(work: () => Promise<unknown>): Promise<Counts> {
    this.#packets = this.#bytesOut = this.#bytesIn = 0;
    this.#isCounting = true;
    try {
      await work();
    } finally {
      this.#isCounting = false;
    }
    return { packets: this.#packets, bytesOut: this.#bytesOut, bytesIn: this.#bytesIn };
  }

  #watch(socket: Socket): void {
    // Connecting puts the plain function back.
    socket.once('connect', () => {
      const write: (bytes: Uint8Array) => boolean = socket.write.bind(socket);
      socket.write = (bytes: Uint8Array): boolean => {
        if (this.#isCounting) this.#sends(bytes);
        return write(bytes);
      };
    });
    // A stub says nothing before it is asked: nothing is lost to this listener.
    socket.on('data', (bytes: Uint8Array) => {
      if (this.#isCounting) this.#bytesIn += bytes.length;
    });
  }

  #sends(bytes: Uint8Array): void {
    this.#bytesOut += bytes.length;
    for (const byte of bytes) if (byte === PACKET_END) this.#packets++;
  }
}
