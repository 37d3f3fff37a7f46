// The window's side of the bridge: a loopback HTTP server that the suite posts its commands to.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { DEFAULT_TIMEOUT_MS, type Reply, type Request, type TestEvent } from './commands.ts';
import { deferred } from './deferred.ts';
import { perform, type Window } from './perform.ts';

export interface Bridge {
  readonly port: number;
  /** Tells the bridge the window; until then commands wait for it. */
  attach(window: Window): void;
  close(): void;
}

/** Starts the bridge. It exists before the window does, because the server that makes the window is told its port. */
export async function startBridge(onReport: (event: TestEvent) => void): Promise<Bridge> {
  const attached = deferred<Window>();

  const answer = async (request: Request): Promise<unknown> => {
    if (request.cmd === 'report') {
      onReport(request);
      return null;
    }
    return perform(await attached.promise, request);
  };

  const server = http.createServer((incoming, outgoing) => {
    void readBody(incoming)
      .then((body) => JSON.parse(body) as Request)
      .then((request) => inTime(answer(request), request.timeout ?? DEFAULT_TIMEOUT_MS))
      .then(
        (value): Reply => ({ ok: true, value: value ?? null }),
        (error: unknown): Reply => ({
          ok: false,
          error: stripVTControlCharacters(error instanceof Error ? error.message : String(error)),
        }),
      )
      .then((reply) => {
        outgoing.setHeader('content-type', 'application/json');
        outgoing.end(JSON.stringify(reply));
      });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
    });
  });
  return {
    port,
    attach: (window) => attached.resolve(window),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readBody(incoming: http.IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  return body;
}

/** Playwright's own time-outs name what was waited for, so they get the first word. */
async function inTime<T>(work: Promise<T>, timeout: number): Promise<T> {
  const over = new AbortController();
  const late = sleep(timeout + 2_000, undefined, { signal: over.signal }).then(() => {
    throw new Error(`No answer within ${timeout} ms.`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
