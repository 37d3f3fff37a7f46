import type { Guest } from '../../guest/guest.ts';
import { bankOf, type Frame } from '../frames.ts';
import { accessNodes } from './access.ts';
import { interfaceNodes } from './interface.ts';
import { busyInterrupts } from './interrupts.ts';
import { folder, type Node } from './node.ts';
import { registerNodes } from './registers.ts';

/** A scope of a frame: a node, and how costly it is to open. */
export interface FrameScope {
  readonly node: Node;
  readonly expensive: boolean;
  readonly hint?: 'locals' | 'registers';
}

/** What a frame shows: its access, its vCPU's interface, the busy interrupts, and the register frames it reaches. */
export function scopesOf(guest: Guest, frame: Frame): FrameScope[] {
  const vcpu = bankOf(frame);
  const whose = guest.controller.config.cpus === 1 ? '' : ` of vCPU ${vcpu}`;
  const scopes: FrameScope[] = [
    { node: folder('Access', '', () => accessNodes(guest, frame)), expensive: false, hint: 'locals' },
  ];
  const { physical, profile } = guest.controller;
  if (physical !== null || profile.knows.queues) {
    const title = `vCPU interface${profile.knows.queues ? ' and list registers' : ''}${whose}`;
    scopes.push({ node: folder(title, '', () => interfaceNodes(guest, vcpu)), expensive: false });
  }
  scopes.push({ node: folder('Interrupts', '', () => busyInterrupts(guest)), expensive: false });
  for (const device of guest.registers.devices) {
    // Other vCPUs' redistributors are in those vCPUs' frames.
    if (device.owner >= 0 && device.owner !== vcpu) continue;
    const node = { ...folder(device.title, '', () => registerNodes(guest, device, vcpu)), frame: device.id };
    scopes.push({ node, expensive: true });
  }
  return scopes;
}
