import assert from 'node:assert/strict';
import { encodePacket, PacketReader } from '../../../adapter/rsp/packets.ts';
import { GdbStub } from '../../../adapter/rsp/stub/stub.ts';
import type { StubTarget } from '../../../adapter/rsp/stub/target.ts';

/** A debugger's side of a connection to a stub, for tests. */
export class Connection {
  readonly stub: GdbStub;
  /** What came: packets' data, "+", "-". */
  readonly received: string[] = [];
  #wake: () => void = () => undefined;

  constructor(target: StubTarget) {
    const reader = new PacketReader((event) => {
      if (event.kind === 'packet') this.received.push(Buffer.from(event.data).toString('latin1'));
      else this.received.push(event.kind === 'ack' ? '+' : event.kind === 'nack' ? '-' : event.kind);
      this.#wake();
    });
    this.stub = new GdbStub(
      target,
      (bytes) => reader.push(bytes),
      (error) => {
        throw error;
      },
    );
  }

  send(data: string): void {
    this.stub.receive(encodePacket(Buffer.from(data, 'latin1')));
  }

  /** What a packet is answered at once. */
  ask(data: string): string {
    const before = this.received.length;
    this.send(data);
    const answers = this.received.slice(before).filter((one) => one !== '+');
    assert.equal(answers.length, 1, `${data}: ${answers.join(' | ')}`);
    return answers[0] as string;
  }

  /** The next stop reply, of a run or step. */
  async go(data: string): Promise<string> {
    const before = this.received.length;
    this.send(data);
    for (;;) {
      const stop = this.received.slice(before).find((one) => /^[TW]/.test(one));
      if (stop !== undefined) return stop;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
