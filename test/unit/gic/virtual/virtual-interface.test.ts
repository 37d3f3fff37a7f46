import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  VCPU_AP0R,
  VCPU_AP1R,
  VCPU_EOI_COUNT,
  VCPU_USED_LRS,
  VCPU_VM_ABPR,
  VCPU_VM_BPR,
  VCPU_VM_CTLR,
  VCPU_VM_PMR,
} from '../../../../adapter/gic/state/layout.ts';
import type { GicState } from '../../../../adapter/gic/state/state.ts';
import { Signal, VirtualInterface } from '../../../../adapter/gic/virtual/virtual-interface.ts';
import { machine } from '../machine.ts';
import { SecondModel, type Entry } from './second-model.ts';

/** GIC_SEQUENCES=100000 for the long run. */
const SEQUENCES = Number(process.env['GIC_SEQUENCES'] ?? 5000);
const STEPS = 24;
const VCPU = 1;

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Writes the second model's set-up into the state, as entry to the guest would leave it. */
function install(model: SecondModel, state: GicState, v2: boolean): void {
  for (const [lr, { intid, sender, priority, group, pending, active }] of model.entries.entries()) {
    const word = state.lrWord(VCPU, lr);
    const bits = (pending ? 1 : 0) | (active ? 2 : 0);
    state.put(word, v2 ? intid | (sender << 10) | ((priority >> 3) << 23) | (bits << 28) | (group << 30) : intid);
    state.put(word + 1, v2 ? 0 : (priority << 16) | (group << 28) | (bits << 30));
  }
  const control =
    (model.enabled[0] ? 1 : 0) | (model.enabled[1] ? 2 : 0) | (model.ackctl ? 4 : 0) | (model.common ? 16 : 0);
  const put = (index: number, value: number): void => state.put(state.vcpuWord(VCPU, index), value);
  put(VCPU_USED_LRS, model.entries.length);
  put(VCPU_VM_CTLR, control | (model.split ? 512 : 0));
  put(VCPU_VM_PMR, model.mask);
  put(VCPU_VM_BPR, model.points[0]);
  put(VCPU_VM_ABPR, model.points[1]);
  for (const index of [VCPU_AP0R, VCPU_AP1R, VCPU_EOI_COUNT]) put(index, 0);
}

function randomSetUp(model: SecondModel, random: (below: number) => number, v2: boolean): void {
  model.entries = Array.from({ length: random(5) }, (_, i): Entry => {
    const kind = random(4);
    return {
      intid: i < 2 && v2 && random(2) === 0 ? 3 : 30 + i,
      sender: v2 && i < 2 ? i : 0,
      priority: random(6) * 8 * (1 + random(4)),
      group: random(2) === 0 ? 0 : 1,
      pending: kind === 1 || kind === 3,
      active: kind === 2 && random(3) === 0,
    };
  }).map((entry) => ({ ...entry, sender: entry.intid < 16 ? entry.sender : 0 }));
  model.enabled = [random(4) > 0, random(4) > 0];
  model.mask = random(4) === 0 ? random(32) * 8 : 0xf8;
  model.points = [random(8), random(8)];
  model.common = random(4) === 0;
  model.split = random(3) === 0;
  model.ackctl = random(2) === 0;
  model.running = [new Set(), new Set()];
  model.ended = 0;
}

const bits = (levels: Set<number>): number => [...levels].reduce((word, level) => word | (1 << (level / 8)), 0);

for (const gic of ['v2', 'v3'] as const) {
  const v2 = gic === 'v2';
  test(`agrees with a second model in ${SEQUENCES} random sequences (${gic})`, () => {
    const random = generator(v2 ? 7 : 11);
    const { state } = machine({ gic });
    const virtual = new VirtualInterface(state);
    const model = new SecondModel(v2);
    for (let sequence = 0; sequence < SEQUENCES; sequence++) {
      randomSetUp(model, random, v2);
      install(model, state, v2);
      const told: string[] = [];
      for (let step = 0; step < STEPS; step++) {
        const group = random(2) === 0 ? 0 : 1;
        const some = model.entries[random(4)];
        const value = random(8) === 0 ? 1020 + random(4) : some === undefined ? 40 : some.intid + some.sender * 1024;
        const what = random(5);
        if (what < 2) {
          const expected = model.acknowledge(group);
          const got = virtual.acknowledge(VCPU, group, v2 && group === 0 && model.ackctl);
          told.push(`ack${group} ${expected}`);
          assert.equal(got, expected, `sequence ${sequence}: ${told.join(', ')}`);
        } else if (what < 4) {
          model.end(group, value);
          virtual.endOfInterrupt(VCPU, group, value);
          told.push(`end${group} ${value}`);
        } else {
          model.deactivate(value);
          virtual.deactivate(VCPU, value);
          told.push(`dir ${value}`);
        }
        const where = `sequence ${sequence}: ${told.join(', ')}`;
        for (const [lr, entry] of model.entries.entries()) {
          const word = state.get(state.lrWord(VCPU, lr) + (v2 ? 0 : 1));
          const found = (v2 ? word >> 28 : word >> 30) & 3;
          assert.equal(found, (entry.pending ? 1 : 0) | (entry.active ? 2 : 0), `LR${lr} after ${where}`);
        }
        const at = (index: number): number => state.get(state.vcpuWord(VCPU, index));
        assert.deepEqual([at(VCPU_AP0R), at(VCPU_AP1R)], model.running.map(bits), where);
        assert.equal(at(VCPU_EOI_COUNT), model.ended, where);
        assert.equal(virtual.signal(VCPU) !== Signal.None, model.signalled !== undefined, where);
      }
    }
  });
}
