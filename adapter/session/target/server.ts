import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { RequestError } from '../request-error.ts';
import type { ServerConfiguration } from './configuration.ts';

/** Milliseconds between asking a server to end and making it. */
const GOODBYE = 2000;
/** Characters of its last words. */
const LAST_WORDS = 2000;

/** The process that serves a target: QEMU, OpenOCD. Its standard streams are the session's console. */
export class Server {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #end: string | null = null;
  #lastWords = '';

  private constructor(configuration: ServerConfiguration, onOutput: (bytes: Uint8Array) => void, onEnd: () => void) {
    this.name = basename(configuration.command);
    const { command, args, cwd, env } = configuration;
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === null ? {} : { cwd }),
    });
    const heard = (bytes: Buffer): void => {
      this.#lastWords = (this.#lastWords + bytes.toString('utf8')).slice(-LAST_WORDS);
      onOutput(bytes);
    };
    this.#child.stdout?.on('data', heard);
    this.#child.stderr?.on('data', heard);
    // Typing at a server that has ended is no fault.
    this.#child.stdin?.on('error', () => {});
    this.#gone = new Promise((resolve) => {
      const over = (how: string): void => {
        if (this.#end !== null) return;
        this.#end = how;
        onEnd();
        resolve();
      };
      this.#child.on('error', (error: NodeJS.ErrnoException) => over(startFailure(this.name, error)));
      this.#child.on('close', (code, signal) => over(this.#howItEnded(code, signal)));
    });
  }

  /** @param onEnd called once, when it is over, however it ended */
  static start(
    configuration: ServerConfiguration,
    onOutput: (bytes: Uint8Array) => void,
    onEnd: () => void = () => {},
  ): Server {
    try {
      return new Server(configuration, onOutput, onEnd);
    } catch (error) {
      throw new RequestError(`server: ${configuration.command}: ${String(error)}`, true);
    }
  }

  /** How it ended: a sentence; null while it runs. */
  get end(): string | null {
    return this.#end;
  }

  input(bytes: Uint8Array): void {
    this.#child.stdin?.write(bytes);
  }

  /** Ends it: asks first. */
  async stop(): Promise<void> {
    if (this.#end !== null) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GOODBYE);
    await this.#gone;
    clearTimeout(timer);
  }

  #howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `ended with code ${code ?? '?'}` : `was ended by ${signal}`;
    const words = this.#lastWords.trim().split('\n').slice(-5).join('\n');
    return `${this.name} ${how}${words === '' ? '' : `:\n${words}`}`;
  }
}

function startFailure(name: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `${name} is not installed, or not on the PATH: it cannot be started`;
  return `${name} cannot be started: ${error.message}`;
}
