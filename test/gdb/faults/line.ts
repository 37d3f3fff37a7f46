import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { encodePacket, PacketReader } from '../../../adapter/rsp/packets.ts';
import { KINDS, lied, strikesRequests, type Fault } from './kinds.ts';

/** Milliseconds: within and beyond the half second that sessions here wait for a reply. */
const LATE = 200;
const TOO_LATE = 800;
const OVERTAKEN = 30;
const MEGABYTES = 3 * 1024 * 1024;
const GARBAGE = '\x00noise % $half#zz}*#';
/** Bytes of a reply without an end, a piece every few milliseconds. */
const ENDLESS = Buffer.alloc(4096, '0');
const OFFER = ';QStartNoAckMode+';

/** A packet as it passed. */
export interface Passed {
  readonly text: string;
  /** What the session was doing. */
  readonly step: string;
  /** The request it answers; of a request, itself. */
  readonly request: string;
}

/** The line between a debugger and a stub: packets pass in both directions, and one of them has an accident. */
export class Line {
  readonly requests: Passed[] = [];
  readonly replies: Passed[] = [];
  /** What the session is doing. */
  step = '';
  /** The debugger's side has hung up. */
  left = false;
  /** What the accident happened to; null: it has not happened. */
  victim: Passed | null = null;
  readonly #server: Server;
  readonly #stubPort: number;
  readonly #fault: Fault | null;
  readonly #acks: boolean;
  #debugger: Socket | null = null;
  #stub: Socket | null = null;
  /** What waits until everything is let through again. */
  #held: Buffer[] | null = null;
  #swapped: Buffer | null = null;
  #copy: Buffer | null = null;
  /** Requests whose replies are due. */
  readonly #due: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #dead = false;

