import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_QEMU, QEMU_VERSION } from '../../gdb/qemu.ts';
import { compareHypervisor } from './compare.ts';

/** GIC_STREAMS=100 for the long run, from GIC_SEED on. */
const STREAMS = Number(process.env['GIC_STREAMS'] ?? 2);
const SEED = Number(process.env['GIC_SEED'] ?? 1);
const OTHER_VERSION = QEMU_VERSION?.startsWith('7.2.') === false && `the model is of QEMU 7.2, this is ${QEMU_VERSION}`;

for (const gic of ['v2', 'v3'] as const) {
  test(`the hypervisor interface answers as QEMU's (${gic})`, { skip: NO_QEMU || OTHER_VERSION }, async () => {
    for (let seed = SEED; seed < SEED + STREAMS; seed++) {
      const tight = seed % 2 === 0;
      const { difference } = await compareHypervisor({ gic, seed, operations: tight ? 3000 : 20_000, tight });
      assert.equal(difference, null, difference ?? '');
    }
  });
}
