import { createServer, type Server, type Socket } from 'node:net';

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

interface Asked {
  readonly command: string;
  readonly answered: (value: unknown) => void;
  readonly failed: (error: Error) => void;
}

/** QEMU's monitor: JSON lines over a Unix socket, on which we listen, so that QEMU need not be waited for. */
export class Qmp {
  readonly #server: Server;
  #socket: Socket | null = null;
  readonly #asked: Asked[] = [];
  /** A line that is not yet whole. */
  #begun = '';
  #over: string | null = null;

  private constructor(server: Server) {
    this.#server = server;
    server.once('connection', (socket) => {
      this.#socket = socket;
      // Who owns QEMU knows how it ended, and closes.
      socket.on('error', () => {});
      socket.setEncoding('utf8').on('data', (text: string) => this.#take(text));
      for (const { command } of this.#asked) socket.write(command);
    });
  }

  static async listen(path: string): Promise<Qmp> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen(path, resolve));
    const qmp = new Qmp(server);
    // Nothing else is answered before it. Who does not wait for it learns of its failure by the next command.
    qmp.execute('qmp_capabilities').catch(() => {});
    return qmp;
  }

  execute(name: string, args: object = {}): Promise<unknown> {
    return new Promise((answered, failed) => {
      if (this.#over !== null) {
        failed(new Error(`The monitor cannot be asked ${name}: ${this.#over}.`));
        return;
      }
      const command = `${JSON.stringify({ execute: name, arguments: args })}\n`;
      this.#asked.push({ command, answered, failed });
      this.#socket?.write(command);
    });
  }

  /** A command as a person types it to QEMU's monitor. @returns what it prints; wrong commands print too */
  async human(command: string): Promise<string> {
    const text = await this.execute('human-monitor-command', { 'command-line': command });
    return String(text).replaceAll('\r', '');
  }

  close(reason: string): void {
    this.#over ??= reason;
    this.#server.close();
    this.#socket?.destroy();
    for (const { command, failed } of this.#asked.splice(0)) {
      failed(new Error(`The monitor did not answer ${command.trim()}: ${reason}.`));
    }
  }

  #take(text: string): void {
    const lines = (this.#begun + text).split('\n');
    this.#begun = lines.pop() ?? '';
    for (const line of lines) this.#hear(JSON.parse(line) as Answer);
  }

  #hear(answer: Answer): void {
    // The greeting, and events.
    if (!('return' in answer) && answer.error === undefined) return;
    const asked = this.#asked.shift();
    if (answer.error === undefined) asked?.answered(answer.return);
    else asked?.failed(new Error(`The monitor refused ${asked.command.trim()}: ${answer.error.desc}`));
  }
}
