import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { FrameMapError } from './gic/mmio/dispatcher.ts';
import { GicConfigError } from './gic/config.ts';
import { TraceFormatError } from './guest/trace/format/errors.ts';
import { TextSourceError } from './guest/trace/format/text-source.ts';
import type { ImportOptions } from './guest/trace/import/options.ts';
import { importCommand, type LineSink } from './cli/import.ts';
import { irqsCommand } from './cli/irqs.ts';
import { EXIT_BAD_INPUT, EXIT_OK, UsageError, type Output } from './cli/output.ts';
import { standardInput } from './cli/standard-input.ts';
import type { MachineOptions } from './cli/machine.ts';
import { runCommand, type RunOptions } from './cli/run.ts';
import type { Profile } from './gic/profiles/profile.ts';
import { serveCommand } from './cli/serve.ts';
import { DEFAULT_PROFILE, PROFILES, profileNamed } from './gic/profiles/profiles.ts';
import { VirtConfigError } from './guest/simulated/board/virt.ts';
import { CoreError } from './guest/simulated/core/core-error.ts';
import { LoadError } from './guest/simulated/load/load-error.ts';
import { parseMemorySize } from './session/launch-configuration.ts';
import { DivergenceError } from './cli/divergence.ts';
import { divergenceWords } from './cli/divergence-words.ts';
import { AttachError } from './guest/gdb/attach-error.ts';
import { RspError } from './rsp/client/errors.ts';
import { GuestStateError } from './guest/guest.ts';
import { replayCommand } from './cli/replay.ts';
import { sessionCommand } from './cli/session.ts';

const USAGE = `gic: replay, inspect and import recorded runs of a Generic Interrupt Controller,
and run programs on a simulated machine that has one

  gic replay FILE... [--profile NAME] [--json] [--most N]
      Replays recordings and compares every recorded answer with the model's:
      the profile that the recording names, or NAME.
      Exit code 0 without mismatches, 1 with, 2 for a malformed file.
  gic irqs FILE [--at N] [--all] [--json]
      The interrupt table after operation N, or after the last.
  gic import LOG [-o FILE] [--gic v2|v3] [--cpus N] [--spis N]
             [--dist HEX] [--cpuif HEX] [--redist HEX] [--its HEX]
             [--no-firmware]
      A QEMU trace log, a Linux ftrace text or a KVM vgic-state dump as a
      gic-trace. --no-firmware: on a machine with two Security states, QEMU
      booted the kernel itself, and all accesses are Non-secure.
  gic session FILE [--at N]
      What a debug session shows, in the terminal: registers, interrupts and
      the last accesses.

  gic run [--gic v2|v3] [--cpus N] [--memory 256M] [--profile NAME]
          [--args "..."] [--initrd FILE] [--address HEX] [--lrs N]
          [--max-instructions N]
          [--irqs] PROGRAM
      Runs an AArch64 program on a simulated machine (QEMU's virt), its UART
      on standard input and output. PROGRAM is an ELF file, a Linux Image or a
      flat binary; --address 0 runs firmware from flash. Ctrl-A x ends it.
      NAME says whose controller it has: kvm-6.12 (that is the default),
      kvm-4.10, arch, qemu-7.2 or qemu-10.
      Exit code 0 after PSCI SYSTEM_OFF, the guest's after semihosting
      SYS_EXIT, 1 for a guest that did not end, 2 for one that is stuck.
  gic serve [--port N] [--gic ...] [--cpus N] [...] PROGRAM
      The same machine, for GDB: waits before the first instruction for
      "target remote localhost:1234", or whatever port is given; 0 is any that
      is free. "monitor help" tells what else there is. Ends with the guest.

  gic divergence --server HOST:PORT [--accesses N] [--profile NAME]
                 [--gic v2|v3] [--dist HEX] [--cpuif HEX] [--redist HEX,...]
                 [--its HEX] [--cpus N] [--spis N] [--device-tree FILE|HEX]
                 [--board NAME] [--memory-access auto|physical|virtual]
                 [--no-borrow] [--timeout SECONDS]
      Attaches to a target behind a GDB stub (QEMU, OpenOCD), goes from one
      access to its interrupt controller to the next, 100 times or N, and
      prints each register that is not what the model says, with the access
      that parted them. Profiles: arch, qemu-7.2, qemu-10; by default what
      fits the target. Exit code 0 without differences, 1 with, 2 for errors.

FILE is a gic-trace or a log, gzipped or not; - is standard input.
`;

