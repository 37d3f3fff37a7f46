import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { FrameRead } from '../../../adapter/guest/gdb/frame-access.ts';
import type { Owner } from '../../gdb/qemu.ts';
import type { Counts } from './traffic.ts';

const GDB = 'gdb-multiarch';
const DONE = '=done=';
/** Milliseconds after which nothing more is on its way. */
const SETTLED = 100;

export const NO_GDB = spawnSync(GDB, ['--version']).status !== 0 && `there is no ${GDB}: install the package ${GDB}`;

/** gdb-multiarch, attached: it stays, so that neither its start nor its greeting is part of what is measured. */
export class Multiarch {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #directory: string;
  readonly #files = new Map<readonly FrameRead[], string>();
  #printed = '';
  /** What it logs. */
  #told = '';
  #heard: () => void = () => undefined;

  private constructor(child: ChildProcessWithoutNullStreams, directory: string) {
    this.#child = child;
    this.#directory = directory;
    child.stderr.on('data', (bytes: Buffer) => (this.#told += bytes.toString('latin1')));
    child.stdout.on('data', (bytes: Buffer) => {
      this.#printed += bytes.toString('latin1');
      this.#heard();
    });
    child.on('close', () => this.#heard());
  }

  static async start(owner: Owner, port: number): Promise<Multiarch> {
    const directory = mkdtempSync(path.join(tmpdir(), 'gic-bench-'));
    const child = spawn(GDB, ['-q', '-nx', '-iex', 'set debuginfod enabled off']);
    const gone = new Promise((resolve) => child.on('close', resolve));
    owner.after(async () => {
      child.kill('SIGKILL');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    });
    const gdb = new Multiarch(child, directory);
    const settings = ['set confirm off', 'set pagination off', 'set height 0', 'set width 0'];
    await gdb.#say([...settings, `target remote 127.0.0.1:${port}`, 'maintenance packet Qqemu.PhyMemMode:1']);
    return gdb;
  }

  /** One after the other, from a file of commands. @returns what is printed: a line each, its value behind a tab */
  async read(reads: readonly FrameRead[]): Promise<string> {
    let file = this.#files.get(reads);
    if (file === undefined) {
      file = path.join(this.#directory, `${this.#files.size}.gdb`);
      const lines = reads.map(({ address, width }) => `x/1${width === 8 ? 'g' : 'w'}x 0x${address.toString(16)}`);
      writeFileSync(file, `${lines.join('\n')}\n`);
      this.#files.set(reads, file);
    }
    return this.#say([`source ${file}`]);
  }

  /** What it sends and receives for that: it tells itself. */
  async count(reads: readonly FrameRead[]): Promise<Counts> {
    await this.#say(['set debug remote 1']);
    this.#told = '';
    await this.read(reads);
    await this.#say(['set debug remote 0']);
    // Another pipe than that of what it prints.
    await setTimeout(SETTLED);
    const told = this.#told;
    const sent = [...told.matchAll(/Sending packet: (\$.*?#..)/g)].map(([, packet]) => packet?.length ?? 0);
    const received = [...told.matchAll(/Packet received: (\S*)/g)].map(([, data]) => (data?.length ?? 0) + 4);
    const sum = (lengths: readonly number[]): number => lengths.reduce((all, one) => all + one, 0);
    // An acknowledgement of a byte goes with each.
    return {
      packets: sent.length,
      bytesOut: sum(sent) + received.length,
      bytesIn: sum(received) + sent.length,
    };
  }

  async #say(commands: readonly string[]): Promise<string> {
    this.#printed = '';
    this.#child.stdin.write([...commands, `echo ${DONE}\\n`, ''].join('\n'));
    await new Promise<void>((resolve) => {
      this.#heard = () => {
        if (this.#printed.includes(DONE) || this.#child.exitCode !== null) resolve();
      };
    });
    return this.#printed;
  }
}
