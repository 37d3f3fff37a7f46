import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { UndoLog } from '../../../../adapter/gic/journal/undo-log.ts';
import type { Controller } from '../../../../adapter/gic/controller.ts';
import { GICD, GICR, machine } from '../machine.ts';

/** One random change of any kind, by a controller method. */
const change = fc.record({
  kind: fc.constantFrom('write', 'line', 'sgi', 'flush', 'sync'),
  vcpu: fc.nat(1),
  offset: fc.nat(0x1000),
  rd: fc.boolean(),
  length: fc.constantFrom(1, 4, 8),
  value: fc.integer(),
  intid: fc.integer({ min: 0, max: 100 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(gic: Controller, one: Change): void {
  const base = one.rd && gic.config.gic === 'v3' ? GICR + 0x10000 * (one.value & 3) : GICD;
  if (one.kind === 'write') gic.write(one.vcpu, base + (one.offset & -one.length), one.length, one.value, one.value);
  else if (one.kind === 'line') gic.line(one.intid, one.vcpu, (one.value & 1) === 1);
  else if (one.kind === 'sgi') gic.sgi(one.vcpu, one.value & 0x0f000003, one.value & 0x100);
  else if (one.kind === 'flush') gic.flush(one.vcpu);
  else gic.sync(one.vcpu);
}

describe('the undo log', () => {
  for (const gicVersion of ['v2', 'v3'] as const) {
    it(`undoes and redoes any change of a GIC${gicVersion}, bit for bit`, () => {
      fc.assert(
        fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
          const gic = machine({ gic: gicVersion });
          const log = gic.state.journal();
          gic.write(0, GICD, 4, 3);
          const states = [gic.state.words.slice()];
          for (const one of changes) {
            log.begin();
            apply(gic, one);
            states.push(gic.state.words.slice());
          }
          for (let i = changes.length - 1; i >= 0; i--) {
            assert.ok(log.undo());
            assert.deepEqual(gic.state.words, states[i]);
          }
          assert.equal(log.undo(), false);
          for (let i = 1; i <= changes.length; i++) {
            assert.ok(log.redo());
            assert.deepEqual(gic.state.words, states[i]);
          }
          assert.equal(log.redo(), false);
        }),
        { numRuns: 300 },
      );
    });
  }

  it('forgets the future when the past changes', () => {
    const words = new Int32Array(4);
    const log = new UndoLog(words);
    const put = (index: number, value: number): void => {
      log.begin();
      log.record(index, words[index] ?? 0);
      words[index] = value;
    };
    put(0, 1);
    put(1, 2);
    log.undo();
    put(2, 3);
    assert.equal(log.redoable, 0);
    assert.deepEqual([...words], [1, 0, 3, 0]);
    log.undo();
    log.undo();
    assert.deepEqual([...words], [0, 0, 0, 0]);
  });

  it('drops its oldest entries beyond its capacity, and undoes the rest exactly', () => {
    const words = new Int32Array(1);
    const log = new UndoLog(words, 100);
    for (let value = 1; value <= 1000; value++) {
      log.begin();
      log.record(0, words[0] ?? 0);
      words[0] = value;
    }
    assert.ok(log.undoable < 110 && log.dropped > 890);
    const left = log.undoable;
    while (log.undo());
    assert.equal(words[0], 1000 - left);
    while (log.redo());
    assert.equal(words[0], 1000);
  });
});
