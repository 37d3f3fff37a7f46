import { createServer, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Owner } from './qemu.ts';

/**
 * QEMU's test protocol, beside whatever executes: it reads and writes the machine's memory, registers of devices too,
 * behind everybody's back. Its monitor has no command for that on Arm.
 */
export class Qtest {
  /** Options that let QEMU connect to it. */
  readonly options: readonly string[];
  readonly #server: Server;
  readonly #connected: Promise<Socket>;

  private constructor(server: Server, socketPath: string) {
    this.#server = server;
    this.options = ['-qtest', `unix:${socketPath}`, '-qtest-log', 'none'];
    this.#connected = new Promise((resolve) => server.once('connection', resolve));
  }

  /** Waits for a QEMU, for the length of a test. */
  static async listen(owner: Owner): Promise<Qtest> {
    const directory = mkdtempSync(path.join(tmpdir(), 'gic-qtest-'));
    const place = path.join(directory, 'qtest');
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen(place, resolve));
    const qtest = new Qtest(server, place);
    owner.after(() => {
      qtest.close();
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    });
    return qtest;
  }

  /** @returns null where QEMU ends instead of answering */
  async #ask(command: string): Promise<string | null> {
    const socket = await this.#connected;
    socket.on('error', () => {});
    return new Promise((resolve) => {
      let heard = '';
      const over = (answer: string | null): void => {
        socket.removeListener('data', hear);
        resolve(answer);
      };
      const hear = (bytes: Buffer): void => {
        heard += bytes.toString();
        if (heard.includes('\n')) over(heard.trim());
      };
      socket.on('data', hear).once('close', () => over(null));
      socket.write(`${command}\n`);
    });
  }

  /** Reads a word of physical memory; null: QEMU ended instead. */
  async read(address: number): Promise<number | null> {
    const answer = await this.#ask(`readl 0x${address.toString(16)}`);
    return answer === null ? null : Number(answer.replace('OK ', ''));
  }

  /** Writes one. @throws Error where QEMU does not take it */
  async write(address: number, value: number): Promise<void> {
    const answer = await this.#ask(`writel 0x${address.toString(16)} 0x${value.toString(16)}`);
    if (answer !== 'OK') throw new Error(`QEMU answers ${String(answer)} to the write`);
  }

  close(): void {
    this.#server.close();
    void this.#connected.then((socket) => socket.destroy());
  }
}