  private constructor(server: Server, stubPort: number, fault: Fault | null, acks: boolean) {
    this.#server = server;
    this.#stubPort = stubPort;
    this.#fault = fault;
    this.#acks = acks;
    server.on('connection', (socket) => this.#connected(socket));
  }

  /** @param acks the stub does not offer to do without acknowledgements */
  static async to(stubPort: number, fault: Fault | null, acks: boolean): Promise<Line> {
    // What one side has closed, the other may still use.
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Line(server, stubPort, fault, acks);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#dead = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#debugger?.destroy();
    this.#stub?.destroy();
    this.#server.close();
  }

  #connected(socket: Socket): void {
    if (this.#debugger !== null) {
      socket.destroy();
      return;
    }
    this.#debugger = socket;
    const stub = (this.#stub = connect({ port: this.#stubPort, host: '127.0.0.1', allowHalfOpen: true }));
    for (const one of [socket, stub]) {
      one.setNoDelay(true);
      one.on('error', () => one.destroy());
    }
    const fromDebugger = new PacketReader((event) => {
      if (event.kind === 'packet') this.#request(Buffer.from(event.data));
      else if (event.kind === 'interrupt') stub.write(Buffer.of(3));
      else if (event.kind === 'ack' || event.kind === 'nack') stub.write(event.kind === 'ack' ? '+' : '-');
    });
    const fromStub = new PacketReader((event) => {
      if (event.kind === 'packet') this.#reply(Buffer.from(event.data));
      else if (event.kind === 'ack' || event.kind === 'nack')
        this.#carry(Buffer.from(event.kind === 'ack' ? '+' : '-'));
    });
    socket.on('data', (bytes) => fromDebugger.push(bytes));
    stub.on('data', (bytes) => fromStub.push(bytes));
    // Death of either side is the other's, and half of it half.
    socket.on('end', () => {
      this.left = true;
      stub.end();
    });
    socket.on('close', () => {
      this.left = true;
      stub.destroy();
    });
    stub.on('end', () => socket.end());
    stub.on('close', () => {
      if (!this.#dead) socket.end();
    });
  }

  #request(data: Buffer): void {
    const text = data.toString('latin1');
    const passed = { text, step: this.step, request: text };
    this.requests.push(passed);
    this.#due.push(text);
    const fault = this.#fault;
    if (fault !== null && strikesRequests(fault.kind) && this.requests.length === fault.at) {
      this.victim = passed;
      if (fault.kind === 'request swallowed') this.#carry(encoded(/^[MXPG]/.test(text) ? 'OK' : 'E01'));
      return;
    }
    this.#stub?.write(encodePacket(data));
  }

  #reply(data: Buffer): void {
    const text = data.toString('latin1');
    const isOutput = /^O(?!K)/.test(text);
    const request = (isOutput ? this.#due[0] : this.#due.shift()) ?? '';
    const passed = { text, step: this.step, request };
    this.replies.push(passed);
    const frame = encoded(this.#acks ? text.replace(OFFER, '') : text);
    const copy = this.#copy;
    this.#copy = null;
    if (copy !== null) this.#carry(copy);
    const fault = this.#fault;
    if (fault === null || strikesRequests(fault.kind)) this.#carry(frame);
    else if (KINDS[fault.kind] === 'once' ? this.replies.length === fault.at : this.replies.length >= fault.at) {
      this.victim ??= passed;
      this.#strike(frame, passed, fault);
    } else this.#carry(frame);
  }

  #strike(frame: Buffer, { text, request }: Passed, { kind }: Fault): void {
    const isHex = /^([0-9a-f]{2})+$/.test(text);
    switch (kind) {
      case 'drop':
      case 'silence':
        return;
      case 'late':
      case 'too late':
        this.#held = [frame];
        this.#after(kind === 'late' ? LATE : TOO_LATE, () => {
          const held = this.#held ?? [];
          this.#held = null;
          for (const one of held) this.#carry(one);
        });
        return;
      case 'overtaken':
        this.#after(OVERTAKEN, () => this.#carry(frame));
        return;
      case 'corrupt':
      case 'noise': {
        const at = Math.max(1, frame.length - 4);
        frame[at] = (frame[at] ?? 0) ^ 1;
        this.#carry(frame);
        return;
      }
      case 'lie':
        this.#carry(encoded(lied(text) ?? text));
        return;
      case 'duplicate':
      case 'echo':
        this.#carry(frame);
        this.#carry(frame);
        return;
      case 'duplicate later':
        this.#carry(frame);
        this.#copy = frame;
        return;
      case 'swap':
        this.#swapped = frame;
        return;
      case 'oversize':
        this.#carry(encoded(text.padEnd(MEGABYTES, '0')));
        return;
      case 'longer':
        this.#carry(encoded(isHex ? `${text}00` : `${text}0`));
        return;
      case 'shorter':
        this.#carry(encoded(text.slice(0, isHex ? -2 : -1)));
        return;
      case 'cut':
        this.#carry(frame.subarray(0, frame.length >> 1));
        return;
      case 'refuse':
      case 'refusals':
        this.#carry(encoded('E01'));
        return;
      case 'unreadable':
        this.#carry(overlap(request, this.victim?.request ?? '') ? encoded('E01') : frame);
        return;
      case 'empty':
        this.#carry(encoded(''));
        return;
      case 'stop':
        this.#carry(encoded('T05thread:1;'));
        this.#carry(frame);
        return;
      case 'output':
        this.#carry(encoded(`O${Buffer.from('hello\n').toString('hex')}`));
        this.#carry(frame);
        return;
      case 'garbage':
        this.#carry(Buffer.from(GARBAGE, 'latin1'));
        this.#carry(frame);
        return;
      case 'endless':
        this.#carry(frame.subarray(0, -3));
        this.#held = [];
        this.#flood();
        return;
      case 'close':
        this.#dead = true;
        this.#debugger?.end(frame.subarray(0, frame.length >> 1));
        this.#after(1, () => this.#debugger?.destroy());
        return;
      case 'half-close':
        this.#debugger?.end();
        this.#dead = true;
        return;
      case 'reset':
        this.#dead = true;
        this.#debugger?.resetAndDestroy();
        return;
      case 'request lost':
      case 'request swallowed':
        this.#carry(frame);
    }
  }

  #flood(): void {
    const socket = this.#debugger;
    if (socket === null || !socket.writable || this.#dead) return;
    socket.write(ENDLESS);
    this.#after(5, () => this.#flood());
  }

  #carry(bytes: Buffer): void {
    if (this.#held !== null) {
      this.#held.push(bytes);
      return;
    }
    const socket = this.#debugger;
    if (this.#dead || socket?.writable !== true) return;
    socket.write(bytes);
    const swapped = this.#swapped;
    if (swapped === null || bytes[0] !== 0x24) return;
    this.#swapped = null;
    this.#carry(swapped);
  }

  #after(milliseconds: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

function encoded(text: string): Buffer {
  return Buffer.from(encodePacket(Buffer.from(text, 'latin1')));
}

/** Whether two requests read some of the same bytes. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) =>
    /^m([0-9a-f]+),([0-9a-f]+)$/
      .exec(text)
      ?.slice(1)
      .map((word) => parseInt(word, 16)),
  );
  const [start = 0, length = 0] = a ?? [];
  const [from = 0, size = 0] = b ?? [];
  return start < from + size && from < start + length;
}
