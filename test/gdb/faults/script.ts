import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DescribeResponse, IrqsResponse, ReadResponse, WriteResponse } from '../../../adapter/protocol.ts';
import { serveGdb } from '../../../adapter/serve/listen.ts';
import { DapClient } from '../../dap/client.ts';
import { GUEST, waitingGuest } from './guest.ts';
import type { Fault } from './kinds.ts';
import { Line } from './line.ts';
import { Truth } from './truth.ts';

/** Seconds that a session here waits for a reply. */
const TIMEOUT = 0.5;
/** Milliseconds in which everything has to come to an end: an interrupt that nobody hears takes five seconds alone. */
const BOUND = 9000;
/** Milliseconds after which a step to an access that does not come is paused. */
const PATIENCE = 2500;
const INTID = 33;
const EDITED = 0x48;
/** Of the priority of INTID 33 in GICD_IPRIORITYR8, as packets have it. */
const EDITED_PLACE = '8000421,';

export interface SessionOptions {
  readonly fault: Fault | null;
  readonly acks: boolean;
  /** Connects to the adapter. */
  readonly adapter: () => Promise<DapClient>;
}

/** What came of a session. */
export interface Outcome {
  readonly line: Line;
  /** What must not be. */
  readonly complaints: readonly string[];
  /** What did not succeed, and said so. */
  readonly failures: readonly string[];
  /** It went its way to the end without a failure. */
  readonly whole: boolean;
}

/** A debug session of a simulated guest behind a line that may have an accident, and what is to be said against it. */
export async function session({ fault, acks, adapter }: SessionOptions): Promise<Outcome> {
  const guest = await waitingGuest();
  const server = await serveGdb(guest, 0);
  const line = await Line.to(server.port, fault, acks);
  const client = await adapter();
  const script = new Script(client, line, new Truth(guest));
  try {
    await script.run();
  } finally {
    client.stop();
    line.close();
    await server.close();
  }
  const { complaints, failures } = script;
  return { line, complaints, failures, whole: failures.length === 0 };
}

class Script {
  readonly complaints: string[] = [];
  readonly failures: string[] = [];
  readonly #client: DapClient;
  readonly #line: Line;
  readonly #truth: Truth;
  #about: DescribeResponse | null = null;

  constructor(client: DapClient, line: Line, truth: Truth) {
    this.#client = client;
    this.#line = line;
    this.#truth = truth;
  }

  async run(): Promise<void> {
    const attached = await this.#attach();
    if (attached) {
      await this.#irqs('irqs');
      await this.#read('read');
      await this.#edit();
      await this.#step();
      await this.#step();
      await this.#stack();
      await this.#irqs('irqs behind the step');
      await this.#freely();
      await this.#read('read behind the pause');
      await this.#assertEnd();
    }
    await this.#leave();
    // However its answer was lost: it may have been made.
    const writes = this.#line.requests.filter(({ text }) => /^[MX]/.test(text) && text.includes(EDITED_PLACE)).length;
    if (writes > 1) this.complaints.push(`the edit was sent ${writes} times`);
  }

