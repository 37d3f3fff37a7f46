import path from 'node:path';
import { ROOT, Transcript } from '../rsp/server.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NO_QEMU, Qemu, type Owner } from './qemu.ts';

export const EXAMPLES = path.join(ROOT, 'examples/guest');

/** A target behind a stub, of whatever kind. */
export interface Target {
  /** Where the stub listens. */
  readonly target: string;
  /** Waits until the UART has said something. */
  says(wanted: string | RegExp): Promise<string>;
  /** Whether it still runs: a crash is none. */
  isAlive(): boolean;
}

export interface TargetOptions {
  readonly gic: 2 | 3;
  readonly cpus: number;
  /** A program of the examples. */
  readonly program: string;
}

/** Who serves targets: the same specs run against all of them. */
export interface Peer {
  readonly name: string;
  /** Why it cannot be had here, or false. */
  readonly skip: string | false;
  start(owner: Owner, options: TargetOptions): Promise<Target>;
}

const QEMU: Peer = {
  name: 'QEMU',
  skip: NO_QEMU,
  async start(owner, { gic, cpus, program }) {
    const qemu = await Qemu.start(owner, { gic, cpus, megabytes: 256, kernel: path.join(EXAMPLES, program) });
    let alive = true;
    void qemu.died.then(() => (alive = false));
    return {
      target: `127.0.0.1:${qemu.port}`,
      says: (wanted) => qemu.waitForOutput(wanted),
      isAlive: () => alive,
    };
  },
};

const OWN: Peer = {
  name: 'gic serve',
  skip: false,
  async start(owner, { gic, cpus, program }) {
    const words = ['--import', 'tsx', 'adapter/cli.ts', 'serve', '--port', '0', '--gic', `v${gic}`];
    const args = [...words, '--cpus', String(cpus), path.join(EXAMPLES, program)];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const gone = once(child, 'exit');
    owner.after(async () => {
      child.kill('SIGKILL');
      await gone;
    });
    const output = new Transcript(child.stdout);
    const [, port] = await new Transcript(child.stderr).has(/target remote localhost:(\d+)/);
    let alive = true;
    void gone.then(() => (alive = false));
    return {
      target: `127.0.0.1:${String(port)}`,
      async says(wanted) {
        const pattern = typeof wanted === 'string' ? new RegExp(wanted.replace(/[^\w\s]/g, '\\$&')) : wanted;
        return (await output.has(pattern))[0];
      },
      isAlive: () => alive,
    };
  },
};

export const PEERS: readonly Peer[] = [QEMU, OWN];
