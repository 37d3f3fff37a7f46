import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExpressionError } from '../../../../adapter/gic/expression/errors.ts';
import {
  compile,
  evaluate,
  holds,
  resolvePlace,
  splitAssignment,
} from '../../../../adapter/gic/expression/evaluate.ts';
import { formatValue, placeKey } from '../../../../adapter/gic/expression/value.ts';
import { GICD, machine } from '../machine.ts';
import { ACCESS, scopeOf } from './scope.ts';

function busy(gic: 'v2' | 'v3' = 'v2'): ReturnType<typeof machine> {
  const controller = machine({ gic });
  controller.write(0, GICD, 4, 3);
  controller.write(0, GICD + 0x104, 4, 0b1110);
  controller.write(0, GICD + 0x421, 1, 0xa0);
  controller.write(0, GICD + 0xc08, 4, 0b1000);
  controller.line(34, 0, true);
  return controller;
}

const VALUES: readonly [expression: string, shown: string][] = [
  ['1 + 2 * 3', '7'],
  ['-1', '-1'],
  ['0b101', '5'],
  ['0xff_ff', '65535'],
  ['7 / 2 + 7 % 2', '4'],
  ['1 << 63', '-9223372036854775808'],
  ['1 << 64', '0'],
  ['1 ? 2 : 3', '2'],
  ['GICD_ISENABLER1', '0xe'],
  ['gicd_isenabler1', '0xe'],
  ['GICD_ISENABLER1 | 1', '0xf'],
  ['~GICD_ISENABLER1', '0xfffffff1'],
  ['GICD_ISENABLER1 >> 1 & 3', '0x3'],
  ['GICD_ISENABLER[33]', '0x1'],
  ['GICD_ICENABLER[33]', '0x1'],
  ['GICD_IPRIORITYR[33]', '0xa0'],
  ['GICD_ICFGR[33]', 'edge'],
  ['GICD_ICFGR[34]', 'level'],
  ['GICD_CTLR.Enable', 'Enabled'],
  ['GICD_CTLR.Enable == 1', 'true'],
  ['GICD_CTLR & 1 == 1', 'true'],
  ['GICD_TYPER.ITLinesNumber', '0x2'],
  ['irq(33)', 'INTID 33'],
  ['irq(3)', 'INTID 3 of vCPU 0'],
  ['irq(33).enabled', 'true'],
  ['irq(33).pending', 'false'],
  ['irq(34).pending', 'true'],
  ['irq(34).line', 'true'],
  ['irq(34).softPending', 'false'],
  ['irq(33).priority', '0xa0'],
  ['irq(33).config', 'edge'],
  ['irq(33).config == edge', 'true'],
  ['irq(33).config == "Edge"', 'true'],
  ['irq(34).target', '0'],
  ['irq(34).queuedOn == 0', 'true'],
  ['irq(33).queuedOn', 'nobody'],
  ['irq(33).queuedOn == nobody', 'true'],
  ['irq(33).queueIndex', 'none'],
  ['irq(34).queueIndex', '0'],
  ['irq(27, 1).enabled', 'false'],
  ['irq(33).enabled && !irq(33).pending', 'true'],
  ['cpu(1)', 'vCPU 1'],
  ['cpu(1).GICD_ISENABLER0', '0xffff'],
  ['cpu(0).queue', '[34]'],
  ['cpu(0).queue[0]', '34'],
  ['cpu(0).usedLrs', '0'],
  ['cpu(0).lr(0).pending', 'false'],
  ['access.op', '"write"'],
  ['access.op == write', 'true'],
  ['access.op == "read"', 'false'],
  ['access.cpu', '1'],
  ['access.address == 0x08000104', 'true'],
  ['access.value', '0x6'],
  ['access.value == 6', 'true'],
  ['access.register == "GICD_ISENABLER1"', 'true'],
  ['access.register == GICD_ISENABLER1', 'true'],
  ['access.register == GICD_ISENABLER', 'true'],
  ['access.register == GICD_ICENABLER', 'false'],
  ['access.register == ICC_IAR1', 'false'],
  ['access.intid', '-1'],
  ['access.intid == -1', 'true'],
  ['access.touches(34)', 'true'],
  ['access.touches(35)', 'false'],
  ['access.line', '12'],
  ['access.note == enable', 'true'],
];

