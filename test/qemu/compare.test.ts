import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileNamed } from '../../adapter/gic/profiles/profiles.ts';
import { NO_QEMU, QEMU_VERSION } from '../gdb/qemu.ts';
import { modelOf, type Judge } from './model.ts';
import { profileNameFor } from './peer.ts';
import { differenceText } from './report.ts';
import { compareStreams, type Difference } from './session.ts';

const OPERATIONS = 20_000;
const SEED = 20;
const LIMITS = { timeout: 120_000, skip: NO_QEMU };

test('random operations get from the model the answers of QEMU', LIMITS, async () => {
  const name = profileNameFor(QEMU_VERSION ?? '');
  const profile = profileNamed(name);
  assert.ok(profile, name);
  const plan = { seed: SEED, from: 0, gics: ['v2', 'v3'] as const, operations: OPERATIONS };
  const differences: string[] = [];
  const counts = await compareStreams({ ...plan, judge: modelOf(profile), semantics: name }, (difference) => {
    differences.push(differenceText(difference, `--seed ${SEED} --from ${difference.stream} --ops 1`));
    return false;
  });
  assert.deepEqual(differences, []);
  assert.deepEqual([...counts.deaths, ...counts.unpredicted], []);
  assert.ok(counts.comparisons > OPERATIONS);
});

test('a model that is wrong in one thing is found out, and the way there is short', LIMITS, async () => {
  // Believes that no interrupt is ever acknowledged
  const judge: Judge = ({ records }) => {
    const operations = records.filter(({ op }) => op !== 'signal');
    const at = operations.findIndex(
      (one) => one.op === 'sysreg' && one.reg === 'ICC_IAR1_EL1' && one.rw === 'read' && (one.value ?? 1023n) < 1020n,
    );
    const disagreement = at < 0 ? null : { at, text: 'ICC_IAR1_EL1', differences: ['not 1023'] };
    return Promise.resolve({ disagreement, comparisons: records.length, unpredicted: new Map() });
  };
  const plan = { seed: 3, from: 0, gics: ['v3'] as const, operations: 1, judge, semantics: 'wrong' };
  const found: Difference[] = [];
  await compareStreams(plan, (difference) => found.push(difference) < 1);
  const [difference] = found;
  assert.ok(difference);
  const { records } = difference.recording;
  const operations = records.filter(({ op }) => op !== 'signal');
  // GICD_TYPER, GICD_CTLR, PMR, IGRPEN1, group, enable, route, something that makes it pending; and the acknowledge itself.
  assert.ok(operations.length <= 9, differenceText(difference, ''));
});
