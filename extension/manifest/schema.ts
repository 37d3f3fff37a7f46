import { ADDRESS_PATTERN } from '../configuration/stub-values.ts';

/** An address, as JSON has it: its numbers know no hexadecimal. */
export const hexProperty = (description: string): object => ({
  type: 'string',
  pattern: ADDRESS_PATTERN,
  description,
});
