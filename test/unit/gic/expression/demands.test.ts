import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demandedRegister } from '../../../../adapter/gic/expression/demands.ts';
import { compile } from '../../../../adapter/gic/expression/evaluate.ts';

const CASES: readonly (readonly [string, string | null])[] = [
  ['access.register == GICD_SGIR', 'GICD_SGIR'],
  ['"GICD_CTLR" == access.register', 'GICD_CTLR'],
  ['access.cpu == 1 && access.register == GICD_CTLR && access.value != 0', 'GICD_CTLR'],
  ['access.register == GICD_CTLR || access.cpu == 1', null],
  ['!(access.register == GICD_CTLR)', null],
  ['access.register != GICD_CTLR', null],
  ['access.intid == 33', null],
  ['irq(33).pending', null],
];

for (const [text, register] of CASES) {
  test(`${text}: ${register ?? 'any register'}`, () => {
    assert.equal(demandedRegister(compile(text)), register);
  });
}
