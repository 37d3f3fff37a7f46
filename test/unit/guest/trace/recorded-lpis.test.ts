import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCH } from '../../../../adapter/gic/profiles/arch.ts';
import { RecordedLpis } from '../../../../adapter/guest/trace/recorded-lpis.ts';
import { machine } from '../../gic/machine.ts';

const LPI = 8195;
const SPURIOUS = 1023;

test('both ends of an LPI are passed over, and what its priority decides between them', () => {
  const { state } = machine({ gic: 'v3' }, null, ARCH);
  const lpis = new RecordedLpis(state);
  const read = (name: string, value: number, cpu = 0): boolean => lpis.passesOver(`${name}_EL1`, cpu, false, value);
  const write = (name: string, value: number, cpu = 0): boolean => lpis.passesOver(`${name}_EL1`, cpu, true, value);
  assert.deepEqual([read('ICC_RPR', 0xff), read('ICC_IAR1', SPURIOUS), read('ICC_HPPIR1', LPI)], [false, false, true]);
  assert.equal(read('ICC_IAR1', LPI), true);
  // Another CPU knows nothing of it.
  assert.deepEqual([read('ICC_RPR', 0xa0), read('ICC_AP1R0', 4), read('ICC_RPR', 0xff, 1)], [true, true, false]);
  // An SPI that preempts it is predicted from end to end; one that waits for it is not.
  assert.deepEqual([read('ICC_IAR1', 33), write('ICC_EOIR1', 33), read('ICC_IAR1', SPURIOUS)], [false, false, true]);
  assert.deepEqual([write('ICC_AP1R0', 0), write('ICC_PMR', 0xf0), read('ICC_PMR', 0xf0)], [false, false, false]);
  assert.deepEqual([write('ICC_EOIR1', LPI), write('ICC_DIR', LPI), read('ICC_RPR', 0xff)], [true, true, false]);
  // A recording may begin behind the acknowledge.
  assert.deepEqual([write('ICC_EOIR1', LPI), read('ICC_RPR', 0xff)], [true, false]);
});

test('it can be undone', () => {
  const { state } = machine({ gic: 'v3' }, null, ARCH);
  const log = state.journal();
  const lpis = new RecordedLpis(state);
  log.begin();
  lpis.passesOver('ICC_IAR1_EL1', 0, false, LPI);
  log.undo();
  assert.equal(lpis.passesOver('ICC_RPR_EL1', 0, false, 0xff), false);
});
