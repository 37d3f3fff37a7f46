const FORMS = '"HOST:PORT", ":PORT" or the path of a Unix socket, such as "/run/qemu.sock" or "unix:/run/qemu.sock"';
const MAX_PORT = 65_535;

/** The path of a Unix socket; undefined where the stub is reached by TCP. */
export function socketOf(target: string): string | undefined {
  const text = target.trim();
  return /^unix:(.*)$/.exec(text)?.[1] ?? (/^[./]/.test(text) ? text : undefined);
}

/** What is wrong with a stub's address, as the second half of a sentence; undefined where nothing is. */
export function problemWithTarget(target: string): string | undefined {
  const socket = socketOf(target);
  if (socket !== undefined) return socket === '' ? `is "${target}", without the path of a Unix socket` : undefined;
  // A host of IPv6 is in brackets, so that its colons are not taken for the port's; "tcp:" is how QEMU and GDB have it.
  const match = /^(?:tcp:{1,2})?(?:(?:\[[\da-fA-F:]+\]|[^:[\]\s/]*):)?([^:[\]\s/]*)$/.exec(target);
  const port = match?.[1];
  if (port === undefined) return `is "${target}": it has to be ${FORMS}`;
  const isNamed = target.includes(':') || /^\d+$/.test(port);
  if (port === '' || !isNamed) return `is "${target}", without a port: it has to be ${FORMS}`;
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= MAX_PORT) return undefined;
  return `is "${target}": the port has to be a number from 1 to ${MAX_PORT}`;
}