const ERRORS: readonly [expression: string, message: RegExp, position: number][] = [
  ['', /an expression is missing/, 0],
  ['1 +', /ends too early/, 3],
  ['(1', /"\)" is missing/, 2],
  ['1 2', /"2" is not expected/, 2],
  ['0x', /is not a number/, 0],
  ['12abc', /"12abc" is not a number/, 0],
  ['0x1_0000_0000_0000_0000', /64 bits/, 0],
  ['"open', /no closing quote/, 0],
  ['1 § 2', /"§" means nothing/, 2],
  ['GICD_ISENABLR1', /no GICD_ISENABLR1\. Did you mean GICD_ISENABLER1/, 0],
  ['GICD_CTLR.Enabel', /GICD_CTLR has no field Enabel\. Did you mean Enable/, 10],
  ['GICD_ISENABLER.Foo', /is an array/, 15],
  ['GICD_ISENABLER[96]', /no INTID 96: 0 to 95/, 0],
  ['GICD_CTLR[1]', /only register arrays/, 0],
  ['irq(96)', /no INTID 96: this controller has 0 to 95/, 0],
  ['irq(-1)', /a number is needed/, 4],
  ['irq(3, 2)', /no vCPU 2/, 0],
  ['irq(3).enabld', /no enabld\. Did you mean enabled/, 7],
  ['cpu(9).GICD_CTLR', /no vCPU 9/, 0],
  ['cpu(0).lr(4)', /no list register 4: 0 to 3/, 0],
  ['access.regster', /Did you mean register/, 7],
  ['irq(33).config == egde', /"egde" is no value: one of level, edge/, 0],
  ['1 / 0', /division by zero/, 0],
  ['irq(33) + 1', /a number is needed/, 0],
  ['"a" + 1', /"a" is no value/, 0],
  ['access && 1', /neither true nor false/, 0],
  ['GICD_CTLR = 1', /an assignment has no value/, 0],
  ['foo(1)', /can be called/, 0],
  ['('.repeat(100), /nested deeper/, 64],
  ['1' + '+1'.repeat(2200), /at most 4096/, 4096],
  ['a' + '.a'.repeat(100), /too many parts/, 131],
];

describe('expressions', () => {
  const scope = scopeOf(busy());
  for (const [text, shown] of VALUES) {
    it(`${text} → ${shown}`, () => assert.equal(formatValue(evaluate(compile(text), scope)), shown));
  }

  for (const [text, message, position] of ERRORS) {
    it(`${text.slice(0, 30)} is refused`, () => {
      assert.throws(
        () => evaluate(compile(text), scope),
        (error: unknown) => {
          assert.ok(error instanceof ExpressionError, String(error));
          assert.match(error.message, message);
          assert.equal(error.position, position);
          return true;
        },
      );
    });
  }

  it('speak of the vCPU they are evaluated for', () => {
    const controller = busy('v3');
    controller.write(0, 0x080a0000 + 0x20000 + 0x10100, 4, 1 << 27);
    const enabled = compile('GICR_ISENABLER[27]');
    assert.equal(holds(enabled, scopeOf(controller, 0)), false);
    assert.equal(holds(enabled, scopeOf(controller, 1)), true);
    assert.equal(holds(compile('cpu(1).GICR_ISENABLER[27]'), scopeOf(controller, 0)), true);
    assert.equal(formatValue(evaluate(compile('GICR_TYPER.Aff0'), scopeOf(controller, 1))), '0x1');
  });

  it('know no access at the end of a recording', () => {
    const end = scopeOf(busy(), 0, null);
    assert.equal(formatValue(evaluate(compile('access.register'), end)), '""');
    assert.equal(formatValue(evaluate(compile('access.intid'), end)), '-1');
    assert.equal(holds(compile('access.op == write'), end), false);
  });

  it('ignore the exception level in names of system registers', () => {
    const read = scopeOf(busy('v3'), 0, { ...ACCESS, register: 'ICC_IAR1_EL1' });
    assert.equal(holds(compile('access.register == ICC_IAR1'), read), true);
    assert.equal(holds(compile('access.register == "icc_iar1_el1"'), read), true);
  });
});

describe('places', () => {
  it('are named the same whichever vCPU and spelling they were reached by', () => {
    const keys: readonly [string, string][] = [
      ['gicd_isenabler1', 'GICD_ISENABLER1'],
      ['GICD_ISENABLER0', 'cpu(1).GICD_ISENABLER0'],
      ['cpu(0).GICD_ISENABLER[3]', 'cpu(0).GICD_ISENABLER[3]'],
      ['GICD_CTLR.Enable', 'GICD_CTLR.Enable'],
      ['irq(33).Priority', 'irq(33).priority'],
      ['irq(27).enabled', 'irq(27, 1).enabled'],
    ];
    const scope = scopeOf(busy(), 1);
    for (const [text, key] of keys) {
      assert.equal(placeKey(resolvePlace(compile(text), scope).place, 2), key);
      assert.equal(placeKey(resolvePlace(compile(key), scopeOf(busy(), 0)).place, 2), key);
    }
    assert.throws(() => resolvePlace(compile('1 + 1'), scope), /not a register/);
  });
});

describe('assignments', () => {
  it('come apart into target and value', () => {
    assert.deepEqual(splitAssignment(compile('irq(33).priority = 0x10')), {
      target: 'irq(33).priority',
      value: '0x10',
    });
    assert.deepEqual(splitAssignment(compile('GICD_CTLR |= 2')), {
      target: 'GICD_CTLR',
      value: '(GICD_CTLR) | (2)',
    });
    assert.equal(splitAssignment(compile('a == b')), null);
  });
});
