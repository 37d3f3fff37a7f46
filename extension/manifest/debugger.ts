import { COMMANDS, DEBUG_TYPE, LANGUAGE } from '../ids.ts';

const hexProperty = (description: string): object => ({
  type: 'string',
  pattern: '^0[xX][0-9a-fA-F]{1,13}$',
  description,
});

/** What a launch configuration may say. */
const launch = {
  required: ['program'],
  properties: {
    program: {
      type: 'string',
      description:
        'The recording: a .gictrace file, a QEMU trace log, Linux ftrace text or a KVM vgic-state dump; gzipped or not.',
      default: '${file}',
    },
    stopOnEntry: {
      type: 'boolean',
      description: 'Stop before the first operation.',
      default: true,
    },
    gic: {
      type: 'string',
      enum: ['v2', 'v3'],
      description: 'For imported logs: the GIC architecture, where the log leaves it open.',
    },
    cpus: {
      type: 'integer',
      minimum: 1,
      maximum: 64,
      description: 'For imported logs: the number of vCPUs (GICv2 has at most 8).',
    },
    spis: {
      type: 'integer',
      minimum: 32,
      maximum: 988,
      description: 'For imported logs: the number of SPIs; the highest INTID is 31 more.',
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
    languages: [LANGUAGE, 'log'],
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

/** Languages in whose editors breakpoints can be set: whatever a recording may open as. */
export const breakpoints = [LANGUAGE, 'log', 'plaintext', 'jsonl', 'json'].map((language) => ({ language }));

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