/** QEMU's, too. */
const DEFAULT_GDB_PORT = 1234;

const output: Output = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  interactive: process.stderr.isTTY,
};

async function main(words: readonly string[]): Promise<number> {
  const [command, ...rest] = words;
  switch (command) {
    case 'replay': {
      const { values, positionals } = parse(rest, {
        json: { type: 'boolean' },
        most: { type: 'string' },
        profile: { type: 'string' },
      });
      if (positionals.length === 0) throw new UsageError('replay needs at least one FILE');
      const options = {
        json: values['json'] === true,
        most: integer(values, 'most') ?? 20,
        profile: profileOf(values),
      };
      return replayCommand(positionals, options, output);
    }
    case 'irqs': {
      const { values, positionals } = parse(rest, {
        at: { type: 'string' },
        all: { type: 'boolean' },
        json: { type: 'boolean' },
      });
      const options = { at: integer(values, 'at'), all: values['all'] === true, json: values['json'] === true };
      return irqsCommand(oneFile(command, positionals), options, output);
    }
    case 'import':
      return importWords(rest);
    case 'run':
      return runWords(rest);
    case 'serve':
      return serveWords(rest);
    case 'divergence':
      return divergenceWords(rest, output);
    case 'session': {
      const { values, positionals } = parse(rest, { at: { type: 'string' } });
      return sessionCommand(oneFile(command, positionals), integer(values, 'at'), output);
    }
    case 'help':
    case '--help':
    case '-h':
      output.out(USAGE);
      return EXIT_OK;
    case undefined:
      throw new UsageError('a command is missing');
    default:
      throw new UsageError(`there is no command "${command}"`);
  }
}

async function importWords(words: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parse(words, {
    output: { ...text, short: 'o' },
    gic: text,
    cpus: text,
    spis: text,
    dist: text,
    cpuif: text,
    redist: text,
    its: text,
    'no-firmware': { type: 'boolean' },
  });
  const { gic } = values;
  if (gic !== undefined && gic !== 'v2' && gic !== 'v3') throw new UsageError(`--gic ${String(gic)}: it is v2 or v3`);
  const cpus = integer(values, 'cpus');
  const spis = integer(values, 'spis');
  const bases = Object.fromEntries(
    (['dist', 'cpuif', 'redist', 'its'] as const).flatMap((name) => {
      const base = integer(values, name);
      return base === null ? [] : [[name, base]];
    }),
  );
  const options: ImportOptions = {
    bases,
    ...(gic === undefined ? {} : { gic }),
    ...(cpus === null ? {} : { cpus }),
    ...(spis === null ? {} : { spis }),
    ...(values['no-firmware'] === true ? { firmware: false } : {}),
  };
  const file = values['output'];
  return importCommand(
    oneFile('import', positionals),
    options,
    lineSink(typeof file === 'string' ? file : null),
    output,
  );
}

const MACHINE_OPTIONS = {
  gic: { type: 'string' },
  cpus: { type: 'string' },
  memory: { type: 'string' },
  profile: { type: 'string' },
  args: { type: 'string' },
  address: { type: 'string' },
  lrs: { type: 'string' },
  initrd: { type: 'string' },
} as const;

async function runWords(words: readonly string[]): Promise<number> {
  const { values, positionals } = parse(words, {
    ...MACHINE_OPTIONS,
    'max-instructions': { type: 'string' },
    irqs: { type: 'boolean' },
  });
  const options: RunOptions = {
    ...machineOptions(values),
    maxInstructions: integer(values, 'max-instructions') ?? Infinity,
    irqs: values['irqs'] === true,
  };
  return runCommand(oneFile('run', positionals), options, standardInput(), output, toStandardOutput);
}

