import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VcpuControl } from '../../../../adapter/gic/delivery/delivery.ts';
import { GICD, machine } from '../machine.ts';

it('halts one vCPU around a private active change, all around a shared one, and kicks for what becomes due', () => {
  const calls: string[] = [];
  const control: VcpuControl = {
    kick: (vcpu) => calls.push(`kick ${String(vcpu)}`),
    halt: (vcpu) => calls.push(`halt ${String(vcpu)}`),
    resume: (vcpu) => calls.push(`resume ${String(vcpu)}`),
  };
  const gic = machine({}, control);
  const during = (work: () => void): string[] => {
    calls.length = 0;
    work();
    return [...calls];
  };
  assert.deepEqual(
    during(() => gic.write(1, GICD + 0x300, 4, 1 << 27)),
    ['halt 1', 'kick 1', 'resume 1'],
  );
  assert.deepEqual(
    during(() => gic.write(1, GICD + 0x384, 4, 1)),
    ['halt -1', 'resume -1'],
  );
  assert.deepEqual(
    during(() => gic.write(0, GICD, 4, 1)),
    [],
    'nothing is enabled and pending yet',
  );
  gic.write(0, GICD + 0x104, 4, 2);
  gic.write(0, GICD + 0x820, 4, 0x0200);
  assert.deepEqual(
    during(() => gic.line(33, 0, true)),
    ['kick 1'],
  );
  assert.deepEqual(
    during(() => gic.write(0, GICD + 0x204, 4, 2)),
    ['kick 1'],
    'queued already: kicked again',
  );
  gic.write(0, GICD, 4, 0);
  assert.deepEqual(
    during(() => gic.write(0, GICD, 4, 1)),
    ['kick 1'],
    'what waits is reconsidered',
  );
});
