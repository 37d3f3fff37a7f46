import type { FrameTable, RegisterRow } from './row.ts';

/** What of a row another profile has differently. Its place in the frame is the architecture's. */
export type RowChange = Partial<Omit<RegisterRow, 'name' | 'offset' | 'length' | 'element' | 'array'>>;

/**
 * A frame that has the rows of another one, some of them changed: by name, without index.
 * @throws Error where the frame has no such row: the tables are wrong
 */
export function variant(frame: FrameTable, changes: Readonly<Record<string, RowChange>>): FrameTable {
  const unknown = Object.keys(changes).find((name) => !frame.rows.some((row) => row.name === name));
  if (unknown !== undefined) throw new Error(`${frame.title} has no row ${unknown}`);
  return { ...frame, rows: frame.rows.map((row) => ({ ...row, ...changes[row.name] })) };
}
