import { ADDRESS_PATTERN } from '../configuration/stub-values.ts';

/** An address, as JSON has it: its numbers know no hexadecimal. */
export const hexProperty = (description: string): object => ({
  type: 'string',
  pattern: ADDRESS_PATTERN,
  description,
});

/** Where symbols and sources are found, whatever the program runs on. */
export const symbolAttributes = {
  symbols: {
    type: 'array',
    items: { type: 'string' },
    description: 'Further ELF files whose symbols and lines are shown.',
  },
  sourceMap: {
    type: 'object',
    additionalProperties: { type: 'string' },
    markdownDescription: 'Directories as the compiler saw them, and where they are here.',
  },
};
