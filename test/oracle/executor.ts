import type { Case, Outcome } from './case.ts';

/** Something that executes cases. */
export interface Executor {
  readonly name: string;
  run(batch: readonly Case[]): Promise<Outcome[]>;
  close(): Promise<void>;
}
