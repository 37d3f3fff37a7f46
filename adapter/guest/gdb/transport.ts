import { createConnection, type NetConnectOpts, type Socket } from 'node:net';
import type { Transport, TransportListener } from '../../rsp/client/transport.ts';
import { AttachError } from './attach-error.ts';

/** Where a stub listens. */
export type StubAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const DEFAULT_HOST = 'localhost';
/** Milliseconds between two tries at a stub that is about to listen. */
const RETRY = 100;

/**
 * "HOST:PORT", ":PORT", "PORT", "[::1]:PORT", with "tcp:" in front or without; a Unix socket's path, with "unix:" or
 * beginning with a slash or a dot.
 * @throws AttachError
 */
export function parseStubAddress(text: string): StubAddress {
  const trimmed = text.trim();
  const unix = /^unix:(.+)$/.exec(trimmed)?.[1] ?? (/^[./]/.test(trimmed) ? trimmed : undefined);
  if (unix !== undefined) return { kind: 'unix', path: unix };
  const match = /^(?:tcp:{1,2})?(?:(?:\[([0-9a-fA-F:]+)\]|([^:[\]\s]*)):)?(\d{1,5})$/.exec(trimmed);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) {
    throw new AttachError(`"${trimmed}" is no place of a stub: it is "localhost:1234", or a Unix socket's path`);
  }
  const host = match[1] ?? match[2] ?? '';
  return { kind: 'tcp', host: host === '' ? DEFAULT_HOST : host, port };
}

export function addressText(address: StubAddress): string {
  return address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
}

/**
 * Connects to a stub.
 * @param patience milliseconds during which a stub that does not listen yet is tried again
 * @param isOver asked between tries: why there is no use in waiting; null: go on
 * @throws AttachError
 */
export async function connectTo(
  address: StubAddress,
  patience: number,
  isOver: () => string | null = () => null,
): Promise<Transport> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return new SocketTransport(await connectOnce(address, Math.max(deadline - Date.now(), RETRY)), address);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const over = isOver();
      if (over !== null) throw new AttachError(over);
      if (Date.now() + RETRY > deadline) throw new AttachError(refusalText(address, error));
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
}

function connectOnce(address: StubAddress, limit: number): Promise<Socket> {
  const options: NetConnectOpts =
    address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
  return new Promise((resolve, reject) => {
    const socket = createConnection(options);
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), limit);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function refusalText(address: StubAddress, error: NodeJS.ErrnoException): string {
  const where = addressText(address);
  switch (error.code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${where}: start the stub first (QEMU: -gdb tcp::1234 -S)`;
    case 'ENOENT':
      return `there is no socket ${where}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${where} is not known`;
    default:
      return `cannot connect to ${where}: ${error.message || (error.code ?? 'refused')}`;
  }
}

/** A socket as what carries the protocol. */
class SocketTransport implements Transport {
  readonly #socket: Socket;
  readonly #where: string;
  #isOver = false;

  constructor(socket: Socket, address: StubAddress) {
    this.#socket = socket;
    this.#where = addressText(address);
    socket.setNoDelay(true);
    // Whoever writes to a socket that has just died hears of it by `closed`.
    socket.on('error', () => {});
  }

  listen(listener: TransportListener): void {
    let reason = `${this.#where} closed the connection`;
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = `the connection to ${this.#where} broke: ${error.code === 'ECONNRESET' ? 'it was reset' : error.message}`;
    });
    this.#socket.on('data', (bytes) => listener.bytes(bytes));
    this.#socket.on('close', () => {
      if (!this.#isOver) listener.closed(reason);
    });
  }

  send(bytes: Uint8Array): void {
    if (!this.#socket.writable) throw new Error(`${this.#where} closed the connection`);
    this.#socket.write(bytes);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.end();
    // A stub that does not close its side must not hold this process.
    this.#socket.unref();
    setTimeout(() => this.#socket.destroy(), 500).unref();
  }
}