  async #attach(): Promise<boolean> {
    this.#line.step = 'attach';
    await this.#client.initialize();
    const target = `127.0.0.1:${this.#line.port}`;
    if ((await this.#ask('attach', { target, timeout: TIMEOUT, program: GUEST })) === null) return false;
    if (!(await this.#event('initialized'))) return true;
    await this.#ask('configurationDone');
    await this.#event('stopped');
    return true;
  }

  /** The table of interrupts: none may be shown as what it is not. */
  async #irqs(step: string): Promise<void> {
    this.#line.step = step;
    const irqs = await this.#ask<IrqsResponse>('gic/irqs', {});
    if (irqs !== null) this.#wrong(this.#truth.wrongRows(irqs.rows));
  }

  /** All registers: likewise. */
  async #read(step: string): Promise<void> {
    this.#line.step = step;
    this.#about ??= await this.#ask<DescribeResponse>('gic/describe', {});
    if (this.#about === null) return;
    const read = await this.#ask<ReadResponse>('gic/read', { frames: this.#about.frames.map(({ id }) => id) });
    if (read !== null) this.#wrong(this.#truth.wrongValues(this.#about, read.values));
  }

  async #edit(): Promise<void> {
    this.#line.step = 'edit';
    const before = this.#truth.priority(INTID);
    const request = { target: `irq(${INTID}).priority`, value: String(EDITED) };
    const edit = await this.#ask<WriteResponse>('gic/write', request);
    const now = this.#truth.priority(INTID);
    if (edit !== null) {
      const success = edit.ok && edit.verdict === 'applied';
      if (success && now !== EDITED) this.#wrong([`the edit was applied, and the guest has 0x${now.toString(16)}`]);
      if (!success && now !== before) this.#wrong([`the edit was ${edit.verdict}, and the guest has it`]);
      if (!success) this.failures.push(`edit: ${edit.problems.map(({ message }) => message).join(' ')}`);
    }
    this.#line.step = 'evaluate';
    const shown = await this.#ask<{ result: string }>('evaluate', {
      expression: `GICD_IPRIORITYR[${INTID}]`,
      context: 'watch',
    });
    if (shown !== null && Number(shown.result) !== now)
      this.#wrong([`the priority is ${now}, shown as ${shown.result}`]);
  }

  async #step(): Promise<void> {
    this.#line.step = 'step';
    // A target that makes no access runs on, and so does one whose stop was lost: a pause is the user's to ask for.
    const timer = setTimeout(() => void this.#client.ask('pause', { threadId: 1 }), PATIENCE);
    const done = await this.#ask('gic/step', { direction: 'forward' });
    clearTimeout(timer);
    if (done !== null) await this.#event('stopped');
    await this.#ask('gic/journal', { start: 0, count: 100 });
  }

  async #stack(): Promise<void> {
    this.#line.step = 'stack';
    const stack = await this.#ask<{ stackFrames: DebugProtocol.StackFrame[] }>('stackTrace', { threadId: 1 });
    const pc = stack?.stackFrames[0]?.instructionPointerReference;
    if (pc !== undefined && BigInt(pc) !== this.#truth.pc(0)) {
      this.#wrong([`vCPU 0 is at 0x${this.#truth.pc(0).toString(16)}, shown at ${pc}`]);
    }
  }

  /** Runs for a while, and is stopped. */
  async #freely(): Promise<void> {
    this.#line.step = 'run';
    if ((await this.#ask('continue', { threadId: 1 })) === null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
    // It may have stopped of itself meanwhile, where the stub said so.
    if ((await this.#ask('pause', { threadId: 1 })) !== null || this.#client.events('stopped').length > 0) {
      await this.#event('stopped');
    }
  }

  async #leave(): Promise<void> {
    this.#line.step = 'disconnect';
    await this.#ask('disconnect', {});
    const began = Date.now();
    while (!this.#client.closed && Date.now() - began < BOUND) await new Promise((resolve) => setTimeout(resolve, 5));
    if (!this.#client.closed) this.complaints.push('the adapter does not hang up behind "disconnect"');
    if (this.#client.stderr !== '') this.complaints.push(`standard error: ${this.#client.stderr}`);
  }

  /** A connection that was given up is told, once, and why. */
  async #assertEnd(): Promise<void> {
    // What the adapter does is told on one connection before it is seen on the other, or behind it.
    for (let n = 0; n < 50 && this.#line.left !== this.#client.events('terminated').length > 0; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const said = this.#client.messages.filter((one) => one.type === 'event') as DebugProtocol.Event[];
    const ends = said.filter(({ event }) => event === 'terminated').length;
    const at = said.findIndex(({ event }) => event === 'terminated');
    if (this.#line.left && ends === 0) this.complaints.push('the connection is over, and nobody says so');
    if (ends > 1) this.complaints.push(`"terminated" came ${ends} times`);
    if (at < 0) return;
    if (!this.#line.left) this.complaints.push('"terminated" came, and the connection stands');
    const reasons = said.slice(0, at).filter(({ event, body }) => {
      return event === 'output' && (body as DebugProtocol.OutputEvent['body']).category === 'important';
    });
    if (reasons.length === 0) this.complaints.push('"terminated" came without a reason');
    if (said.slice(at).some(({ event }) => event === 'stopped')) this.complaints.push('a stop came behind the end');
  }

  /** The body of a response; null where it failed, and said why. */
  async #ask<T = object>(command: string, args?: unknown): Promise<T | null> {
    const began = Date.now();
    const response = await this.#client.ask(command, args);
    const took = Date.now() - began;
    if (took > BOUND) this.complaints.push(`${command} took ${took} ms`);
    if (response.success) return (response.body ?? {}) as T;
    const { message = '' } = response;
    const text = (response.body as { error?: { variables?: { reason?: string } } }).error?.variables?.reason ?? '';
    if (message === '' || text.startsWith('internal error')) this.complaints.push(`${command}: ${text}`);
    this.failures.push(`${command}: ${message}`);
    return null;
  }

  /** Waits for an event. @returns false where the session ended, or it did not come */
  async #event(name: string): Promise<boolean> {
    const began = Date.now();
    for (;;) {
      if (this.#client.events(name).length > 0) {
        const event = await this.#client.event(name);
        const { reason, text } = (event.body ?? {}) as { reason?: string; text?: string };
        if (reason === 'pause' && text !== undefined) this.failures.push(`stopped: ${text}`);
        return true;
      }
      if (this.#client.events('terminated').length > 0) return false;
      if (Date.now() - began > BOUND) {
        this.complaints.push(`"${name}" does not come (${this.#line.step})`);
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  #wrong(wrong: readonly string[]): void {
    if (wrong.length === 0) return;
    const more = wrong.length > 3 ? `, and ${wrong.length - 3} more` : '';
    this.complaints.push(`${this.#line.step}: ${wrong.slice(0, 3).join('; ')}${more}`);
  }
}
