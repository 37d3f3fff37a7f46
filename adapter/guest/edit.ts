import type { EditStep } from '../gic/edit/step.ts';

/** A user's edit: one entry of time, however many accesses it takes. */
export interface Edit {
  readonly steps: readonly EditStep[];
  readonly text: string;
}
