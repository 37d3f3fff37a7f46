import type { IrqRow } from '../../adapter/protocol.ts';
import type { Summary } from '../messages.ts';
import { hasLine, type ColumnId } from './columns.ts';

/** Properties of `irq(n)` in the expression language that the table edits. */
export type Property = 'enabled' | 'pending' | 'active' | 'line' | 'priority' | 'config' | 'target';

/** `irq(33).enabled`, `irq(27, 1).priority`. */
export function propertyExpression(irq: Pick<IrqRow, 'intid' | 'vcpu'>, property: Property): string {
  return `irq(${irq.intid}${irq.vcpu === null ? '' : `, ${irq.vcpu}`}).${property}`;
}

/** The column in which an edit of this property is typed and its outcome shown. */
export const PROPERTY_COLUMN: Readonly<Record<Property, ColumnId>> = {
  enabled: 'enabled',
  pending: 'state',
  active: 'state',
  line: 'line',
  priority: 'priority',
  config: 'trigger',
  target: 'target',
};

/** Takes apart what `propertyExpression` made. */
export function parseProperty(
  expression: string,
): { irq: Pick<IrqRow, 'intid' | 'vcpu'>; property: Property } | undefined {
  const match = /^irq\((\d+)(?:, (\d+))?\)\.(\w+)$/.exec(expression);
  const property = match?.[3];
  if (!match || property === undefined || !Object.hasOwn(PROPERTY_COLUMN, property)) return undefined;
  const vcpu = match[2] === undefined ? null : Number(match[2]);
  return { irq: { intid: Number(match[1]), vcpu }, property: property as Property };
}

/** How a cell can be edited: in a text box, by choosing, by switching; or why it cannot. */
export type Editing =
  | { how: 'text'; property: Property; hint: string }
  | { how: 'choice'; property: Property; values: readonly string[] }
  | { how: 'switch'; property: Property; on: boolean }
  | { how: 'menu' }
  | { how: 'none'; why: string };

const none = (why: string): Editing => ({ how: 'none', why });

export function editingOf(row: IrqRow, column: ColumnId, summary: Summary | undefined): Editing {
  if (column === 'intid') return none('The interrupt’s number.');
  if (row.unavailable !== undefined) return none(`Not known: ${row.unavailable}`);
  switch (column) {
    case 'state':
      return { how: 'menu' };
    case 'line':
      if (summary?.knows.wires === false) return none('Not editable: the wires are driven by devices alone.');
      return hasLine(row)
        ? { how: 'switch', property: 'line', on: row.line }
        : none(`Not editable: ${row.type}s are messages and have no wire.`);
    case 'enabled':
      return { how: 'switch', property: 'enabled', on: row.enabled };
    case 'priority':
      return { how: 'text', property: 'priority', hint: '0x00 (most urgent) to 0xff' };
    case 'trigger':
      return editingOfTrigger(row, summary);
    case 'group':
      return none('Not editable here: change GICD_IGROUPR or GICR_IGROUPR0 in the register tree.');
    case 'target':
      return editingOfTarget(row, summary);
    case 'queued':
      return none('Not editable: the queues follow from state, target and priority.');
  }
}

function editingOfTrigger(row: IrqRow, summary: Summary | undefined): Editing {
  if (row.type === 'SGI')
    return none('Not editable: SGIs are always edge-triggered, their configuration is read-only.');
  if (row.type === 'LPI') return none('Not editable: LPIs are always edge-triggered.');
  // Whether PPIs can be configured is the implementation's choice; KVM's vgic chose no.
  if (row.type === 'PPI' && summary?.profile.startsWith('kvm') === true) {
    return none('Not editable: KVM keeps the configuration of private interrupts read-only.');
  }
  return { how: 'choice', property: 'config', values: ['level', 'edge'] };
}

function editingOfTarget(row: IrqRow, summary: Summary | undefined): Editing {
  if (row.type === 'LPI') return none('Not editable: an LPI’s target is in the ITS’s tables.');
  if (row.type !== 'SPI') return none('Not editable: a private interrupt always goes to its own vCPU.');
  return {
    how: 'text',
    property: 'target',
    hint: summary?.gic === 'v2' ? 'Target byte, one bit per vCPU: 0x1 is vCPU 0, 0x2 is vCPU 1' : 'Number of the vCPU',
  };
}

/** What the text box starts with. */
export function editText(row: IrqRow, property: Property, summary: Summary | undefined): string {
  if (property === 'priority') return `0x${row.priority.toString(16).padStart(2, '0')}`;
  if (property !== 'target') return '';
  if (summary?.gic === 'v2') return row.route ?? '0x0';
  return row.target === null ? '' : String(row.target);
}

/** Register arrays by what a column shows: in the distributor, and for private interrupts in GICv3's redistributor. */
const REGISTER: Readonly<Record<ColumnId, string>> = {
  intid: 'ISENABLER',
  state: 'ISPENDR',
  line: 'ISPENDR',
  enabled: 'ISENABLER',
  priority: 'IPRIORITYR',
  trigger: 'ICFGR',
  group: 'IGROUPR',
  target: 'ITARGETSR',
  queued: 'ISPENDR',
};

/** The register behind a cell: `GICD_ISENABLER[33]`, `cpu(1).GICR_IPRIORITYR[27]`. */
export function registerExpression(row: IrqRow, column: ColumnId, summary: Summary | undefined): string {
  const isV3 = summary?.gic === 'v3';
  const array = column === 'target' && isV3 ? (row.vcpu === null ? 'IROUTER' : 'ISENABLER') : REGISTER[column];
  const frame = isV3 && row.vcpu !== null ? 'GICR' : 'GICD';
  const prefix = row.vcpu === null || summary?.cpus === 1 ? '' : `cpu(${row.vcpu}).`;
  return `${prefix}${frame}_${array}[${row.intid}]`;
}
