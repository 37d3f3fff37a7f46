import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete } from '../../../../adapter/gic/expression/complete.ts';
import { machine } from '../machine.ts';
import { scopeOf } from './scope.ts';

const CASES: readonly [text: string, start: number, some: readonly string[]][] = [
  ['GICD_ISEN', 0, ['GICD_ISENABLER', 'GICD_ISENABLER0', 'GICD_ISENABLER2']],
  ['irq(33).en', 8, ['enabled']],
  ['irq(33).', 8, ['priority', 'pending', 'target']],
  ['1 + GICD_CTLR.', 14, ['Enable']],
  ['cpu(1).GICD_CT', 7, ['GICD_CTLR']],
  ['cpu(0).lr(1).pri', 13, ['priority']],
  ['access.reg', 7, ['register']],
  ['irq(33).config == ', 18, ['level', 'edge']],
  ['irq(33).enabled = t', 18, ['true']],
  ['irq(nonsense).', 14, []],
  ['', 0, ['irq', 'cpu', 'access']],
];

for (const [text, start, some] of CASES) {
  test(`completions of "${text}"`, () => {
    const found = complete(text, scopeOf(machine()));
    assert.equal(found.start, start);
    const labels = new Set(found.items.map(({ label }) => label));
    for (const label of some) assert.ok(labels.has(label), `${label} among ${[...labels].slice(0, 20).join(' ')}`);
    if (some.length === 0) assert.equal(labels.size, 0);
  });
}