async function serveWords(words: readonly string[]): Promise<number> {
  const { values, positionals } = parse(words, { ...MACHINE_OPTIONS, port: { type: 'string' } });
  const port = integer(values, 'port') ?? DEFAULT_GDB_PORT;
  if (port > 65_535) throw new UsageError(`--port ${port}: ports are 0 to 65535`);
  const options = { ...machineOptions(values), port };
  return serveCommand(oneFile('serve', positionals), options, standardInput(), output, toStandardOutput);
}

function machineOptions(values: Values): MachineOptions {
  const { gic = 'v3', memory = '256M', args } = values;
  if (gic !== 'v2' && gic !== 'v3') throw new UsageError(`--gic ${String(gic)}: it is v2 or v3`);
  const size = parseMemorySize(String(memory));
  if (size === null) throw new UsageError(`--memory ${String(memory)}: a size such as 256M or 1G is needed`);
  return {
    gic,
    vcpus: integer(values, 'cpus') ?? 1,
    memory: size,
    profile: profileOf(values) ?? DEFAULT_PROFILE,
    args: typeof args === 'string' ? args : null,
    address: integer(values, 'address'),
    lrs: integer(values, 'lrs') ?? 4,
    initrd: typeof values['initrd'] === 'string' ? values['initrd'] : null,
  };
}

function toStandardOutput(bytes: Uint8Array): void {
  process.stdout.write(bytes);
}

function lineSink(file: string | null): LineSink {
  const stream = file === null ? process.stdout : createWriteStream(file);
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  // Whoever waits for the stream learns of the failure; nobody waiting is no reason to crash.
  failed.catch(() => undefined);
  return {
    write: (line) => {
      if (stream.write(`${line}\n`)) return undefined;
      return Promise.race([once(stream, 'drain').then(() => undefined), failed]);
    },
    close: async () => {
      if (file === null) return;
      stream.end();
      await Promise.race([once(stream, 'finish'), failed]);
    },
  };
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(
  words: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function oneFile(command: string, files: readonly string[]): string {
  const [file] = files;
  if (file === undefined || files.length > 1) throw new UsageError(`${command} takes one FILE`);
  return file;
}

/** The profile asked for, or null where the option is not given. */
function profileOf(values: Values): Profile | null {
  const name = values['profile'];
  if (typeof name !== 'string') return null;
  const profile = profileNamed(name);
  if (profile !== null) return profile;
  const known = PROFILES.map((one) => one.name).join(', ');
  throw new UsageError(`--profile ${name}: there are ${known}`);
}

/** A number of 0 or more in any base, or null where the option is not given. */
function integer(values: Values, name: string): number | null {
  const value = values[name];
  if (typeof value !== 'string') return null;
  const number = /^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(number)) throw new UsageError(`--${name} ${value}: a number of 0 or more is needed`);
  return number;
}

/** What a user can mend comes as one line; anything else is a defect and keeps its stack. */
function report(error: unknown): number {
  if (error instanceof UsageError) output.err(`gic: ${error.message}\n\n${USAGE}`);
  else if (isInputError(error)) output.err(`gic: ${error.message}\n`);
  else throw error;
  return EXIT_BAD_INPUT;
}

function isInputError(error: unknown): error is Error {
  const kinds = [
    TraceFormatError,
    TextSourceError,
    GicConfigError,
    FrameMapError,
    VirtConfigError,
    LoadError,
    CoreError,
    AttachError,
    RspError,
    GuestStateError,
    DivergenceError,
  ];
  if (kinds.some((kind) => error instanceof kind)) return true;
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

// A reader that has seen enough, as `head` has, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT_OK);
});

void main(process.argv.slice(2))
  .catch(report)
  .then((code) => (process.exitCode = code));
