import { hexOf } from '../../gic/inspect/decode.ts';
import { irqState, slotExists, type IrqState } from '../../gic/inspect/irq-state.ts';
import { hasGroups } from '../../gic/profiles/profile.ts';
import { SGIS } from '../../gic/config.ts';
import type { Guest } from '../../guest/guest.ts';
import { unknownNow } from '../views/unknown-interrupts.ts';
import { fact, type Node } from './node.ts';

/** Interrupts that are not idle: pending, active, their wire high, or queued. In order: private ones by vCPU, SPIs. */
export function busyInterrupts(guest: Guest): Node[] {
  const { state } = guest.controller;
  const unknown = unknownNow(guest);
  const nodes: Node[] = [];
  for (let slot = 0; slot < state.at.slots && slotExists(state, slot); slot++) {
    if (unknown.has(slot)) continue;
    const irq = irqState(state, slot);
    if (irq.pending || irq.active || irq.lineLevel || irq.queuedOn !== null) nodes.push(irqNode(guest, slot));
  }
  const [why] = unknown.values();
  if (why !== undefined) nodes.push(fact(`(${unknown.size} not known)`, `<${why}>`));
  return nodes.length > 0 ? nodes : [fact('(none)', 'all interrupts are idle')];
}

/** One interrupt, opening into its properties. */
export function irqNode(guest: Guest, slot: number): Node {
  const { state } = guest.controller;
  const intid = state.intid(slot);
  const owner = state.owner(slot);
  const name = irqExpression(guest, intid, owner);
  return {
    name: owner < 0 || guest.controller.config.cpus === 1 ? `INTID ${intid}` : `INTID ${intid} of vCPU ${owner}`,
    value: () => {
      const why = unknownNow(guest).get(slot);
      return why === undefined ? irqText(irqState(state, slot)) : `<${why}>`;
    },
    evaluateName: name,
    children: () => propertyNodes(guest, slot, name),
  };
}

/** "pending, enabled, priority 0xa0, to vCPU 0, queued" */
export function irqText(irq: IrqState): string {
  const words = [irq.pending && 'pending', irq.active && 'active', irq.lineLevel && 'line high'].filter(Boolean);
  return [
    words.length === 0 ? 'idle' : words.join(', '),
    irq.enabled ? 'enabled' : 'disabled',
    `priority ${hexOf(irq.priority)}`,
    irq.target === null ? 'to nobody' : `to vCPU ${irq.target}`,
    ...(irq.queuedOn === null ? [] : [`queued on vCPU ${irq.queuedOn}`]),
  ].join(', ');
}

function propertyNodes(guest: Guest, slot: number, name: string): Node[] {
  const { state, config, profile } = guest.controller;
  const { knows } = profile;
  const now = (): IrqState => irqState(state, slot);
  const { intid, vcpu } = now();
  const property = (property: string, read: (irq: IrqState) => string, writable: boolean): Node => ({
    name: property,
    value: () => {
      const why = unknownNow(guest).get(slot);
      return why === undefined ? read(now()) : `<${why}>`;
    },
    evaluateName: `${name}.${property}`,
    writable,
  });
  const flag = (on: boolean): string => (on ? 'true' : 'false');
  return [
    property('enabled', (irq) => flag(irq.enabled), true),
    property('pending', (irq) => flag(irq.pending), true),
    ...(knows.wires ? [property('softPending', (irq) => flag(irq.softPending), false)] : []),
    property('active', (irq) => flag(irq.active), true),
    ...(knows.wires ? [property('line', (irq) => (irq.lineLevel ? '1' : '0'), intid >= SGIS)] : []),
    property('config', (irq) => irq.config, intid >= SGIS),
    property('priority', (irq) => hexOf(irq.priority), true),
    ...(hasGroups(profile, config.gic) ? [property('group', (irq) => `group${String(irq.group)}`, true)] : []),
    property('target', (irq) => (irq.target === null ? 'nobody' : String(irq.target)), vcpu === null),
    ...(vcpu === null ? [property('route', (irq) => hexOf(irq.route), true)] : []),
    ...(config.gic === 'v2' && intid < SGIS ? [property('sources', (irq) => hexOf(irq.sources), false)] : []),
    ...(knows.queues
      ? [property('queuedOn', (irq) => (irq.queuedOn === null ? 'none' : String(irq.queuedOn)), false)]
      : []),
  ];
}

/** The expression that means an interrupt. */
export function irqExpression(guest: Guest, intid: number, owner: number): string {
  return owner < 0 || guest.controller.config.cpus === 1 ? `irq(${intid})` : `irq(${intid}, ${owner})`;
}
