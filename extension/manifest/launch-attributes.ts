import { CONSOLES } from '../configuration/stub-values.ts';
import { hexProperty, symbolAttributes } from './schema.ts';
import { server, stubOnly } from './stub-attributes.ts';

/** Profiles by name, as the adapter has them. */
const PROFILES = {
  'kvm-6.12': 'The vgic of Linux 6.12, behind list registers: what a guest of KVM meets.',
  'kvm-4.10': 'The vgic of Linux 4.10.',
  arch: 'A physical controller as the architecture has it, wired to the CPUs: what software on hardware meets.',
  'qemu-7.2': 'The controller of QEMU 7.2 without KVM, with its deviations from the architecture.',
  'qemu-10': 'The controller of QEMU 10 without KVM.',
};

/**
 * What a configuration that launches may say: of a program on the simulated machine, of a recording, or of a server
 * with a GDB stub.
 */
export const launch = {
  anyOf: [{ required: ['program'] }, { required: ['server'] }],
  properties: {
    program: {
      type: 'string',
      markdownDescription:
        'What to debug. A program for the simulated machine: an AArch64 ELF file, a Linux `Image` or a flat binary. ' +
        'Or a recording: a `.gictrace` file, a QEMU trace log, Linux ftrace text or a KVM `vgic-state` dump; gzipped or not. ' +
        'With `server`, and only if you like: the ELF file that the server runs, for source breakpoints and stacks.',
      default: '${file}',
    },
    stopOnEntry: {
      type: 'boolean',
      description:
        'Stop before the first instruction, or the first operation of a recording. With a server: let the target stand ' +
        'after connecting.',
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
      enum: Object.keys(PROFILES),
      enumDescriptions: Object.values(PROFILES),
      default: 'kvm-6.12',
      description:
        'For programs: which controller the machine has. With a server: what the controller of its target is expected ' +
        'to do, one of arch, qemu-7.2 and qemu-10; by default what fits the target.',
    },
    lrs: {
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 4,
      description: 'For programs: the number of list registers of each vCPU, where the profile has them.',
    },
    initrd: { type: 'string', description: 'For kernels: the initial RAM disk.' },
    address: hexProperty('For flat binaries: where they go and begin; 0x0 is firmware in flash.'),
    ...symbolAttributes,
    console: {
      type: 'string',
      enum: CONSOLES,
      enumDescriptions: ['A terminal of its own, for input and output.', 'The debug console, for output alone.'],
      default: 'integratedTerminal',
      description: "Where the guest's UART goes, and what a server prints.",
    },
    gdbPort: {
      type: 'integer',
      minimum: 0,
      maximum: 65535,
      description: 'For programs: a port of this machine on which gdb can connect; 0 takes a free one.',
    },
    server,
    ...stubOnly,
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
