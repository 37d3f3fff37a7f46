import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import { MachineTarget } from './machine-target.ts';
import type { GuestSharing } from './sharing.ts';
import { encodePacket } from '../rsp/packets.ts';
import { GdbStub } from '../rsp/stub/stub.ts';

export interface GdbServer {
  /** The port it listens at. */
  readonly port: number;
  /** True while the guest executes on GDB's behalf, or by itself after GDB was detached. */
  readonly running: boolean;
  /** Ends the connection, once what was sent has arrived, and listens no more. The guest stands. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** What a debugger that has gone silent may hold up. */
const GOODBYE_MILLISECONDS = 1000;

/** The port cannot be listened at; the message is for the user. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly port: number;
  /** As the system says it: EADDRINUSE, EACCES. */
  readonly code: string;

  constructor(message: string, port: number, code: string) {
    super(message);
    this.port = port;
    this.code = code;
  }
}

/**
 * Serves a guest to GDB, on this machine only: the protocol knows no password. One debugger at a time: others are
 * turned away.
 *
 * A guest is run by one side at a time. While its session runs it, `sharing.busy` says so, and GDB may look but neither
 * run nor change it; while GDB runs it, `running` is true, and the session is to leave it alone until `sharing.changed`.
 *
 * @param port 0: any that is free
 * @throws ListenError where the port is taken, or not to be had
 */
export async function serveGdb(guest: SimulatedGuest, port: number, sharing: GuestSharing = {}): Promise<GdbServer> {
  const target = new MachineTarget(guest, sharing);
  let client: Socket | null = null;
  let closing = false;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    if (client !== null) {
      turnAway(socket);
      return;
    }
    client = socket;
    socket.setNoDelay(true);
    const send = (bytes: Uint8Array): void => {
      if (socket.writable) socket.write(bytes);
    };
    const stub = new GdbStub(target, send, sharing.defect);
    socket.on('data', (bytes) => stub.receive(bytes));
    socket.on('close', () => {
      client = null;
      stub.close();
      if (closing) target.interrupt();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen(port, HOST, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get running() {
      return target.running;
    },
    close: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const socket = client;
      socket?.end();
      const timer = setTimeout(() => socket?.destroy(), GOODBYE_MILLISECONDS);
      await closed;
      clearTimeout(timer);
      target.interrupt();
    },
  };
}

/** Says why before it hangs up: GDB shows it. To close at once would be a connection reset. */
function turnAway(socket: Socket): void {
  socket.once('data', () => {
    socket.write('+');
    socket.end(encodePacket(new TextEncoder().encode('E.another debugger is connected')));
  });
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MILLISECONDS);
  socket.once('close', () => clearTimeout(timer));
}

function listenError(error: NodeJS.ErrnoException, port: number): ListenError {
  const { code = '' } = error;
  if (code === 'EADDRINUSE') {
    return new ListenError(`port ${port} is taken by another program; 0 finds one that is free`, port, code);
  }
  if (code === 'EACCES') return new ListenError(`port ${port} needs rights that this program has not`, port, code);
  return new ListenError(error.message, port, code);
}
