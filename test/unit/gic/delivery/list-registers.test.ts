import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queueOf } from '../../../../adapter/gic/inspect/irq-state.ts';
import { VCPU_UNDERFLOW } from '../../../../adapter/gic/state/layout.ts';
import { GICD, machine } from '../machine.ts';

describe('list registers', () => {
  it('keep the order of arrival while everything fits, and sort by priority when not', () => {
    const gic = machine({ cpus: 1, lrs: 2 });
    gic.write(0, GICD, 4, 1);
    gic.write(0, GICD + 0x104, 4, -1);
    for (let i = 0; i < 4; i++) gic.write(0, GICD + 0x420 + i, 1, 0x80 - i * 0x20);
    gic.line(32, 0, true);
    gic.line(33, 0, true);
    assert.equal(gic.flush(0), 2);
    assert.deepEqual(queueOf(gic.state, 0), [32, 33]);
    gic.sync(0);
    gic.line(34, 0, true);
    gic.line(35, 0, true);
    assert.equal(gic.flush(0), 2);
    assert.equal(gic.state.get(gic.state.vcpuWord(0, VCPU_UNDERFLOW)), 1);
    assert.equal(gic.state.get(gic.state.lrWord(0, 0)) & 0x3ff, 35, 'the most urgent first');
    assert.equal(gic.state.get(gic.state.lrWord(0, 1)) & 0x3ff, 34);
  });

  it('leaves an interrupt nobody is the target of on no queue', () => {
    const gic = machine({ cpus: 2 });
    gic.write(0, GICD, 4, 1);
    gic.write(0, GICD + 0x104, 4, 2);
    gic.write(0, GICD + 0x821, 1, 0x80);
    gic.line(33, 0, true);
    assert.deepEqual([queueOf(gic.state, 0), queueOf(gic.state, 1)], [[], []]);
  });

  it('moves a retargeted interrupt when its vCPU next leaves the guest', () => {
    const gic = machine({ cpus: 2 });
    gic.write(0, GICD, 4, 1);
    gic.write(0, GICD + 0x104, 4, 2);
    gic.line(33, 0, true);
    gic.write(0, GICD + 0x821, 1, 2);
    assert.deepEqual(queueOf(gic.state, 0), [33]);
    gic.flush(0);
    gic.sync(0);
    assert.deepEqual([queueOf(gic.state, 0), queueOf(gic.state, 1)], [[], [33]]);
  });

  it('survives list registers a guest cannot have left', () => {
    const gic = machine({ gic: 'v3', cpus: 1 });
    gic.write(0, GICD, 4, 2);
    gic.write(0, GICD + 0x104, 4, -1);
    gic.line(40, 0, true);
    gic.flush(0);
    gic.putListRegister(0, 0, -1, -1);
    gic.sync(0);
    assert.deepEqual(queueOf(gic.state, 0), [], 'its edge was consumed, and never came back');
  });
});
