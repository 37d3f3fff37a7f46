import { BOARD_NAMES } from '../manifest/boards.ts';
import {
  anyText,
  flag,
  integer,
  isAbsent,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  oneOrMore,
  sentence,
  text,
  type Members,
} from './checks.ts';
import {
  CONSOLES,
  CONTROLLER_CPUS,
  CONTROLLER_SPIS,
  isAddress,
  MEMORY_ACCESS,
  MODEL_PROFILES,
  TIMEOUT,
  VERSIONS,
} from './stub-values.ts';
import { problemWithTarget } from './target.ts';

const path = text('a path');
const address = text('an address such as "0x08000000"', (value) =>
  isAddress(value) ? undefined : `is "${value}": it has to be an address such as "0x08000000"`,
);

/** A number that is no address would be looked for as a file of that name. */
const pathOrAddress = text('a path, or an address such as "0x40000000"', (value) => {
  if (value === '') return 'is empty';
  if (/^0x/i.test(value) && !isAddress(value)) {
    return `is "${value}": an address has 0x and 1 to 13 hexadecimal digits`;
  }
  return undefined;
});

const controller = object({
  version: oneOf(VERSIONS),
  dist: address,
  cpuif: address,
  redist: oneOrMore('addresses', address),
  its: address,
  cpus: integer(CONTROLLER_CPUS.min, CONTROLLER_CPUS.max),
  spis: integer(CONTROLLER_SPIS.min, CONTROLLER_SPIS.max),
});

/** A whole command line is no file's name; a path may well have spaces. */
function problemWithCommand(command: string): string | undefined {
  if (command === '') return 'is empty';
  return /^[^\s/\\]+\s+-/.test(command) ? 'has arguments in it: they belong into “server.args”' : undefined;
}

const server = object(
  {
    command: text('a command', problemWithCommand),
    args: listOf('arguments, each a string', anyText),
    cwd: path,
    env: mapOf('names of environment variables, and their values', anyText),
  },
  ['command'],
);

/** What each attribute may hold. `program` may be empty: then there is none, as where it is not named. */
export const STUB_CHECKS: Members = {
  program: text('a path', () => undefined),
  target: text('an address such as "localhost:1234"', problemWithTarget),
  server,
  symbols: listOf('paths', path),
  sourceMap: mapOf('directories as the compiler saw them, and where they are here', path),
  controller,
  deviceTree: pathOrAddress,
  board: oneOf(Object.keys(BOARD_NAMES)),
  memoryAccess: oneOf(MEMORY_ACCESS),
  borrowCpus: flag,
  profile: oneOf(MODEL_PROFILES),
  timeout: number(TIMEOUT.min, TIMEOUT.max),
  stopOnEntry: flag,
  console: oneOf(CONSOLES),
};

/** Attributes that only mean something where there is a stub. */
const ONLY_STUB = ['target', 'controller', 'deviceTree', 'board', 'memoryAccess', 'borrowCpus', 'timeout'];

/** Attributes that would be ignored where there is a stub: they are said elsewhere. */
const ONLY_LOCAL: Readonly<Record<string, string>> = {
  gic: 'is for simulated machines and recordings: here it is “controller.version”',
  cpus: 'is for simulated machines and recordings: here it is “controller.cpus”',
  spis: 'is for recordings: here it is “controller.spis”',
  bases: 'is for recordings: here it is “controller”',
  args: "is the command line of the simulated machine's guest: the server's arguments are “server.args”",
  ...Object.fromEntries(
    ['memory', 'lrs', 'initrd', 'address', 'gdbPort'].map((name) => [
      name,
      'is for the simulated machine: it means nothing to a GDB stub',
    ]),
  ),
};

/** What is wrong with a configuration for a GDB stub, as a sentence; undefined where nothing is. */
export function problemWithStub(configuration: Readonly<Record<string, unknown>>): string | undefined {
  if (configuration['request'] === 'attach' && !isAbsent(configuration['server'])) {
    return '“server” needs "request": "launch": an “attach” configuration connects to a stub that runs already.';
  }
  for (const [name, check] of Object.entries(STUB_CHECKS)) {
    const value = configuration[name];
    const found = isAbsent(value) ? undefined : check(value);
    if (found) return sentence(name, found);
  }
  for (const [name, what] of Object.entries(ONLY_LOCAL)) {
    if (!isAbsent(configuration[name])) return sentence(name, { at: '', what });
  }
  return undefined;
}

/** What is wrong with a configuration without a stub; undefined where nothing is. The adapter checks the rest. */
export function problemWithLocal(configuration: Readonly<Record<string, unknown>>): string | undefined {
  const stray = ONLY_STUB.find((name) => !isAbsent(configuration[name]));
  if (stray === undefined) return undefined;
  return (
    `“${stray}” is for a GDB stub: "request": "attach" connects to one that runs, ` +
    'and “server” names a command that starts one.'
  );
}
