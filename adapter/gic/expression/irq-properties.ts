import { queueOf } from '../inspect/irq-state.ts';
import type { EnumValue, IrqProperty } from '../registers/row.ts';
import type { GicState } from '../state/state.ts';

/** What can be said of one interrupt. */
export type IrqPropertyName =
  | 'enabled'
  | 'pending'
  | 'active'
  | 'line'
  | 'softPending'
  | 'priority'
  | 'config'
  | 'target'
  | 'route'
  | 'queuedOn'
  | 'queueIndex'
  | 'sources'
  | 'group';

export interface IrqPropertyInfo {
  readonly name: IrqPropertyName;
  readonly doc: string;
  /** True: yes or no. */
  readonly boolean: boolean;
  readonly bits: number;
  readonly values?: readonly EnumValue[];
  /** The property of a register row that holds it; null: no register does. */
  readonly register: IrqProperty | null;
  /** An edit can change it: through its register, or its wire. */
  readonly editable: boolean;
}

export const CONFIG_VALUES: readonly EnumValue[] = [
  { value: 0, name: 'level' },
  { value: 1, name: 'edge' },
];

/** Value of `target`, `queuedOn` and `queueIndex` where there is none. */
const NOBODY_VALUE = -1n;
const VCPU_VALUES: readonly EnumValue[] = [{ value: -1, name: 'nobody' }];
const PLACE_VALUES: readonly EnumValue[] = [{ value: -1, name: 'none' }];

function info(
  name: IrqPropertyName,
  bits: number,
  register: IrqProperty | null,
  editable: boolean,
  doc: string,
  values?: readonly EnumValue[],
): IrqPropertyInfo {
  return {
    name,
    doc,
    boolean: bits === 1 && values === undefined,
    bits,
    register,
    editable,
    ...(values === undefined ? {} : { values }),
  };
}

export const IRQ_PROPERTIES: readonly IrqPropertyInfo[] = [
  info('enabled', 1, 'enabled', true, 'Forwarding is enabled.'),
  info('pending', 1, 'pending', true, 'It is pending.'),
  info('active', 1, 'active', true, 'It was acknowledged and has not ended.'),
  info('line', 1, null, true, 'Its wire is high.'),
  info('softPending', 1, null, false, 'Pending by software, on a level interrupt.'),
  info('priority', 8, 'priority', true, 'Priority; lower is more urgent.'),
  info('config', 1, 'config', true, 'Trigger.', CONFIG_VALUES),
  info('target', 0, null, true, 'The vCPU it goes to.', VCPU_VALUES),
  info('route', 32, null, true, 'GICD_ITARGETSR byte (GICv2) or affinity (GICv3).'),
  info('queuedOn', 0, null, false, 'The vCPU on whose queue it is.', VCPU_VALUES),
  info('queueIndex', 0, null, false, 'Its place in that queue, from 0.', PLACE_VALUES),
  info('sources', 8, 'source', false, 'Senders of an SGI, a bit each (GICv2).'),
  info('group', 1, 'group', true, 'Interrupt group.', [
    { value: 0, name: 'group0' },
    { value: 1, name: 'group1' },
  ]),
];

export function irqProperty(name: string): IrqPropertyInfo | null {
  return IRQ_PROPERTIES.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** A property's value from the state alone; the group is the register's to tell. */
export function readIrqProperty(state: GicState, slot: number, property: Exclude<IrqPropertyName, 'group'>): bigint {
  const { at, config } = state;
  const flag = (plane: number): bigint => (state.bit(plane, slot) ? 1n : 0n);
  const vcpu = (index: number): bigint => (state.get(index) < 0 ? NOBODY_VALUE : BigInt(state.get(index)));
  switch (property) {
    case 'enabled':
      return flag(at.enabled);
    case 'pending':
      return flag(at.pending);
    case 'active':
      return flag(at.active);
    case 'line':
      return flag(at.lineLevel);
    case 'softPending':
      return flag(at.soft) & ~flag(at.edge);
    case 'config':
      return flag(at.edge);
    case 'priority':
      return BigInt(state.byte(at.priority, slot));
    case 'target':
      return vcpu(at.target + slot);
    case 'route':
      return BigInt(config.gic === 'v2' ? state.byte(at.route, slot) : state.get(at.route + slot));
    case 'queuedOn':
      return vcpu(at.queuedOn + slot);
    case 'queueIndex': {
      const on = state.get(at.queuedOn + slot);
      return on < 0 ? NOBODY_VALUE : BigInt(queueOf(state, on).indexOf(state.intid(slot)));
    }
    case 'sources': {
      const owner = state.owner(slot);
      const intid = state.intid(slot);
      return owner < 0 || intid >= 16 ? 0n : BigInt(state.byte(at.source + owner * 4, intid));
    }
  }
}
