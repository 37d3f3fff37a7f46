import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ARCH } from '../../adapter/gic/profiles/arch.ts';
import { DEFAULT_PROFILE } from '../../adapter/gic/profiles/profiles.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const FIRMWARE = '/usr/lib/u-boot/qemu_arm64/u-boot.bin';
const PATIENCE_MS = 60_000;

/** A program on a simulated machine, its UART at hand. */
class RunningGuest {
  readonly #child;
  #heard = '';
  /** What was heard up to here has been waited for. */
  #seen = 0;
  readonly exit: Promise<number | null>;

  constructor(...args: string[]) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', 'adapter/cli.ts', 'run', ...args], { cwd: ROOT });
    this.#child.stdout.on('data', (bytes: Buffer) => (this.#heard += bytes.toString('latin1')));
    this.#child.stderr.on('data', (bytes: Buffer) => (this.#heard += bytes.toString('latin1')));
    this.exit = new Promise((resolve) => this.#child.on('close', resolve));
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Waits until the guest has said something, and answers what it said up to then. */
  async hear(wanted: RegExp): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const rest = this.#heard.slice(this.#seen);
      const match = wanted.exec(rest);
      if (match) {
        this.#seen += match.index + match[0].length;
        return rest.slice(0, match.index + match[0].length);
      }
      assert(Date.now() < deadline, `waited in vain for ${String(wanted)}:\n${rest}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

for (const { name } of [DEFAULT_PROFILE, ARCH]) {
  test(
    `U-Boot boots from flash to its prompt, carries out commands, and powers the machine off, on ${name}`,
    { skip: existsSync(FIRMWARE) ? false : `${FIRMWARE} is not there: install the package u-boot-qemu` },
    async () => {
      const guest = new RunningGuest('--profile', name, '--address', '0', '--cpus', '2', FIRMWARE);
      try {
        await guest.hear(/U-Boot 20\d\d/);
        await guest.hear(/Hit any key to stop autoboot/);
        guest.type('\n');
        await guest.hear(/=> /);
        guest.type('version\n');
        assert.match(await guest.hear(/\n=> /), /U-Boot 20\d\d.*aarch64-linux-gnu-gcc/s);
        guest.type('printenv arch\n');
        assert.match(await guest.hear(/\n=> /), /arch=arm/);
        guest.type('mw.l 0x41000000 0xcafe0123 4; md.l 0x41000000 4\n');
        assert.match(await guest.hear(/\n=> /), /41000000: cafe0123 cafe0123 cafe0123 cafe0123/);
        guest.type('cp.b 0x41000000 0x42000000 0x10; crc32 0x42000000 0x10\n');
        assert.match(await guest.hear(/\n=> /), /crc32 for 42000000 \.\.\. 4200000f ==> [0-9a-f]{8}/);
        guest.type('poweroff\n');
        assert.equal(await guest.exit, 0);
      } finally {
        guest.kill();
      }
    },
  );
}
