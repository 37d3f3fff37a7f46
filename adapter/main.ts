import { createServer, type Socket } from 'node:net';
import { GicDebugSession } from './session/session.ts';

const USAGE = `usage: gic-adapter [--port N]

The debug adapter of GIC Inspector. Speaks the Debug Adapter Protocol on standard input and output, or,
with --port, on connections to 127.0.0.1: each is a session of its own. Port 0 takes a free one.
`;

/** What the command line asks for; null where it makes no sense. */
function readArguments(args: readonly string[]): { port: number | null } | null {
  const [option, value, ...rest] = args;
  if (option === undefined) return { port: null };
  const assigned = /^--port=(.*)$/.exec(option)?.[1];
  const port = assigned ?? (option === '--port' ? value : undefined);
  const surplus = assigned === undefined ? rest : args.slice(1);
  if (port === undefined || surplus.length > 0 || !/^\d{1,5}$/.test(port) || Number(port) > 0xffff) return null;
  return { port: Number(port) };
}

function serveStandardStreams(): void {
  // The protocol has standard output to itself: nothing else may print there.
  console.log = console.error;
  const session = new GicDebugSession(() => {
    // What has been written has to get out before the process ends.
    process.stdout.write('', () => process.exit(0));
  });
  process.stdout.on('error', () => process.exit(0));
  session.start(process.stdin, process.stdout);
}

function serveConnections(port: number): void {
  const server = createServer((socket: Socket) => {
    socket.setNoDelay(true);
    const session = new GicDebugSession(() => socket.end());
    session.start(socket, socket);
  });
  server.on('error', (error) => {
    process.stderr.write(`gic-adapter: ${error.message}\n`);
    process.exit(1);
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    const actual = typeof address === 'object' && address !== null ? address.port : port;
    process.stderr.write(`gic-adapter: listening on 127.0.0.1:${actual}\n`);
  });
}

const wanted = readArguments(process.argv.slice(2));
if (wanted === null) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else if (wanted.port === null) serveStandardStreams();
else serveConnections(wanted.port);
