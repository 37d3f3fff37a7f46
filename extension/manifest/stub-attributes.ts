import {
  ADDRESS_PATTERN,
  CONTROLLER_CPUS,
  CONTROLLER_SPIS,
  DEFAULT_TARGET,
  MEMORY_ACCESS,
  MODEL_PROFILES,
  TIMEOUT,
  VERSIONS,
} from '../configuration/stub-values.ts';
import { BOARD_NAMES } from './boards.ts';
import { hexProperty, symbolAttributes } from './schema.ts';

const controller = {
  type: 'object',
  markdownDescription:
    'Where the interrupt controller is, and what it has, where that is known better here than the target can tell. ' +
    'With `dist`, nothing else is looked for; the other attributes overrule what was found.',
  additionalProperties: false,
  properties: {
    version: { type: 'string', enum: VERSIONS, description: 'The GIC architecture; by default its registers tell.' },
    dist: hexProperty('Physical address of the distributor.'),
    cpuif: hexProperty('Physical address of the GICv2 CPU interface.'),
    redist: {
      markdownDescription: 'Physical address of the GICv3 redistributors: of the first, or a list, one a region.',
      anyOf: [
        { type: 'string', pattern: ADDRESS_PATTERN },
        { type: 'array', minItems: 1, items: { type: 'string', pattern: ADDRESS_PATTERN } },
      ],
    },
    its: hexProperty('Physical address of the interrupt translation service.'),
    cpus: {
      type: 'integer',
      minimum: CONTROLLER_CPUS.min,
      maximum: CONTROLLER_CPUS.max,
      description: 'The number of CPUs, where a GICv2 says it wrongly.',
    },
    spis: {
      type: 'integer',
      minimum: CONTROLLER_SPIS.min,
      maximum: CONTROLLER_SPIS.max,
      description: 'The number of SPIs; the highest INTID is 31 more.',
    },
  },
};

/** What only makes sense where the guest is behind a GDB stub. */
export const stubOnly = {
  target: {
    type: 'string',
    markdownDescription:
      'Where the GDB stub listens: `HOST:PORT`, `:PORT`, or the path of a Unix socket (`/run/qemu.sock` or ' +
      '`unix:/run/qemu.sock`).',
    default: DEFAULT_TARGET,
  },
  controller,
  deviceTree: {
    type: 'string',
    markdownDescription:
      'A device tree that says where the controller is: the path of a `.dtb` file, or the physical address at which ' +
      'the blob lies in the guest, such as `0x40000000`.',
  },
  board: {
    type: 'string',
    enum: Object.keys(BOARD_NAMES),
    enumDescriptions: Object.values(BOARD_NAMES),
    description: 'A board whose controller is at known addresses.',
  },
  memoryAccess: {
    type: 'string',
    enum: MEMORY_ACCESS,
    enumDescriptions: [
      'Physical where the stub can do that.',
      'At physical addresses, whatever the guest maps.',
      'As the CPU sees memory: the guest has to map the registers.',
    ],
    default: MEMORY_ACCESS[0],
    description: "How the controller's registers are read.",
  },
  borrowCpus: {
    type: 'boolean',
    markdownDescription:
      'Read what only a CPU itself can read, by letting a CPU that stands execute one instruction: `ICC_` registers, ' +
      'and a GICv2 of several CPUs behind QEMU. Its registers and memory are saved before and restored after.',
    default: true,
  },
  timeout: {
    type: 'number',
    minimum: TIMEOUT.min,
    maximum: TIMEOUT.max,
    description: 'Seconds that the stub may take for an answer.',
    default: TIMEOUT.default,
  },
};

/** What a configuration that attaches may say. */
export const attach = {
  required: ['target'],
  properties: {
    ...stubOnly,
    program: {
      type: 'string',
      markdownDescription:
        'The ELF file that the target runs, for source breakpoints, names and stacks; a Linux kernel is `vmlinux`. ' +
        'Nothing is loaded from it.',
    },
    ...symbolAttributes,
    profile: {
      type: 'string',
      enum: MODEL_PROFILES,
      enumDescriptions: [
        'The architecture; where it leaves a choice, GIC-400 and GIC-600.',
        'QEMU before version 10.',
        'QEMU from version 10 on.',
      ],
      description:
        "What the target's controller is expected to do: edits are previewed and the view Divergence compares by it. " +
        'By default, what fits the target.',
    },
    stopOnEntry: {
      type: 'boolean',
      description: 'Let the target stand after attaching; false: it goes on.',
      default: true,
    },
  },
};

/** The command that a launch starts before it connects. */
export const server = {
  type: 'object',
  markdownDescription:
    'A command with a GDB stub in it, such as QEMU or OpenOCD. It is started first, connected to at `target`, and ended ' +
    'with the session. QEMU needs `-S -gdb tcp:127.0.0.1:1234` among its arguments.',
  additionalProperties: false,
  required: ['command'],
  properties: {
    command: {
      type: 'string',
      markdownDescription: 'A program: its path, or a name that is looked for on the `PATH`.',
    },
    args: {
      type: 'array',
      items: { type: 'string' },
      description: 'Its arguments, one a string. There is no shell: nothing has to be quoted.',
    },
    cwd: { type: 'string', description: 'The directory it runs in; the workspace folder by default.' },
    env: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Environment variables it gets besides those there are.',
    },
  },
  default: { command: 'qemu-system-aarch64', args: [] },
};
