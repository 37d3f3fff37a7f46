import { COMMANDS, DEBUG_TYPE, LANGUAGE } from '../ids.ts';
import { launch } from './launch-attributes.ts';
import { localSnippets } from './local-snippets.ts';
import { attach } from './stub-attributes.ts';
import { stubSnippets } from './stub-snippets.ts';

/** Name under which launch.json reaches the recording picker: `${command:pickRecording}`. */
export const PICK_VARIABLE = 'pickRecording';

export const debuggers = [
  {
    type: DEBUG_TYPE,
    label: 'GIC Inspector',
    languages: [LANGUAGE, 'log', 'c', 'cpp'],
    variables: { [PICK_VARIABLE]: COMMANDS.pickRecording },
    configurationAttributes: { launch, attach },
    initialConfigurations: [
      {
        type: DEBUG_TYPE,
        request: 'launch',
        name: 'GIC: recorded run',
        program: `\${command:${PICK_VARIABLE}}`,
        stopOnEntry: true,
      },
    ],
    configurationSnippets: [...localSnippets, ...stubSnippets],
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
