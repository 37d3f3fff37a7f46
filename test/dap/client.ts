import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { GicCommand, GicRequests } from '../../adapter/protocol.ts';

const ADAPTER = fileURLToPath(new URL('../../adapter/main.ts', import.meta.url));
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A recording among the test data. */
export function vector(name: string): string {
  return fileURLToPath(new URL(`../data/vectors/${name}`, import.meta.url));
}

export const SCENARIO = vector('kvm-4.10-scenario-v2-bringup-spi-level.jsonl');
export const TWO_CPUS = vector('kvm-4.10-scenario-v2-sgi-two-cpus.jsonl');
export const ZIPPED = vector('kvm-4.10-v2-c2-s96.jsonl.gz');
export const V3 = vector('kvm-4.10-scenario-v3-bringup-redist-ppi.jsonl');

/** How long anything may take here: a hung adapter fails its test instead of the whole run. */
const PATIENCE_MS = 20_000;

type Message = DebugProtocol.ProtocolMessage;

/** Starts the adapter as VS Code does. */
export function startAdapter(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', ADAPTER, ...args], { cwd: ROOT, stdio: 'pipe' });
}

/** A DAP client: requests with their answers, events in their order. */
export class DapClient {
  readonly #write: (bytes: Buffer) => void;
  readonly #close: () => void;
  readonly #pending = new Map<number, (response: DebugProtocol.Response) => void>();
  readonly #listeners = new Set<() => void>();
  /** Everything that came in, in order. */
  readonly messages: Message[] = [];
  /** Events not yet waited for. */
  #events: DebugProtocol.Event[] = [];
  #data = Buffer.alloc(0);
  #seq = 1;
  closed = false;
  stderr = '';

