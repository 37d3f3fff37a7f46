import { createServer, type Server, type Socket } from 'node:net';

/** A Unix socket on which we listen and QEMU connects, as it does at its start. */
export class Channel {
  readonly #server: Server;
  #socket: Socket | null = null;
  #waiting = '';

  private constructor(server: Server, hear: (text: string) => void) {
    this.#server = server;
    server.once('connection', (socket) => {
      this.#socket = socket;
      socket.on('error', () => {}).setEncoding('utf8');
      socket.on('data', hear);
      if (this.#waiting !== '') socket.write(this.#waiting);
    });
  }

  static async listen(path: string, hear: (text: string) => void): Promise<Channel> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen(path, resolve));
    return new Channel(server, hear);
  }

  write(text: string): void {
    if (this.#socket === null) this.#waiting += text;
    else this.#socket.write(text);
  }

  close(): void {
    this.#server.close();
    this.#socket?.destroy();
  }
}
