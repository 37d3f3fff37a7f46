/** Levels of a CPU's interrupt inputs, a bit each. */
export type Inputs = number;
export const IRQ = 1;
export const FIQ = 2;
