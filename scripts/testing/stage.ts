/** What came of a stage. A stage without tests of its own, such as lint, has only `ok`. */
export interface Outcome {
  readonly ok: boolean;
  readonly passed?: number;
  readonly failed?: number;
  readonly skipped?: number;
}

/** One part of `npm test`, named on the command line. */
export interface Stage {
  readonly name: string;
  readonly title: string;
  run(): Promise<Outcome>;
}
