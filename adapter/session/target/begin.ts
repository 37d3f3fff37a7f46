import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { attach, type Attached } from '../../guest/gdb/attach.ts';
import { AttachError } from '../../guest/gdb/attach-error.ts';
import type { Wishes } from '../../guest/gdb/find/wishes.ts';
import type { Client } from '../client.ts';
import { Debuggee } from '../debuggee.ts';
import { loadSymbols } from '../load-symbols.ts';
import { Terminal } from '../machine/terminal.ts';
import { RequestError } from '../request-error.ts';
import type { TargetConfiguration } from './configuration.ts';
import { targetFace } from './face.ts';
import { Server } from './server.ts';

/** Milliseconds a server may take until it listens. */
const SERVER_PATIENCE = 30_000;
/** A stub that somebody has started listens, or does not. */
const ATTACH_PATIENCE = 300;

/** What a session of a target needs to end well. */
export interface TargetSession {
  readonly debuggee: Debuggee;
  /** The session ends: the target is left, or ended with its server. */
  readonly leave: (terminate: boolean) => Promise<void>;
}

/**
 * Starts the server where there is one, and attaches.
 * @param lost called where the target is gone without having been asked
 * @throws RequestError saying what is wrong, where the user is looking
 */
export async function beginTarget(
  configuration: TargetConfiguration,
  client: Client,
  isCancelled: () => boolean,
  lost: (reason: string) => void,
): Promise<TargetSession> {
  const { symbols, notes } = await symbolsOf(configuration);
  const wishes = await wishesOf(configuration);
  const terminal = new Terminal(client, configuration.console, symbols);
  let isOver = false;
  const server =
    configuration.server === null
      ? null
      : Server.start(
          configuration.server,
          (bytes) => terminal.output(bytes),
          () => {
            if (!isOver && attached !== null) lost(server?.end ?? 'the server has ended');
          },
        );
  let attached: Attached | null = null;
  /** Why the connection was gone before there was a session. */
  const gone: string[] = [];
  try {
    attached = await attach(
      {
        ...configuration,
        wishes,
        patience: server === null ? ATTACH_PATIENCE : SERVER_PATIENCE,
        isOver: () => server?.end ?? (isCancelled() ? 'cancelled' : null),
      },
      {
        output: (text) => terminal.output(new TextEncoder().encode(text)),
        closed: (reason) => {
          if (attached === null) gone.push(reason);
          // Behind its end, a stub hangs up.
          if (!isOver && attached !== null && !attached.guest.left) lost(server?.end ?? reason);
        },
      },
    );
    // What was asked last may have been of no importance: then only the silence behind it tells.
    if (gone[0] !== undefined) throw new AttachError(gone[0]);
  } catch (error) {
    isOver = true;
    await server?.stop();
    throw error instanceof AttachError ? new RequestError(server?.end ?? error.message, true) : error;
  }
  const { guest } = attached;
  for (const note of [...attached.notes, ...notes]) client.output(note);
  const options = {
    program: configuration.symbols[0] ?? process.cwd(),
    sourceMap: configuration.sourceMap,
    input: (bytes: Uint8Array) => server?.input(bytes),
    settle: () => terminal.flush(),
  };
  return {
    debuggee: new Debuggee(guest, client, (context) => targetFace(guest, symbols, options, context)),
    leave: async (terminate) => {
      if (isOver) return;
      isOver = true;
      try {
        if (terminate) await guest.kill();
        else await guest.detach();
      } catch {
        // A stub that does not say goodbye is left without.
      }
      await server?.stop();
    },
  };
}

async function symbolsOf({ symbols }: TargetConfiguration): ReturnType<typeof loadSymbols> {
  const files = symbols.map((path) => ({ path, bytes: null, bias: 0n }));
  return naming(() => loadSymbols(files));
}

async function wishesOf({ wishes, deviceTree }: TargetConfiguration): Promise<Wishes> {
  if (deviceTree === null) return wishes;
  const blob = await naming(() => readFile(deviceTree));
  return { ...wishes, deviceTree: { name: basename(deviceTree), blob: new Uint8Array(blob) } };
}

/** Faults of the file system name the file: that is enough. */
async function naming<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new RequestError(error.message, true);
    throw error;
  }
}
