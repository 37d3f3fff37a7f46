import { spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Console } from './console.ts';
import { Qmp } from './qmp.ts';

const QEMU = 'qemu-system-aarch64';
const PATIENCE_MS = 60_000;
const START_MS = 30_000;

const PROBE = spawnSync(QEMU, ['--version'], { encoding: 'utf8' });

/** As "7.2.22"; null where it cannot be run. */
export const QEMU_VERSION =
  PROBE.error === undefined ? (/version (\d+(?:\.\d+)*)/.exec(PROBE.stdout)?.[1] ?? '') : null;

/** For the option `skip` of tests. */
export const NO_QEMU = QEMU_VERSION === null && `there is no ${QEMU}: install the package qemu-system-arm`;

/** Linux ends QEMU with us, also when the test runner has no time left for us to do it. Elsewhere there is no setpriv. */
const WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL'];
const CAN_END_WITH_PARENT = spawnSync('setpriv', [...WITH_PARENT.slice(1), 'true']).status === 0;

export interface QemuOptions {
  /** GICv2 or GICv3. */
  readonly gic: 2 | 3;
  /** 1 unless given. */
  readonly cpus?: number;
  /** Of RAM; 512 unless given. */
  readonly megabytes?: number;
  /** An ELF program for the bare machine, or a Linux kernel. */
  readonly kernel: string;
  readonly initrd?: string;
  /** The kernel's command line. */
  readonly append?: string;
  /** Run at once; otherwise the machine waits, stopped, for a debugger or `monitor('cont')`. */
  readonly running?: boolean;
  /** QEMU's name of it; `virt` unless given. */
  readonly machine?: string;
  /** The program; the one on the path unless given. */
  readonly binary?: string;
  /** More of QEMU's own options. */
  readonly extra?: readonly string[];
}

/** How QEMU ended: by itself with a code, or by a signal. */
export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Whose end ends QEMU: a test's context. */
export interface Owner {
  after(end: () => Promise<void>): void;
}

function words(options: QemuOptions, monitor: string): string[] {
  const { gic, cpus = 1, megabytes = 512, kernel, initrd, append, machine = 'virt', extra = [] } = options;
  return [
    ...['-M', `${machine},gic-version=${gic}`, '-cpu', 'cortex-a53', '-smp', String(cpus), '-m', String(megabytes)],
    // -nographic would put its own monitor on the UART's line, behind Ctrl-A.
    ...['-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-nic', 'none'],
    ...['-chardev', `socket,id=qmp,path=${monitor}`, '-mon', 'chardev=qmp,mode=control'],
    // Port 0 is one that is free, and nobody can take it in between; the monitor tells which it became.
    ...['-gdb', 'tcp:127.0.0.1:0', '-S'],
    ...['-kernel', kernel],
    ...(initrd === undefined ? [] : ['-initrd', initrd]),
    ...(append === undefined ? [] : ['-append', append]),
    ...extra,
  ];
}

function ending({ code, signal }: Death): string {
  return signal === null ? `QEMU ended with code ${String(code)}` : `QEMU died of ${signal}`;
}

/** @param ended told, before others hear of it, how QEMU ended and what it complained of */
function lifeOf(child: ChildProcessWithoutNullStreams, ended: (reason: string) => void): Promise<Death> {
  let complaints = '';
  child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()));
  return new Promise((resolve) => {
    const end = (death: Death): void => {
      ended([ending(death), complaints.trim()].filter(Boolean).join(': '));
      resolve(death);
    };
    child.on('error', (error) => {
      complaints += error.message;
      end({ code: null, signal: null });
    });
    child.on('close', (code, signal) => end({ code, signal }));
  });
}

async function portOf(qmp: Qmp): Promise<number> {
  const devices = (await qmp.execute('query-chardev')) as readonly { label: string; filename: string }[];
  const filename = devices.find(({ label }) => label === 'gdb')?.filename ?? '';
  const port = /:(\d+),/.exec(filename)?.[1];
  if (port === undefined) throw new Error(`QEMU does not tell the port of its GDB stub: ${JSON.stringify(devices)}`);
  return Number(port);
}

/** A real QEMU with its GDB stub, for the length of a test. */
export class Qemu {
  /** Of its GDB stub, on 127.0.0.1. */
  readonly port: number;
  readonly died: Promise<Death>;
  readonly #child: ChildProcess;
  readonly #console: Console;
  readonly #qmp: Qmp;

  private constructor(child: ChildProcess, died: Promise<Death>, console: Console, qmp: Qmp, port: number) {
    this.#child = child;
    this.died = died;
    this.#console = console;
    this.#qmp = qmp;
    this.port = port;
  }

  /** Starts one, which ends with `owner` at the latest. */
  static async start(owner: Owner, options: QemuOptions): Promise<Qemu> {
    const owned: { over: boolean; end?: () => Promise<unknown> } = { over: false };
    // Before anything is waited for: a test whose time is over hears of no ends that are added later.
    owner.after(async () => {
      owned.over = true;
      await owned.end?.();
    });
    const directory = mkdtempSync(path.join(tmpdir(), 'gic-qemu-'));
    const monitor = path.join(directory, 'qmp');
    const qmp = await Qmp.listen(monitor);
    const call = [...(CAN_END_WITH_PARENT ? WITH_PARENT : []), options.binary ?? QEMU, ...words(options, monitor)];
    const child = spawn(call[0] ?? QEMU, call.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
    const console = new Console(child.stdout, child.stdin);
    const died = lifeOf(child, (reason) => {
      console.end(reason);
      qmp.close(reason);
      rmSync(directory, { recursive: true, force: true });
    });
    owned.end = () => {
      child.kill('SIGKILL');
      return died;
    };
    if (owned.over) await owned.end();
    const timer = setTimeout(() => qmp.close(`QEMU did not start within ${START_MS} ms`), START_MS);
    try {
      const port = await portOf(qmp);
      // Only now: a short program is over before it can be asked anything, perhaps also before this is answered.
      if (options.running === true) await qmp.execute('cont').catch(() => {});
      return new Qemu(child, died, console, qmp, port);
    } finally {
      clearTimeout(timer);
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** All that the UART said so far, with "\n" for line ends. */
  get output(): string {
    return this.#console.text;
  }

  /**
   * Waits until the UART has said something that no earlier wait has passed. Fails when QEMU ends before.
   * @param timeout in milliseconds
   * @returns what it said since the last wait, up to the text and with it
   */
  waitForOutput(wanted: string | RegExp, timeout = PATIENCE_MS): Promise<string> {
    return this.#console.hear(wanted, timeout);
  }

  /** Types to the UART; Enter is "\n". */
  type(text: string): void {
    this.#console.type(text);
  }

  /** A command of QEMU's own monitor, as "info mtree -f". @returns what it prints, also what it says to a wrong one */
  monitor(command: string): Promise<string> {
    return this.#qmp.human(command);
  }

  /** Ends it now. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Death> {
    this.#child.kill(signal);
    return this.died;
  }
}
