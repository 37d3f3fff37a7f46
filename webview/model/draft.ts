import type { PreviewResponse } from '../../adapter/protocol.ts';
import type { ColumnId } from './columns.ts';
import type { Property } from './edits.ts';
import type { RowKey } from './irq-table.ts';
import { severityOf } from './notices.ts';

/** A value being typed into a cell. */
export interface Draft {
  readonly key: RowKey;
  readonly column: ColumnId;
  readonly property: Property;
  /** The expression the value will be assigned to. */
  readonly target: string;
  readonly hint: string;
  readonly initial: string;
  text: string;
  /** The preview asked for last. */
  previewId?: string;
  /** The adapter's word on `text`. */
  preview?: PreviewResponse;
  /** The edit under way. */
  commitId?: string;
  /** Why the last attempt to commit was refused. */
  refusal?: readonly string[];
}

/** What to show under the input of a draft. */
export interface DraftAdvice {
  readonly severity: 'error' | 'warning' | 'info';
  readonly lines: readonly string[];
}

export function adviceOf(draft: Draft): DraftAdvice {
  if (draft.refusal) return { severity: 'error', lines: draft.refusal };
  const { preview } = draft;
  if (!preview) return { severity: 'info', lines: [draft.hint] };
  const severity = severityOf(preview);
  const problems = preview.problems.map((problem) => problem.message);
  if (severity === 'error') return { severity, lines: problems.length > 0 ? problems : ['This cannot be written.'] };
  if (problems.length === 0 && preview.verdict === 'ignored') problems.push('The controller will ignore this.');
  if (problems.length === 0 && preview.verdict === 'narrowed') problems.push(`${preview.after} will be stored.`);
  return { severity, lines: [...problems, ...preview.accesses.map((access) => access.text)] };
}
