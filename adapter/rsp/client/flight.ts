import { inWords, type Clock } from './clock.ts';
import { RspError, type RspErrorKind } from './errors.ts';
import type { Link } from './link.ts';
import { inFull, shown } from './replies.ts';
import type { Request, Window } from './request.ts';
import { answers } from './shapes.ts';

/** How often a packet is sent again, or asked for again, before it is given up. */
export const MOST_REPEATS = 3;

/** Whoever waits for packets of the stub. */
export interface Receiver {
  /** A reply that is no stop and no output. */
  reply(data: Uint8Array): void;
  stop(data: Uint8Array): void;
  /** "O" and hex digits. */
  output(data: Uint8Array): void;
  garbled(reason: string): void;
  nack(): void;
  /** Nothing will come any more. */
  fail(error: RspError): void;
}

export interface FlightPlan {
  readonly requests: readonly Request[];
  readonly window: Window;
  /** Milliseconds without a reply, or output that is waited for, after which it is given up. */
  readonly patience: number;
  /** Milliseconds in all. */
  readonly limit: number;
  /** What is garbled is passed over. */
  readonly drain: boolean;
  /** Something garbled may be asked for again: it can be nothing but the reply. */
  readonly repeats: boolean;
  /** Replies that fit no request are passed over, and told here; null: there may be none. */
  readonly onStray: ((data: Uint8Array) => void) | null;
  /** A stop that answers none of the requests. */
  readonly onStop: (data: Uint8Array) => void;
  /** @returns whether it was waited for */
  readonly onOutput: (data: Uint8Array) => boolean;
}

/**
 * Requests on their way, and their replies, which come in the order of the requests: the protocol has no other means to
 * tell to which a reply belongs. The first that cannot belong ends the flight, and nothing of it is delivered.
 */
export class Flight implements Receiver {
  readonly done: Promise<Uint8Array[]>;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #plan: FlightPlan;
  readonly #replies: Uint8Array[] = [];
  readonly #lengths: number[] = [];
  readonly #began: number;
  #resolve: (replies: Uint8Array[]) => void = () => undefined;
  #reject: (error: RspError) => void = () => undefined;
  #cancelTimer: () => void = () => undefined;
  #heard: number;
  #bytesOut = 0;
  #resent = 0;
  #askedAgain = 0;
  #over = false;

  constructor(link: Link, clock: Clock, plan: FlightPlan) {
    this.#link = link;
    this.#clock = clock;
    this.#plan = plan;
    this.#began = this.#heard = clock.now();
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Sends the first requests. */
  start(): void {
    this.#arm();
    this.#fill();
    this.#link.flush();
  }

  reply(data: Uint8Array): void {
    if (this.#over) return;
    const request = this.#plan.requests[this.#replies.length];
    if (request !== undefined && answers(request.shape, data)) this.#took(data);
    else if (this.#plan.onStray !== null) this.#plan.onStray(data);
    else this.#slip(request?.shape.strict === true ? 'desynchronised' : 'malformed', strange(request, data));
  }

  stop(data: Uint8Array): void {
    if (this.#over) return;
    if (this.#plan.requests[this.#replies.length]?.shape.stop === true) this.#took(data);
    else this.#plan.onStop(data);
  }

  output(data: Uint8Array): void {
    if (!this.#over && this.#plan.onOutput(data)) this.#heard = this.#clock.now();
  }

  garbled(reason: string): void {
    if (this.#over) return;
    // Which of several replies it was, the stub cannot know: it would repeat its last.
    const { repeats } = this.#plan;
    if (repeats && this.#link.acknowledges && this.#lengths.length - this.#replies.length === 1) {
      if (this.#askedAgain++ < MOST_REPEATS) {
        this.#link.nack();
        return;
      }
    }
    this.#link.ack();
    if (!this.#plan.drain) this.#slip('malformed', `the answer is garbled: ${reason}`);
  }

  nack(): void {
    if (this.#over) return;
    const request = this.#plan.requests[this.#replies.length];
    const alone = this.#lengths.length - this.#replies.length === 1;
    if (request !== undefined && alone && this.#resent++ < MOST_REPEATS) this.#link.packet(request.packet);
    else this.#slip('malformed', 'the stub says that it cannot read what it is sent');
  }

  fail(error: RspError): void {
    if (this.#over) return;
    this.#end();
    this.#reject(new RspError(error.kind, this.#purpose(), error.reason));
  }

  /** What a stub that is out of step looks like to the user, by the request that is due. */
  #slip(kind: RspErrorKind, reason: string): void {
    this.#end();
    this.#reject(new RspError(kind, this.#purpose(), reason));
  }

  #purpose(): string {
    const { requests } = this.#plan;
    const request = requests[this.#replies.length] ?? requests.at(-1);
    return request === undefined ? 'asking the stub' : inFull(request.purpose);
  }

  #took(data: Uint8Array): void {
    this.#bytesOut -= this.#lengths[this.#replies.length] ?? 0;
    this.#replies.push(data);
    this.#resent = this.#askedAgain = 0;
    this.#heard = this.#clock.now();
    if (this.#replies.length < this.#plan.requests.length) {
      this.#fill();
      return;
    }
    this.#end();
    this.#resolve(this.#replies);
  }

  #fill(): void {
    const { requests, window } = this.#plan;
    for (;;) {
      const next = requests[this.#lengths.length];
      const out = this.#lengths.length - this.#replies.length;
      if (next === undefined || out >= window.packets || (out > 0 && this.#bytesOut >= window.bytes)) return;
      const length = this.#link.packet(next.packet);
      this.#lengths.push(length);
      this.#bytesOut += length;
    }
  }

  #arm(): void {
    const { patience, limit } = this.#plan;
    const now = this.#clock.now();
    const left = Math.min(this.#heard + patience, this.#began + limit) - now;
    this.#cancelTimer = this.#clock.after(Math.max(left, 1), () => this.#look());
  }

  /** Timers are dear, and replies many: the timer is set anew only when it is due. */
  #look(): void {
    const { patience, limit } = this.#plan;
    const now = this.#clock.now();
    if (now - this.#heard >= patience) this.#slip('timeout', `no answer within ${inWords(patience)}`);
    else if (now - this.#began >= limit) this.#slip('timeout', `not finished within ${inWords(limit)}`);
    else this.#arm();
  }

  #end(): void {
    this.#over = true;
    this.#cancelTimer();
  }
}

function strange(request: Request | undefined, data: Uint8Array): string {
  if (request === undefined) return `the stub sent ${shown(data)} without being asked`;
  return `the stub answered ${shown(data)}, not ${request.shape.wants}`;
}
