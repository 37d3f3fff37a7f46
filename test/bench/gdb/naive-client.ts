import { connectTo } from '../../../adapter/guest/gdb/transport.ts';
import type { FrameRead } from '../../../adapter/guest/gdb/frame-access.ts';
import type { Transport } from '../../../adapter/rsp/client/transport.ts';

/** The least that reads registers: a packet, its answer, the next packet. Checks nothing. */
export class NaiveClient {
  readonly #transport: Transport;
  #heard = '';
  #answered: (data: string) => void = () => undefined;

  private constructor(transport: Transport) {
    this.#transport = transport;
    transport.listen({ bytes: (bytes) => this.#hear(bytes), closed: (reason) => this.#answered(`closed: ${reason}`) });
  }

  static async connect(port: number): Promise<NaiveClient> {
    return new NaiveClient(await connectTo({ kind: 'tcp', host: '127.0.0.1', port }, 0));
  }

  /** @param packet without anything that needs an escape */
  ask(packet: string): Promise<string> {
    let sum = 0;
    for (let i = 0; i < packet.length; i++) sum += packet.charCodeAt(i);
    const checksum = (sum & 0xff).toString(16).padStart(2, '0');
    return new Promise((resolve) => {
      this.#answered = resolve;
      // What acknowledges the last answer goes with the next packet.
      this.#transport.send(Buffer.from(`+$${packet}#${checksum}`, 'latin1'));
    });
  }

  /** @returns values, in the bytes' order; what the stub says instead of one, as it is */
  async read(reads: readonly FrameRead[]): Promise<readonly string[]> {
    const answers: string[] = [];
    for (const { address, width } of reads) answers.push(await this.ask(`m${address.toString(16)},${width}`));
    return answers;
  }

  close(): void {
    this.#transport.close();
  }

  #hear(bytes: Uint8Array): void {
    this.#heard += Buffer.from(bytes).toString('latin1');
    const answer = /\$([^#]*)#../.exec(this.#heard)?.[1];
    if (answer === undefined) return;
    this.#heard = '';
    this.#answered(answer);
  }
}
