import { DEFAULT_TARGET } from '../configuration/stub-values.ts';
import { DEBUG_TYPE } from '../ids.ts';

/** A path in the workspace, of which the user types what is behind the tab stop. */
const inWorkspace = (stop: string): string => `^"\\\${workspaceFolder}/${stop}"`;

/** QEMU stands before the first instruction, and lets nobody but this machine connect. */
const STAND_AND_LISTEN = ['-S', '-gdb', 'tcp:127.0.0.1:1234'];
const NO_DISPLAY = ['-nographic', '-nic', 'none'];

function bareMetal(version: 2 | 3, cpus: number): object {
  return {
    label: `GIC: QEMU virt with GICv${version}, bare metal`,
    description: `Start QEMU with a program of your own and look into its GICv${version}.`,
    body: {
      type: DEBUG_TYPE,
      request: 'launch',
      name: `\${1:GIC: QEMU, GICv${version}}`,
      server: {
        command: 'qemu-system-aarch64',
        args: [
          '-M',
          `virt,gic-version=${version}`,
          '-cpu',
          '${3:cortex-a53}',
          '-smp',
          `\${4:${cpus}}`,
          '-m',
          '256',
          ...NO_DISPLAY,
          '-kernel',
          inWorkspace('${2:guest.elf}'),
          ...STAND_AND_LISTEN,
        ],
      },
      program: inWorkspace('${2:guest.elf}'),
      stopOnEntry: true,
    },
  };
}

/** Ready-made configurations for guests behind a GDB stub. */
export const stubSnippets = [
  {
    label: 'GIC: Attach to a GDB stub',
    description: 'Connect to QEMU, OpenOCD or another GDB stub that runs already.',
    body: {
      type: DEBUG_TYPE,
      request: 'attach',
      name: '${1:GIC: attach}',
      target: `\${2:${DEFAULT_TARGET}}`,
      program: inWorkspace('${3:guest.elf}'),
      stopOnEntry: true,
    },
  },
  bareMetal(3, 2),
  bareMetal(2, 1),
  {
    label: 'GIC: QEMU with a Linux kernel',
    description: 'Start QEMU with a kernel Image, and show the sources of its vmlinux.',
    body: {
      type: DEBUG_TYPE,
      request: 'launch',
      name: '${1:GIC: Linux on QEMU}',
      server: {
        command: 'qemu-system-aarch64',
        args: [
          '-M',
          'virt,gic-version=${2|3,2|}',
          '-cpu',
          'cortex-a53',
          '-smp',
          '2',
          '-m',
          '512',
          ...NO_DISPLAY,
          '-kernel',
          inWorkspace('${3:arch/arm64/boot/Image}'),
          '-initrd',
          inWorkspace('${4:initrd.gz}'),
          '-append',
          // Symbols are where vmlinux says only in a kernel that does not move itself.
          'console=ttyAMA0 nokaslr ${5:rdinit=/init}',
          ...STAND_AND_LISTEN,
        ],
      },
      program: inWorkspace('${6:vmlinux}'),
      stopOnEntry: false,
    },
  },
  {
    label: 'GIC: OpenOCD',
    description: 'Start OpenOCD and look into the controller of a board.',
    body: {
      type: DEBUG_TYPE,
      request: 'launch',
      name: '${1:GIC: OpenOCD}',
      server: {
        command: 'openocd',
        args: ['-f', 'interface/${2:cmsis-dap}.cfg', '-f', 'board/${3:rpi4b}.cfg'],
      },
      target: 'localhost:3333',
      board: '${4:bcm2711}',
      program: inWorkspace('${5:guest.elf}'),
      stopOnEntry: true,
    },
  },
];
