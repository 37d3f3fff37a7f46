import type { Transport, TransportListener } from '../../../../adapter/rsp/client/transport.ts';
import { encodePacket, PacketReader } from '../../../../adapter/rsp/packets.ts';
import { GdbStub } from '../../../../adapter/rsp/stub/stub.ts';
import { FakeTarget } from '../fake-target.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What happens to one packet of the stub, or to one request on its way to it. */
export const FAULTS = [
  'drop',
  /** It and everything behind it come late, within what is waited for, or beyond. */
  'late',
  'too late',
  /** It alone comes late: others overtake it. */
  'overtaken',
  'overtaken by far',
  'corrupt',
  'cut',
  'duplicate',
  /** Its copy comes right before the next one, whose place it could take. */
  'duplicate later',
  'reorder',
  'oversize',
  'garbage before',
  'stop before',
  'kill',
  'request lost',
  'request garbled',
  'request twice',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How the stub acknowledges. `serial` drops what comes before its last answer was acknowledged. */
export type Mode = 'no acks' | 'acks' | 'serial';

const LATE: Partial<Record<Fault, number>> = { late: 2000, 'too late': 7000, overtaken: 30, 'overtaken by far': 7000 };

/** This house's stub in memory, behind a line on which the n-th packet, from 1, has an accident. */
export class FaultyTransport implements Transport {
  readonly target = new FakeTarget();
  /** Packets the stub has sent. */
  sent = 0;
  requests = 0;
  /** What the accident happened to. */
  victim: string | null = null;
  readonly #clock: VirtualClock;
  readonly #mode: Mode;
  readonly #fault: Fault | null;
  readonly #n: number;
  #stub: GdbStub | null = null;
  #listener: TransportListener | null = null;
  #closed = false;
  #unacknowledged = false;
  #noAcks = false;
  /** What waits until everything is let through again. */
  #held: Uint8Array[] | null = null;
  #swapped: Uint8Array | null = null;
  #copy: Uint8Array | null = null;
  readonly #toStub = new PacketReader((event) => {
    if (event.kind === 'interrupt') this.#stub?.receive(Uint8Array.of(3));
    else if (event.kind === 'nack') this.#stub?.receive(Buffer.from('-'));
    else if (event.kind === 'ack') this.#unacknowledged = false;
    else if (event.kind === 'packet') this.#request(event.data);
  });

  constructor(clock: VirtualClock, mode: Mode, fault: Fault | null, n: number) {
    this.#clock = clock;
    this.#mode = mode;
    this.#fault = fault;
    this.#n = n;
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    this.#stub = new GdbStub(
      this.target,
      (bytes) => this.#fromStub(Uint8Array.from(bytes)),
      (error) => {
        throw error;
      },
    );
  }

  send(bytes: Uint8Array): void {
    if (this.#closed) throw new Error('the line is dead');
    this.#toStub.push(bytes);
  }

  close(): void {
    this.#closed = true;
  }

  #request(data: Uint8Array): void {
    if (this.#mode === 'serial' && this.#unacknowledged && !this.#noAcks) return;
    const frame = encodePacket(data);
    const struck = ++this.requests === this.#n;
    if (struck && this.#fault?.startsWith('request') === true) {
      this.victim = Buffer.from(data).toString('latin1');
      if (this.#fault === 'request lost') return;
      if (this.#fault === 'request garbled') frame[frame.length - 1] = 0x7a;
      if (this.#fault === 'request twice') this.#stub?.receive(frame);
    }
    this.#stub?.receive(frame);
  }

  #fromStub(bytes: Uint8Array): void {
    if (bytes[0] !== 0x24) {
      this.#carry(bytes);
      return;
    }
    this.#unacknowledged = true;
    if (this.#copy !== null) this.#carry(this.#copy);
    this.#copy = null;
    const text = Buffer.from(bytes).toString('latin1');
    // Acknowledgements are kept by not offering to do without.
    const offer = text.includes('QStartNoAckMode+') && this.#mode !== 'no acks';
    const frame = offer ? encodePacket(Buffer.from(text.slice(1, -3).replace(';QStartNoAckMode+', ''))) : bytes;
    if (++this.sent === this.#n && this.#fault !== null && !this.#fault.startsWith('request')) {
      this.victim = text.slice(1, -3);
      this.#strike(frame, this.#fault);
    } else this.#carry(frame);
  }

  #strike(frame: Uint8Array, fault: Fault): void {
    const data = frame.subarray(1, -3);
    switch (fault) {
      case 'drop':
        return;
      case 'late':
      case 'too late': {
        const held = (this.#held = [frame]);
        this.#clock.after(LATE[fault] ?? 0, () => {
          this.#held = null;
          for (const one of held) this.#carry(one);
        });
        return;
      }
      case 'overtaken':
      case 'overtaken by far':
        this.#clock.after(LATE[fault] ?? 0, () => this.#carry(frame));
        return;
      case 'corrupt': {
        const broken = frame.slice();
        broken[Math.max(1, frame.length - 4)] = (broken[Math.max(1, frame.length - 4)] ?? 0) ^ 1;
        this.#carry(broken);
        return;
      }
      case 'cut':
        this.#carry(frame.subarray(0, frame.length >> 1));
        return;
      case 'duplicate':
        this.#carry(frame);
        this.#carry(frame);
        return;
      case 'duplicate later':
        this.#carry(frame);
        this.#copy = frame;
        return;
      case 'reorder':
        this.#swapped = frame;
        return;
      case 'oversize':
        this.#carry(encodePacket(Buffer.concat([data, Buffer.alloc(5000, '0')])));
        return;
      case 'garbage before':
        this.#carry(Buffer.from('\x00noise % $half#zz}*#'));
        this.#carry(frame);
        return;
      case 'stop before':
        this.#carry(encodePacket(Buffer.from('T02thread:01;')));
        this.#carry(frame);
        return;
      case 'kill':
        this.#carry(frame.subarray(0, frame.length >> 1));
        queueMicrotask(() => {
          this.#closed = true;
          this.#listener?.closed('the line is dead');
        });
        return;
      default:
        this.#carry(frame);
    }
  }

  #carry(bytes: Uint8Array): void {
    if (this.#held !== null) {
      this.#held.push(bytes);
      return;
    }
    queueMicrotask(() => {
      if (!this.#closed) this.#listener?.bytes(bytes);
    });
    const swapped = this.#swapped;
    if (swapped === null || bytes[0] !== 0x24) return;
    this.#swapped = null;
    this.#carry(swapped);
  }
}