  private constructor(input: NodeJS.ReadableStream, write: (bytes: Buffer) => void, close: () => void) {
    this.#write = write;
    this.#close = close;
    input.on('data', (chunk: Buffer) => this.#receive(chunk));
    input.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    input.on('error', () => {});
  }

  /** Over the standard streams of an adapter of its own. */
  static spawn(): DapClient {
    const child = startAdapter();
    const { stdin, stdout, stderr } = child;
    assert(stdin && stdout && stderr);
    stdin.on('error', () => {});
    const client = new DapClient(
      stdout,
      (bytes) => stdin.write(bytes),
      () => child.kill('SIGKILL'),
    );
    stderr.on('data', (chunk: Buffer) => (client.stderr += chunk.toString()));
    return client;
  }

  /** Over a connection to a running adapter. */
  static async connect(port: number): Promise<DapClient> {
    const socket: Socket = await new Promise((resolve, reject) => {
      const opened = connect(port, '127.0.0.1', () => resolve(opened));
      opened.on('error', reject);
    });
    return new DapClient(
      socket,
      (bytes) => socket.write(bytes),
      () => socket.destroy(),
    );
  }

  /** Sends bytes as they are. */
  raw(text: string | Buffer): void {
    this.#write(Buffer.from(text));
  }

  sendMessage(message: unknown): void {
    const json = JSON.stringify(message);
    this.raw(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
  }

  /** Sends a request and answers its response, whether it succeeded or not. */
  ask(command: string, args?: unknown): Promise<DebugProtocol.Response> {
    return this.send(command, args).response;
  }

  /** The same, with the number it was sent under. */
  send(command: string, args?: unknown): { seq: number; response: Promise<DebugProtocol.Response> } {
    const seq = this.#seq++;
    const response = new Promise<DebugProtocol.Response>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${command}: ${this.stderr}`)), PATIENCE_MS);
      this.#pending.set(seq, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
    this.sendMessage({ seq, type: 'request', command, ...(args === undefined ? {} : { arguments: args }) });
    return { seq, response };
  }

  /** Sends a request that has to succeed, and answers its body. */
  async request<T = Record<string, never>>(command: string, args?: unknown): Promise<T> {
    const response = await this.ask(command, args);
    assert(response.success, `${command}: ${response.message ?? 'failed'}`);
    return response.body as T;
  }

  /** A custom request, typed. */
  gic<C extends GicCommand>(command: C, args: GicRequests[C]['arguments']): Promise<GicRequests[C]['response']> {
    return this.request(command, args);
  }

  /** Sends a request that has to fail, and answers why. */
  async refused(command: string, args?: unknown): Promise<string> {
    const response = await this.ask(command, args);
    assert(!response.success, `${command} should have been refused`);
    return response.message ?? '';
  }

  /** The next event of a name: one that came since the last wait for it, or one to come. */
  async event<E extends DebugProtocol.Event = DebugProtocol.Event>(name: string): Promise<E> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const at = this.#events.findIndex(({ event }) => event === name);
      if (at >= 0) return this.#events.splice(at, 1)[0] as E;
      assert(!this.closed, `the adapter has gone while "${name}" was waited for: ${this.stderr}`);
      assert(Date.now() < deadline, `no event "${name}"`);
      await this.#change(deadline - Date.now());
    }
  }

  stoppedEvent(): Promise<DebugProtocol.StoppedEvent> {
    return this.event('stopped');
  }

  /** Events of a name that have come and were not waited for. */
  events(name: string): DebugProtocol.Event[] {
    return this.#events.filter(({ event }) => event === name);
  }

  forgetEvents(): void {
    this.#events = [];
  }

  /** initialize and launch, up to the breakpoints. */
  async launch(program: string, options: Record<string, unknown> = {}): Promise<void> {
    await this.initialize();
    await this.request('launch', { program, ...options });
    await this.event('initialized');
  }

  initialize(): Promise<DebugProtocol.Capabilities> {
    return this.request('initialize', {
      adapterID: 'gic',
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: 'path',
      supportsInvalidatedEvent: true,
      supportsMemoryEvent: true,
      supportsProgressReporting: true,
    });
  }

  /** Everything up to the stop at the first entry. */
  async start(program: string, options: Record<string, unknown> = {}): Promise<DebugProtocol.StoppedEvent> {
    await this.launch(program, options);
    await this.request('configurationDone');
    return this.stoppedEvent();
  }

  /** A run control request, and the stop it leads to. */
  async go(command: string): Promise<DebugProtocol.StoppedEvent> {
    await this.request(command, { threadId: 1 });
    return this.stoppedEvent();
  }

  /** The frame of a thread. */
  async frame(threadId: number): Promise<DebugProtocol.StackFrame> {
    const { stackFrames } = await this.request<{ stackFrames: DebugProtocol.StackFrame[] }>('stackTrace', { threadId });
    const [frame] = stackFrames;
    assert(frame);
    return frame;
  }

  /** Variables of a scope whose name begins so, or of a path below it. */
  async variables(frameId: number, scope: string, ...path: string[]): Promise<DebugProtocol.Variable[]> {
    const { scopes } = await this.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId });
    let reference = scopes.find(({ name }) => name.startsWith(scope))?.variablesReference;
    assert(reference !== undefined, `no scope ${scope} among ${scopes.map(({ name }) => name).join(', ')}`);
    for (const name of path) {
      const children = await this.children(reference);
      const child = children.find((one) => one.name === name);
      assert(child, `no ${name} among ${children.map((one) => one.name).join(', ')}`);
      reference = child.variablesReference;
    }
    return this.children(reference);
  }

  async children(variablesReference: number): Promise<DebugProtocol.Variable[]> {
    return (await this.request<{ variables: DebugProtocol.Variable[] }>('variables', { variablesReference })).variables;
  }

  async evaluate(expression: string, context = 'watch'): Promise<string> {
    return (await this.request<{ result: string }>('evaluate', { expression, context })).result;
  }

  setBreakpoints(path: string, ...breakpoints: DebugProtocol.SourceBreakpoint[]): Promise<DebugProtocol.Breakpoint[]> {
    return this.request<{ breakpoints: DebugProtocol.Breakpoint[] }>('setBreakpoints', {
      source: { path },
      breakpoints,
    }).then((body) => body.breakpoints);
  }

  stop(): void {
    this.#close();
  }

  #receive(chunk: Buffer): void {
    this.#data = Buffer.concat([this.#data, chunk]);
    for (;;) {
      const end = this.#data.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#data.toString('utf8', 0, end))?.[1]);
      if (this.#data.length < end + 4 + length) return;
      const message = JSON.parse(this.#data.toString('utf8', end + 4, end + 4 + length)) as Message;
      this.#data = this.#data.subarray(end + 4 + length);
      this.#take(message);
    }
  }

  #take(message: Message): void {
    this.messages.push(message);
    if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      this.#pending.get(response.request_seq)?.(response);
      this.#pending.delete(response.request_seq);
    } else if (message.type === 'event') this.#events.push(message as DebugProtocol.Event);
    this.#wake();
  }

  #wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #change(patience: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, patience));
      this.#listeners.add(done);
    });
  }
}

/** Runs a test with a client that is gone afterwards, whatever happens. */
export async function withClient(run: (client: DapClient) => Promise<void>): Promise<void> {
  const client = DapClient.spawn();
  try {
    await run(client);
  } finally {
    client.stop();
  }
}
