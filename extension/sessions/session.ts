import type { ChangedEvent, DescribeResponse, GicCommand, GicRequests } from '../../adapter/protocol.ts';

/** The part of `vscode.DebugSession` a session needs. */
export interface SessionPort {
  readonly id: string;
  readonly name: string;
  customRequest(command: string, args?: unknown): PromiseLike<unknown>;
}

export type SessionState = 'starting' | 'stopped' | 'running' | 'ended';

/** A request that did not succeed: the message is for the user. */
export class GicRequestError extends Error {
  override readonly name = 'GicRequestError';
}

/** How long an answer may take. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** Going to a matching access may replay a whole recording. */
export const STEP_TIMEOUT_MS = 600_000;

/**
 * One debug session of type `gic`. Requests go to this session and no other, and always settle: by an answer, by the
 * session's end, or by a time-out.
 */
export class GicSession {
  readonly id: string;
  readonly #port: SessionPort;
  readonly #abort = new Set<(reason: GicRequestError) => void>();
  readonly #timeout: number;
  #describe: Promise<DescribeResponse> | undefined;
  #state: SessionState = 'starting';
  #endReason = 'the debug session has ended';
  #change: ChangedEvent | undefined;

  constructor(port: SessionPort, timeout: number = REQUEST_TIMEOUT_MS) {
    this.id = port.id;
    this.#port = port;
    this.#timeout = timeout;
  }

  /** The session's name as VS Code shows it. */
  get name(): string {
    return this.#port.name;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Version of the controller's state; 0 before the first event. */
  get version(): number {
    return this.#change?.version ?? 0;
  }

  /** Position in the journal; undefined before the first event. */
  get position(): number | undefined {
    return this.#change?.position;
  }

  /** Sends a custom request to this session's adapter. Rejects with a readable {@link GicRequestError}. */
  request<C extends GicCommand>(
    command: C,
    args: GicRequests[C]['arguments'],
    timeout: number = command === 'gic/step' ? STEP_TIMEOUT_MS : this.#timeout,
  ): Promise<GicRequests[C]['response']> {
    if (this.#state === 'ended') return Promise.reject(this.#error(command, this.#endReason));
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#abort.delete(fail);
      };
      const fail = (error: GicRequestError): void => {
        settle();
        reject(error);
      };
      const timer = setTimeout(() => fail(this.#error(command, `no answer within ${timeout / 1000} s`)), timeout);
      this.#abort.add(fail);
      // customRequest throws where the session is already gone, and rejects where the adapter refuses.
      Promise.resolve()
        .then(() => this.#port.customRequest(command, args))
        .then(
          (body) => {
            settle();
            resolve(body as GicRequests[C]['response']);
          },
          (reason: unknown) => fail(new GicRequestError(messageOf(reason))),
        );
    });
  }

  /** What the session debugs. Asked once; a failure is not remembered. */
  describe(): Promise<DescribeResponse> {
    this.#describe ??= this.request('gic/describe', {}).catch((error: unknown) => {
      this.#describe = undefined;
      throw error;
    });
    return this.#describe;
  }

  /** Takes note of `gic/changed`. */
  changed(change: ChangedEvent): void {
    this.#change = change;
  }

  /** Takes note of the guest's running and stopping. */
  moved(state: 'running' | 'stopped'): void {
    if (this.#state !== 'ended') this.#state = state;
  }

  /** Ends the session: every request under way is rejected with the reason. */
  end(reason: string): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#endReason = reason;
    for (const fail of [...this.#abort]) fail(this.#error('request', reason));
  }

  #error(command: string, reason: string): GicRequestError {
    return new GicRequestError(`${this.name}: ${command}: ${reason}`);
  }
}

/** The text of whatever was thrown. */
export function messageOf(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  return typeof reason === 'string' ? reason : String(reason);
}
