import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadProgram } from '../../adapter/guest/trace/import/import-log.ts';
import type { ImportOptions } from '../../adapter/guest/trace/import/options.ts';
import { replay, type ReplayResult } from '../../adapter/guest/trace/replay.ts';
import { openTextSource } from '../../adapter/session/text-source.ts';

/** Logs of guests on QEMU 7.2, and the accesses that are not predicted there, by reason. */
const LOGS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'real/edk2-v2': {},
  'real/linux-v2-smp2': {},
  'real/linux-v3-smp2-ts': { 'this version has no ITS registers': 64 },
  'real/xen-v3': {},
  // The guest of test/qemu/hypervisor: GICH and GICV.
  'hypervisor-v2': {},
  // Linux on machines with two security states, booted by QEMU itself. Lines of GICv3 tell the state.
  'linux-v3-secure': { 'this version has no ITS registers': 64 },
  // kvm-unit-tests' its-trigger: four LPIs taken, with acknowledge and end.
  'its-trigger-v3': { 'this version has no ITS registers': 45, 'LPIs are not modelled': 8 },
};

describe('logs of guests on QEMU, predicted', () => {
  for (const [name, unpredicted] of Object.entries(LOGS)) {
    it(`${name}: every read but those of what is not modelled`, async () => {
      const result = await replayed(name);
      assert.equal(result.profile, 'qemu-7.2');
      assert.deepEqual(result.shown, []);
      assert.equal(result.mismatches, 0);
      assert.deepEqual(Object.fromEntries(result.unpredicted), unpredicted);
      assert.ok(result.comparisons > (name === 'its-trigger-v3' ? 20 : 500), String(result.comparisons));
    });
  }

  it('linux-v2-secure: nothing unless somebody says that no firmware ran, then all of it', async () => {
    const untold = await replayed('linux-v2-secure');
    assert.deepEqual([untold.comparisons, untold.mismatches], [0, 0]);
    assert.match([...untold.unpredicted.keys()].join(), /^the recording does not tell from which security state/);
    const told = await replayed('linux-v2-secure', { firmware: false });
    assert.deepEqual([told.shown, told.mismatches, told.unpredicted.size], [[], 0, 0]);
    assert.ok(told.comparisons > 2000, String(told.comparisons));
  });
});

async function replayed(name: string, options: ImportOptions = {}): Promise<ReplayResult> {
  const file = fileURLToPath(new URL(`../data/logs/${name}.log.gz`, import.meta.url));
  const { program } = await loadProgram(openTextSource(file), options);
  return replay(program, 3);
}
