import { DEBUG_TYPE } from '../ids.ts';

/** Ready-made configurations for what the adapter itself runs: programs and recordings. */
export const localSnippets = [
  {
    label: 'GIC: Debug a program on a simulated machine',
    description: 'Run an AArch64 ELF file, Image or flat binary against the GIC, and step its accesses.',
    body: {
      type: DEBUG_TYPE,
      request: 'launch',
      name: '${1:GIC: simulated guest}',
      program: '^"\\${workspaceFolder}/${2:guest.elf}"',
      gic: '${3|v3,v2|}',
      cpus: '^${4:1}',
      stopOnEntry: true,
    },
  },
  {
    label: 'GIC: Debug firmware on a simulated machine',
    description: 'Run a raw binary from flash, as -bios does.',
    body: {
      type: DEBUG_TYPE,
      request: 'launch',
      name: '${1:GIC: firmware}',
      program: '^"\\${workspaceFolder}/${2:u-boot.bin}"',
      address: '0x0',
      symbols: ['^"\\${workspaceFolder}/${3:u-boot}"'],
    },
  },
  {
    label: 'GIC: Debug a recorded run',
    description: 'Step through the GIC accesses of a recorded guest.',
    body: {
      type: DEBUG_TYPE,
      request: 'launch',
      name: '${1:GIC: recorded run}',
      program: '^"\\${workspaceFolder}/${2:run.gictrace}"',
      stopOnEntry: true,
    },
  },
  {
    label: 'GIC: Debug the open recording',
    description: 'Step through the recording in the active editor.',
    body: {
      type: DEBUG_TYPE,
      request: 'launch',
      name: '${1:GIC: open recording}',
      program: '^"\\${file}"',
      stopOnEntry: true,
    },
  },
  {
    label: 'GIC: Debug an imported log',
    description: 'A QEMU, ftrace or vgic-state log, with what the log cannot tell.',
    body: {
      type: DEBUG_TYPE,
      request: 'launch',
      name: '${1:GIC: imported log}',
      program: '^"\\${workspaceFolder}/${2:qemu.log}"',
      gic: '${3|v3,v2|}',
      cpus: '^${4:2}',
      spis: '^${5:256}',
      bases: { dist: '0x08000000', cpuif: '0x08010000', redist: '0x080a0000' },
      stopOnEntry: true,
    },
  },
];
