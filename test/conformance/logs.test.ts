import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadProgram } from '../../adapter/guest/trace/import/import-log.ts';
import { replay } from '../../adapter/guest/trace/replay.ts';
import { openTextSource } from '../../adapter/session/text-source.ts';

/** Logs of guests on QEMU 7.2, and the accesses that are not predicted there, by reason. */
const LOGS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'real/edk2-v2': {},
  'real/linux-v2-smp2': {},
  'real/linux-v3-smp2-ts': { 'this version has no ITS registers': 64 },
  'real/xen-v3': {},
  // The guest of test/qemu/hypervisor: GICH and GICV.
  'hypervisor-v2': {},
};

describe('logs of guests on QEMU, predicted', () => {
  for (const [name, unpredicted] of Object.entries(LOGS)) {
    it(`${name}: every read but those of what is not modelled`, async () => {
      const file = fileURLToPath(new URL(`../data/logs/${name}.log.gz`, import.meta.url));
      const { program } = await loadProgram(openTextSource(file));
      const result = replay(program, 3);
      assert.equal(result.profile, 'qemu-7.2');
      assert.deepEqual(result.shown, []);
      assert.equal(result.mismatches, 0);
      assert.deepEqual(Object.fromEntries(result.unpredicted), unpredicted);
      assert.ok(result.comparisons > 500, String(result.comparisons));
    });
  }
});
