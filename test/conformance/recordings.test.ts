import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { stringSource } from '../../adapter/guest/trace/format/text-source.ts';
import { loadProgram } from '../../adapter/guest/trace/import/import-log.ts';
import { replay } from '../../adapter/guest/trace/replay.ts';
import { TraceGuest } from '../../adapter/guest/trace/trace-guest.ts';
import { openTextSource } from '../../adapter/session/text-source.ts';

const VECTORS = fileURLToPath(new URL('../data/vectors/', import.meta.url));
const all = readdirSync(VECTORS);

/** Profiles, and how many recordings of a real one there are: of KVM's vgic, of QEMU's controllers. */
const RECORDED = { 'kvm-4.10': 18, 'kvm-6.12': 15, 'qemu-7.2': 20 } as const;

for (const [profile, count] of Object.entries(RECORDED)) {
  const files = all.filter((name) => name.startsWith(`${profile}-`));

  describe(`the answers of a real one, ${profile}`, () => {
    it('are all here', () => assert.equal(files.length, count));

    for (const file of files) {
      it(`${file}: no mismatch`, async () => {
        const { program } = await loadProgram(openTextSource(VECTORS + file));
        const result = replay(program, 5);
        assert.equal(result.profile, profile);
        assert.deepEqual(result.shown, []);
        assert.equal(result.mismatches, 0);
        assert.equal(result.unpredicted.size, 0);
        assert.ok(result.comparisons > 0);
      });

      it(`${file}: back and forth, bit for bit`, async () => {
        const { program } = await loadProgram(openTextSource(VECTORS + file));
        const source = { path: file, compressed: false, text: () => Promise.resolve('') };
        const guest = new TraceGuest(program, { title: file, source });
        const { words } = guest.controller.state;
        const start = words.slice();
        guest.jump(guest.total);
        const end = words.slice();
        guest.jump(0);
        assert.deepEqual(words, start);
        guest.jump(guest.total);
        assert.deepEqual(words, end);
      });
    }
  });
}

describe('the comparison with a recording', () => {
  const SCENARIO = 'kvm-6.12-scenario-v2-iidr-groups.jsonl';

  /** Mismatches of the scenario with a text replaced by another one. */
  function mismatches(from: string, to: string): Promise<number> {
    const text = readFileSync(VECTORS + SCENARIO, 'utf8');
    assert.ok(text.includes(from), from);
    return loadProgram(stringSource(SCENARIO, text.replace(from, to))).then(
      ({ program }) => replay(program).mismatches,
    );
  }

  const lies: [string, string][] = [
    ['"implementationRev":3,"v2', '"implementationRev":2,"v2'],
    ['"v2GroupsUserWritable":true', '"v2GroupsUserWritable":false'],
    ['"vmcr":["0x00000000"', '"vmcr":["0x00000001"'],
    ['"wake":[false', '"wake":[true'],
    ['"pendingLatch":false', '"pendingLatch":true'],
    ['"pending":false', '"pending":true'],
    ['"group":1', '"group":0'],
    ['"targetCpu":0', '"targetCpu":null'],
    ['"ret":-22', '"ret":-6'],
    [',"ret":-22', ''],
  ];
  for (const [from, to] of lies) {
    it(`sees that ${from} has become ${to === '' ? 'nothing' : to}`, async () => {
      assert.ok((await mismatches(from, to)) > 0);
    });
  }
});
