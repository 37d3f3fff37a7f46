import { hexOf } from '../../gic/inspect/decode.ts';
import { queueOf } from '../../gic/inspect/irq-state.ts';
import { joinWords } from '../../gic/inspect/register-map.ts';
import { SGIS } from '../../gic/config.ts';
import { listRegisterFormat } from '../../gic/delivery/list-registers.ts';
import {
  VCPU_UNDERFLOW,
  VCPU_USED_LRS,
  VCPU_VM_ABPR,
  VCPU_VM_BPR,
  VCPU_VM_CTLR,
  VCPU_VM_PMR,
} from '../../gic/state/layout.ts';
import type { Guest } from '../../guest/guest.ts';
import { fact, folder, type Node } from './node.ts';
import { physicalInterfaceNodes } from './physical-interface.ts';
import { paddedHex } from './registers.ts';

/** The interface of a vCPU: a physical one, or one over list registers. Empty where nothing of it is known. */
export function interfaceNodes(guest: Guest, vcpu: number): Node[] {
  const { physical, profile } = guest.controller;
  if (physical !== null) return physicalInterfaceNodes(guest, physical, vcpu);
  return profile.knows.queues ? virtualInterfaceNodes(guest, vcpu) : [];
}

/** The virtual CPU interface of a vCPU: its control register's parts, its list registers, its queue. */
function virtualInterfaceNodes(guest: Guest, vcpu: number): Node[] {
  const { state } = guest.controller;
  const word = (index: number): number => state.get(state.vcpuWord(vcpu, index));
  const used = word(VCPU_USED_LRS);
  return [
    ...controlNodes(guest, vcpu),
    fact('used list registers', `${used} of ${state.config.lrs}`),
    fact('underflow', word(VCPU_UNDERFLOW) === 0 ? 'no' : 'yes', 'More is queued than the list registers hold.'),
    ...Array.from({ length: used }, (_, lr) => listRegisterNode(guest, vcpu, lr)),
    queueNode(guest, vcpu),
  ];
}

/** GICv2 shows the virtual machine control register as user space sees it: the CPU interface's registers. */
function controlNodes(guest: Guest, vcpu: number): Node[] {
  const { state, config } = guest.controller;
  const parts: readonly (readonly [name: string, index: number, shift?: number])[] = [
    ['CTLR', VCPU_VM_CTLR],
    ['PMR', VCPU_VM_PMR, 3],
    ['BPR', VCPU_VM_BPR],
    ['ABPR', VCPU_VM_ABPR],
  ];
  const prefix = config.cpus === 1 ? '' : `cpu(${vcpu}).`;
  return parts.map(([name, index, shift = 0]) => ({
    name,
    value: () => hexOf(state.get(state.vcpuWord(vcpu, index)) >>> shift),
    type: 'part of the virtual machine control register',
    ...(config.gic === 'v2' ? { evaluateName: `${prefix}GICC_${name}`, writable: true } : {}),
  }));
}

function listRegisterNode(guest: Guest, vcpu: number, lr: number): Node {
  const { state, config } = guest.controller;
  const at = state.lrWord(vcpu, lr);
  const format = listRegisterFormat(config.gic);
  const read = (): readonly [number, number] => [state.get(at), state.get(at + 1)];
  return {
    name: `LR${lr}`,
    value: () => {
      const [lo, hi] = read();
      return `INTID ${format.intid(lo)}, ${stateText(format.pending(lo, hi), format.active(lo, hi))}`;
    },
    children: () => {
      const [lo, hi] = read();
      const intid = format.intid(lo);
      return [
        fact('INTID', String(intid)),
        fact('state', stateText(format.pending(lo, hi), format.active(lo, hi))),
        fact('priority', hexOf(format.priority(lo, hi))),
        fact('group', format.group1(lo, hi) ? '1' : '0'),
        fact(
          'EOI maintenance',
          format.eoi(lo, hi) ? 'yes' : 'no',
          'An end of interrupt leaves the guest: a level has to be sampled.',
        ),
        ...(config.gic === 'v2' && intid < SGIS ? [fact('sender', `vCPU ${format.sender(lo)}`)] : []),
        fact('raw', config.gic === 'v2' ? paddedHex(joinWords(lo, 0), 4) : paddedHex(joinWords(lo, hi), 8)),
      ];
    },
  };
}

function queueNode(guest: Guest, vcpu: number): Node {
  const { state } = guest.controller;
  const queue = queueOf(state, vcpu);
  const text = queue.length === 0 ? 'empty' : queue.map(String).join(', ');
  return folder('queue', text, () => queueOf(state, vcpu).map((intid, place) => fact(String(place), `INTID ${intid}`)));
}

function stateText(pending: boolean, active: boolean): string {
  if (pending) return active ? 'pending and active' : 'pending';
  return active ? 'active' : 'invalid';
}
