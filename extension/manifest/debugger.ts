import { COMMANDS, DEBUG_TYPE, LANGUAGE } from '../ids.ts';

const hexProperty = (description: string): object => ({
  type: 'string',
  pattern: '^0[xX][0-9a-fA-F]{1,13}$',
  description,
});

/** Profiles by name, as the adapter has them. */
const PROFILE_NAMES = ['kvm-6.12', 'kvm-4.10'];

/** What a launch configuration may say. */
const launch = {
  required: ['program'],
  properties: {
    program: {
      type: 'string',
      markdownDescription:
        'What to debug. A program for the simulated machine: an AArch64 ELF file, a Linux `Image` or a flat binary. ' +
        'Or a recording: a `.gictrace` file, a QEMU trace log, Linux ftrace text or a KVM `vgic-state` dump; gzipped or not.',
      default: '${file}',
    },
    stopOnEntry: {
      type: 'boolean',
      description: 'Stop before the first instruction, or the first operation of a recording.',
      default: true,
    },
    gic: {
      type: 'string',
      enum: ['v2', 'v3'],
      description:
        'The GIC architecture: of the simulated machine (v3 by default), or of an imported log that leaves it open.',
    },
    cpus: {
      type: 'integer',
      minimum: 1,
      maximum: 64,
      description: 'The number of vCPUs: of the simulated machine (1 to 8, 1 by default), or of an imported log.',
    },
    spis: {
      type: 'integer',
      minimum: 32,
      maximum: 988,
      description: 'For imported logs: the number of SPIs; the highest INTID is 31 more.',
    },
    args: {
      type: 'string',
      markdownDescription: "For programs: the guest's command line, `/chosen/bootargs` in its device tree.",
    },
    memory: {
      type: 'string',
      pattern: '^\\s*\\d{1,7}\\s*([mMgG])?([iI])?([bB])?\\s*$',
      description: 'For programs: the RAM of the machine, 16M to 2G.',
      default: '256M',
    },
    profile: {
      type: 'string',
      enum: PROFILE_NAMES,
      description: 'For programs: which controller the machine has: the vgic of which Linux version.',
    },
    lrs: {
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 4,
      description: 'For programs: the number of list registers of each vCPU.',
    },
    initrd: { type: 'string', description: 'For kernels: the initial RAM disk.' },
    address: hexProperty('For flat binaries: where they go and begin; 0x0 is firmware in flash.'),
    symbols: {
      type: 'array',
      items: { type: 'string' },
      description: 'For programs: further ELF files whose symbols and lines are shown.',
    },
    sourceMap: {
      type: 'object',
      additionalProperties: { type: 'string' },
      markdownDescription: 'For programs: directories as the compiler saw them, and where they are here.',
    },
    console: {
      type: 'string',
      enum: ['integratedTerminal', 'internalConsole'],
      enumDescriptions: ['A terminal of its own, for input and output.', 'The debug console, for output alone.'],
      default: 'integratedTerminal',
      description: "For programs: where the guest's UART goes.",
    },
    gdbPort: {
      type: 'integer',
      minimum: 0,
      maximum: 65535,
      description: 'For programs: a port of this machine on which gdb can connect; 0 takes a free one.',
    },
    bases: {
      type: 'object',
      description: 'For imported logs: guest physical addresses of the register frames.',
      additionalProperties: false,
      properties: {
        dist: hexProperty('The distributor.'),
        cpuif: hexProperty('The GICv2 CPU interface.'),
        redist: hexProperty('The first GICv3 redistributor.'),
        its: hexProperty('The interrupt translation service.'),
      },
    },
  },
};

/** Name under which launch.json reaches the recording picker: `${command:pickRecording}`. */
export const PICK_VARIABLE = 'pickRecording';

export const debuggers = [
  {
    type: DEBUG_TYPE,
    label: 'GIC Inspector',
    languages: [LANGUAGE, 'log', 'c', 'cpp'],
    variables: { [PICK_VARIABLE]: COMMANDS.pickRecording },
    configurationAttributes: { launch },
    initialConfigurations: [
      {
        type: DEBUG_TYPE,
        request: 'launch',
        name: 'GIC: recorded run',
        program: `\${command:${PICK_VARIABLE}}`,
        stopOnEntry: true,
      },
    ],
    configurationSnippets: [
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
    ],
  },
];

/** Languages in whose editors breakpoints can be set: those of guests, and whatever a recording may open as. */
const CODE = ['c', 'cpp', 'rust', 'zig', 'ada', 'd', 'go', 'asm', 'arm', 'arm64', 'gas'];
export const breakpoints = [LANGUAGE, 'log', 'plaintext', 'jsonl', 'json', ...CODE].map((language) => ({ language }));

export const languages = [
  {
    id: LANGUAGE,
    aliases: ['GIC trace', 'gictrace'],
    extensions: ['.gictrace'],
    firstLine: '^\\s*\\{\\s*"format"\\s*:\\s*"gic-trace/',
    configuration: 'extension/languages/gictrace.language.json',
  },
];

export const grammars = [
  { language: LANGUAGE, scopeName: 'source.gictrace', path: 'extension/languages/gictrace.tmLanguage.json' },
];
