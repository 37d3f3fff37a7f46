import { PROMPT } from '../../scripts/guests/initramfs.ts';
import { debianLinux, type DebianLinux } from '../../scripts/guests/linux.ts';
import { SetupError } from '../../scripts/vscode-server/step.ts';
import { NO_QEMU, Qemu, type Owner, type QemuOptions } from './qemu.ts';

const BOOT_MS = 120_000;
const COMMAND_MS = 30_000;

/** The crypto tests would take most of the boot. Addresses are those of the kernel's symbols, and are shown. */
const APPEND = 'console=ttyAMA0 rdinit=/init cryptomgr.notests nokaslr no_hash_pointers quiet';

/** What keeps Linux from running here: for the option `skip` of tests. */
export async function noLinux(): Promise<string | false> {
  if (NO_QEMU !== false) return NO_QEMU;
  try {
    await debianLinux();
    return false;
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}

export type LinuxOptions = Omit<QemuOptions, 'kernel' | 'initrd' | 'append' | 'running'> & {
  /** More for the kernel's command line. */
  readonly append?: string;
};

/** Debian's Linux on a real QEMU, with a shell on its console. */
export class Linux {
  readonly qemu: Qemu;
  readonly debian: DebianLinux;

  private constructor(qemu: Qemu, debian: DebianLinux) {
    this.qemu = qemu;
    this.debian = debian;
  }

  /** Starts it, stopped at its first instruction: `booted` needs somebody to let it run. */
  static async start(owner: Owner, options: LinuxOptions, running = false): Promise<Linux> {
    const debian = await debianLinux();
    const { append, ...machine } = options;
    const { kernel, initrd } = debian;
    const line = [APPEND, append].filter(Boolean).join(' ');
    return new Linux(await Qemu.start(owner, { ...machine, kernel, initrd, append: line, running }), debian);
  }

  /** Starts it and waits for its shell. */
  static async boot(owner: Owner, options: LinuxOptions): Promise<Linux> {
    const linux = await Linux.start(owner, options, true);
    await linux.booted();
    return linux;
  }

  async booted(): Promise<void> {
    await this.qemu.waitForOutput(PROMPT, BOOT_MS);
  }

  /** A command typed to the shell. @returns what it prints */
  async shell(command: string, timeout = COMMAND_MS): Promise<string> {
    this.qemu.type(`${command}\n`);
    const answer = await this.qemu.waitForOutput(PROMPT, timeout);
    // The first line is the command's echo.
    return answer.slice(answer.indexOf('\n') + 1, -PROMPT.length);
  }

  /** Where the kernel has the registers of a device that it has mapped. @param physical where the device has them */
  async virtualAddress(physical: number): Promise<bigint> {
    const list = await this.shell('cat /proc/vmallocinfo');
    const line = new RegExp(`^0x(\\w+)-.* phys=0x0*${physical.toString(16)} `, 'm').exec(list);
    if (line?.[1] === undefined) throw new Error(`Linux has not mapped 0x${physical.toString(16)}:\n${list}`);
    return BigInt(`0x${line[1]}`);
  }

  /** Addresses of the kernel's functions. */
  async symbols(...names: readonly string[]): Promise<bigint[]> {
    const list = await this.shell(`grep -E ' (${names.join('|')})$' /proc/kallsyms`);
    return names.map((name) => {
      const address = new RegExp(`^(\\w+) \\w ${name}$`, 'm').exec(list)?.[1];
      if (address === undefined) throw new Error(`This Linux has no function ${name}:\n${list}`);
      return BigInt(`0x${address}`);
    });
  }
}
