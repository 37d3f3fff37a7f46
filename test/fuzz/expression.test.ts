import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor } from '../../adapter/gic/edit/editor.ts';
import { complete } from '../../adapter/gic/expression/complete.ts';
import { ExpressionError } from '../../adapter/gic/expression/errors.ts';
import { compile, evaluate } from '../../adapter/gic/expression/evaluate.ts';
import { formatValue } from '../../adapter/gic/expression/value.ts';
import { scopeOf } from '../unit/gic/expression/scope.ts';
import { machine } from '../unit/gic/machine.ts';

/** Same expressions every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 20_000);

const PIECES = [
  ...['irq(', 'cpu(', 'access.', ')', '(', '[', ']', '.', ',', ' ', '?', ':', '"', "'", '\0', '§', '\\'],
  ...['0', '1', '3', '33', '95', '96', '-1', '0x', '0xff', '0b1', '0xffffffffffffffff', '1_0', '9'.repeat(30)],
  ...['==', '!=', '<', '<=', '>>', '<<', '&&', '||', '|', '&', '^', '~', '!', '+', '-', '*', '/', '%', '=', '|=', '+='],
  ...['enabled', 'priority', 'config', 'target', 'line', 'queuedOn', 'edge', 'nobody', 'lr(', 'queue', 'value', 'true'],
  ...['GICD_ISENABLER', 'GICD_ISENABLER1', 'GICD_CTLR', 'Enable', 'GICD_IROUTER33', 'GICR_TYPER', 'GICC_PMR', 'Aff0'],
  ...['register', 'intid', 'touches(', 'constructor', '__proto__', 'toString', 'ICC_SGI1R_EL1'],
];

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

for (const gic of ['v2', 'v3'] as const) {
  const random = generator(SEED);
  const text = (): string =>
    Array.from({ length: 1 + random(12) }, () => PIECES[random(PIECES.length)] as string).join('');

  /** Everything but an ExpressionError is a fault of ours. */
  const harmless = (act: () => unknown, what: string): void => {
    try {
      act();
    } catch (error) {
      assert.ok(
        error instanceof ExpressionError,
        `${what}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
      );
      assert.ok(error.position >= 0 && error.position <= what.length + 4096);
    }
  };

  test(`any text is a value or an ExpressionError, and changes nothing (${gic})`, () => {
    const controller = machine({ gic });
    const scope = scopeOf(controller, 1);
    const editor = new Editor(controller);
    const before = controller.state.words.slice();
    for (let round = 0; round < ROUNDS; round++) {
      const expression = text();
      harmless(() => formatValue(evaluate(compile(expression), scope)), expression);
      complete(expression, scope);
      if (round % 4 === 0) harmless(() => editor.rehearse(expression, text(), scope), expression);
    }
    for (const target of ['GICD_ISENABLER1', 'irq(33).priority', 'GICD_CTLR', 'irq(33).target', 'irq(33).line']) {
      for (let round = 0; round < ROUNDS / 10; round++) harmless(() => editor.rehearse(target, text(), scope), target);
    }
    assert.deepEqual(controller.state.words, before);
  });

  test(`long and deep text ends quickly (${gic})`, () => {
    const scope = scopeOf(machine({ gic }));
    for (const piece of ['(', '!', '~', '-', 'irq(', 'a.', '1+', '1?', 'a[', '"', 'GICD_CTLR|', ' ', 'a', '1==']) {
      const expression = piece.repeat(100_000 / piece.length);
      harmless(() => evaluate(compile(expression), scope), expression);
      harmless(() => evaluate(compile(expression.slice(0, 4096)), scope), expression);
      complete(expression.slice(0, 4096), scope);
    }
  });
}
