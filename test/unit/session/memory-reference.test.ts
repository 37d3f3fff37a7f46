import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMemoryReference } from '../../../adapter/session/memory/reference.ts';

test('a reference is an address, and a vCPU where it says so', () => {
  assert.deepEqual(parseMemoryReference('0x08000104', 2), { address: 0x08000104, vcpu: 0 });
  assert.deepEqual(parseMemoryReference('cpu1:0x8000100', 2), { address: 0x08000100, vcpu: 1 });
  assert.deepEqual(parseMemoryReference('134217728', 1), { address: 0x08000000, vcpu: 0 });
});

test('what is none is refused', () => {
  assert.throws(() => parseMemoryReference('GICD_CTLR', 1), /not a memory reference/);
  assert.throws(() => parseMemoryReference('cpu2:0x0', 2), /there is no vCPU 2/);
  assert.throws(() => parseMemoryReference('0xffffffffffffffff', 1), /not a memory reference/);
});
