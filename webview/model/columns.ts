import type { IrqRow } from '../../adapter/protocol.ts';
import type { Summary } from '../messages.ts';

export type ColumnId = 'intid' | 'state' | 'line' | 'enabled' | 'priority' | 'trigger' | 'group' | 'target' | 'queued';

/** A column of the interrupt table, without its looks. */
export interface Column {
  readonly id: ColumnId;
  readonly label: string;
  /** Tooltip of the header. */
  readonly title: string;
  /** What has to be known for it to say anything. */
  readonly needs?: 'wires' | 'queues';
  /** What the cell says, in words: for comparing, searching and accessible names. */
  text(row: IrqRow): string;
  /** What the column sorts by. */
  rank(row: IrqRow): number;
}

/** Sorts after everything. */
const LAST = Number.MAX_SAFE_INTEGER;

/** Said of what could not be read. */
export const NOT_KNOWN = '?';

const STATE_RANK = { idle: 3, pending: 1, active: 2, 'pending+active': 0 } as const;

const ALL: readonly Column[] = [
  {
    id: 'intid',
    label: 'INTID',
    title: 'Interrupt number. Private interrupts (0 to 31) have a row per vCPU.',
    text: (row) => `${row.intid} ${row.type}${row.vcpu === null ? '' : ` vCPU ${row.vcpu}`}`,
    rank: (row) => row.intid,
  },
  {
    id: 'state',
    label: 'State',
    title: 'Idle, pending, active, or pending and active',
    text: (row) => `${stateText(row)}${row.softPending ? ' by software' : ''}${sourcesText(row)}`,
    rank: (row) => STATE_RANK[row.state],
  },
  {
    id: 'line',
    label: 'Line',
    title: 'Level of the interrupt’s wire',
    needs: 'wires',
    text: (row) => (hasLine(row) ? (row.line ? 'high' : 'low') : '–'),
    rank: (row) => (hasLine(row) ? (row.line ? 0 : 1) : 2),
  },
  {
    id: 'enabled',
    label: 'Enabled',
    title: 'Whether the distributor forwards the interrupt (ISENABLER)',
    text: (row) => (row.enabled ? 'enabled' : 'disabled'),
    rank: (row) => (row.enabled ? 0 : 1),
  },
  {
    id: 'priority',
    label: 'Priority',
    title: 'Lower is more urgent (IPRIORITYR)',
    text: (row) => priorityText(row.priority),
    rank: (row) => row.priority,
  },
  {
    id: 'trigger',
    label: 'Trigger',
    title: 'Level-sensitive or edge-triggered (ICFGR)',
    text: (row) => row.trigger,
    rank: (row) => (row.trigger === 'level' ? 0 : 1),
  },
  {
    id: 'group',
    label: 'Group',
    title: 'Interrupt group (IGROUPR)',
    text: (row) => String(row.group),
    rank: (row) => row.group,
  },
  {
    id: 'target',
    label: 'Target',
    title: 'The vCPU the interrupt goes to (ITARGETSR or IROUTER)',
    text: (row) => (row.target === null ? 'nobody' : `vCPU ${row.target}`),
    rank: (row) => row.target ?? LAST,
  },
  {
    id: 'queued',
    label: 'Queued',
    title: 'The vCPU’s queue the interrupt waits in, its place there, and the list register that holds it',
    needs: 'queues',
    text: (row) => queuedText(row) + (row.listRegister === null ? '' : ` LR${row.listRegister}`),
    rank: (row) => (row.queuedOn === null ? LAST : row.queuedOn * 4096 + (row.queueIndex ?? 0)),
  },
];

export const COLUMNS: readonly Column[] = ALL.map(whereKnown);

/** A row that could not be read says nothing but its number, and comes last. */
function whereKnown(column: Column): Column {
  if (column.id === 'intid') return column;
  return {
    ...column,
    text: (row) => (row.unavailable === undefined ? column.text(row) : NOT_KNOWN),
    rank: (row) => (row.unavailable === undefined ? column.rank(row) : LAST),
  };
}

/** The columns that say something of what is debugged. */
export function columnsOf(summary: Summary | undefined): readonly Column[] {
  if (summary === undefined) return COLUMNS;
  const { knows } = summary;
  return COLUMNS.filter(({ needs }) => needs === undefined || knows[needs]);
}

export function stateText(row: IrqRow): string {
  return row.state === 'pending+active' ? 'pending + active' : row.state;
}

/** GICv2 keeps who sent an SGI. */
export function sourcesText(row: IrqRow): string {
  if (row.sources === 0) return '';
  const senders = [...Array(32).keys()].filter((cpu) => (row.sources >>> cpu) & 1);
  return ` from vCPU ${senders.join(', ')}`;
}

export function priorityText(priority: number): string {
  return `0x${priority.toString(16).padStart(2, '0')}`;
}

export function queuedText(row: IrqRow): string {
  if (row.queuedOn === null) return '';
  return `vCPU ${row.queuedOn}${row.queueIndex === null ? '' : ` #${row.queueIndex}`}`;
}

/** "INTID 27 of vCPU 1". */
export function irqName(irq: Pick<IrqRow, 'intid' | 'vcpu'>): string {
  return irq.vcpu === null ? `INTID ${irq.intid}` : `INTID ${irq.intid} of vCPU ${irq.vcpu}`;
}

/** SGIs and LPIs are messages: they have no wire. */
export function hasLine(row: IrqRow): boolean {
  return row.type === 'PPI' || row.type === 'SPI';
}
