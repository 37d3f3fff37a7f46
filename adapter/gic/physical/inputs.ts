/** Levels of a CPU's interrupt inputs, a bit each. */
export type Inputs = number;
export const IRQ = 1;
export const FIQ = 2;

export function inputsText(inputs: Inputs): string {
  return `IRQ ${(inputs & IRQ) === 0 ? 'low' : 'high'}, FIQ ${(inputs & FIQ) === 0 ? 'low' : 'high'}`;
}
