import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Controller } from '../../../../adapter/gic/controller.ts';
import { Editor, type RehearsedEdit } from '../../../../adapter/gic/edit/editor.ts';
import { applyStep } from '../../../../adapter/gic/edit/step.ts';
import { ExpressionError } from '../../../../adapter/gic/expression/errors.ts';
import { readPlace } from '../../../../adapter/gic/expression/resolve.ts';
import { compile, resolvePlace } from '../../../../adapter/gic/expression/evaluate.ts';
import { ARCH } from '../../../../adapter/gic/profiles/arch.ts';
import { GICD, machine, machine612 } from '../machine.ts';
import { scopeOf } from '../expression/scope.ts';

function rehearse(controller: Controller, target: string, value: string, vcpu = 0): RehearsedEdit {
  return new Editor(controller).rehearse(target, value, scopeOf(controller, vcpu));
}

function prepared(gic: 'v2' | 'v3'): Controller {
  const controller = machine({ gic });
  controller.write(0, GICD, 4, gic === 'v2' ? 1 : 2);
  controller.write(0, GICD + 0x104, 4, 0b10);
  controller.write(0, GICD + 0xc08, 4, 0);
  controller.line(34, 0, true);
  return controller;
}

/** What an edit turns into: "address/length=value" of each access, and its verdict. */
const EDITS: readonly ['v2' | 'v3', string, string, string][] = [
  // A whole register is written as it stands.
  ['v2', 'GICD_ISENABLER1', '0x4', '8000104/4=0x4 applied'],
  ['v2', 'GICD_ISENABLER1', '0', '8000104/4=0x0 ignored'],
  ['v2', 'GICD_CTLR', '0', '8000000/4=0x0 applied'],
  // Bits of set and clear registers are written alone, in the register that does what is asked for.
  ['v2', 'GICD_ISENABLER[34]', '1', '8000104/4=0x4 applied'],
  ['v2', 'GICD_ISENABLER[33]', '0', '8000184/4=0x2 applied'],
  ['v2', 'GICD_ICENABLER[33]', '0', '8000184/4=0x2 applied'],
  ['v2', 'GICD_ICENABLER[34]', '1', '8000104/4=0x4 applied'],
  ['v2', 'irq(33).enabled', 'false', '8000184/4=0x2 applied'],
  ['v2', 'irq(33).enabled', 'true', '8000104/4=0x2 applied'],
  ['v2', 'irq(33).pending', '1', '8000204/4=0x2 applied'],
  ['v2', 'irq(34).pending', '0', '8000284/4=0x4 ignored'],
  ['v2', 'irq(33).active', '1', '8000304/4=0x2 applied'],
  // Bytes are written as bytes.
  ['v2', 'irq(33).priority', '0x10', '8000421/1=0x10 applied'],
  ['v2', 'irq(33).priority', '0x13', '8000421/1=0x13 narrowed'],
  ['v2', 'GICD_IPRIORITYR[33]', '0x20', '8000421/1=0x20 applied'],
  ['v2', 'GICD_IPRIORITYR8', '0x13131313', '8000420/4=0x13131313 narrowed'],
  // The pair of trigger bits is changed among its neighbours.
  ['v2', 'irq(33).config', 'edge', '8000c08/4=0x8 applied'],
  ['v2', 'GICD_ICFGR[33]', 'edge', '8000c08/4=0x8 applied'],
  ['v2', 'GICD_ICFGR[33]', '2', '8000c08/4=0x8 applied'],
  ['v2', 'GICD_ICFGR[33]', '1', '8000c08/4=0x4 ignored'],
  ['v2', 'irq(20).config', 'edge', '8000c04/4=0x200 ignored'],
  // Targets.
  ['v2', 'irq(33).target', '1', '8000821/1=0x2 applied'],
  ['v2', 'irq(33).route', '3', '8000821/1=0x3 applied'],
  ['v3', 'irq(33).target', '1', '8006108/8=0x1 applied'],
  ['v3', 'irq(33).route', '0.0.0.1', '8006108/8=0x1 applied'],
  ['v3', 'GICD_IROUTER33', '0x1', '8006108/8=0x1 applied'],
  ['v3', 'GICD_IROUTER[33]', '1', '8006108/8=0x1 applied'],
  // Banks and redistributors.
  ['v3', 'irq(27, 1).enabled', '1', '80d0100/4=0x8000000 applied'],
  ['v3', 'cpu(1).GICR_ISENABLER[27]', '1', '80d0100/4=0x8000000 applied'],
  ['v3', 'irq(27, 1).priority', '0x20', '80d041b/1=0x20 applied'],
  // Wires.
  ['v2', 'irq(33).line', '1', 'line 33=0x1 applied'],
  ['v2', 'irq(34).line', '0', 'line 34=0x0 applied'],
  ['v2', 'irq(64).line', '1', 'line 64=0x1 applied'],
  ['v2', 'irq(64).line', '0', 'line 64=0x0 ignored'],
  // Fields.
  ['v2', 'GICD_CTLR.Enable', '0', '8000000/4=0x0 applied'],
  ['v2', 'GICC_PMR.Priority', '0x1e', 'user 8010004/4=0x1e applied'],
  // Registers that trigger.
  ['v2', 'GICD_SGIR', '0x02010003', '8000f00/4=0x2010003 applied'],
  ['v2', 'irq(3).sources', '2', '8000f23/1=0x2 applied'],
  ['v3', 'ICC_SGI1R_EL1', '0x1000000', 'sgi 0=0x1000000 ignored'],
  ['v3', 'ICC_SGI1R_EL1', '0x3000002', 'sgi 0=0x3000002 applied'],
  // Values are expressions.
  ['v2', 'GICD_ISENABLER1', 'GICD_ISENABLER1 | 1 << 6', '8000104/4=0x42 applied'],
  ['v2', 'irq(33).priority', '-16', '8000421/1=0xf0 applied'],
];

const REFUSALS: readonly ['v2' | 'v3', string, string, RegExp][] = [
  ['v2', 'GICD_TYPER', '1', /GICD_TYPER is read-only\./],
  ['v2', 'GICD_TYPER.ITLinesNumber', '1', /read-only/],
  ['v2', 'GICD_ISENABLER1', '0x100000000', /0x100000000 does not fit in 32 bits of GICD_ISENABLER1\./],
  ['v2', 'GICD_CTLR.Enable', '2', /0x2 does not fit in 1 bit of GICD_CTLR\.Enable\./],
  ['v2', 'irq(33).priority', '0x100', /does not fit in 8 bits/],
  ['v2', 'irq(33).enabled', '2', /does not fit in 1 bit/],
  ['v2', 'irq(33).config', 'rising', /one of level, edge is needed/],
  ['v2', 'irq(33).target', '2', /There is no vCPU 2: this guest has 0 to 1\./],
  ['v2', 'irq(33).target', 'nobody', /edit the route/],
  ['v2', 'irq(3).target', '1', /INTID 3 is private/],
  ['v2', 'irq(3).line', '1', /SGIs have no wire/],
  ['v2', 'irq(33).queuedOn', '1', /cannot be edited/],
  ['v2', 'irq(33).softPending', '1', /edit pending, or the line/],
  ['v2', 'irq(33).priority', '', /An expression is missing\./],
  ['v2', 'irq(33).priority', 'GICD_NOPE', /"GICD_NOPE" is no value/],
  ['v3', 'irq(33).route', '0.0.0.300', /no affinity/],
  ['v3', 'GICD_NSACR2', '1', /not implemented in this profile/],
];

describe('edits', () => {
  for (const [gic, target, value, expected] of EDITS) {
    it(`${gic}: ${target} = ${value}`, () => {
      const controller = prepared(gic);
      const before = controller.state.words.slice();
      const edit = rehearse(controller, target, value);
      assert.deepEqual(controller.state.words, before, 'a rehearsal changes nothing');
      const accesses = edit.steps.map(({ kind, address, length, value: stored }) => {
        const where =
          kind === 'line' ? `line ${address}` : kind === 'sgi' ? 'sgi 0' : `${address.toString(16)}/${length}`;
        return `${kind === 'uwrite' ? 'user ' : ''}${where}=0x${stored.toString(16)}`;
      });
      assert.equal(`${accesses.join(' ')} ${edit.verdict}`, expected, JSON.stringify(edit.problems));
      assert.ok(edit.ok);
      if (edit.verdict !== 'applied') assert.equal(edit.problems[0]?.severity, 'warning');
      for (const step of edit.steps) applyStep(controller, step);
      const scope = scopeOf(controller);
      assert.equal(readPlace(resolvePlace(compile(target), scope).place, scope), edit.after, 'the rehearsal was right');
    });
  }

  it('a vCPU is routed to by the affinity that its redistributor tells', () => {
    const hardware = { securityStates: 1, priorityBits: 5, lpis: false, affinities: [0x100, 0x0201_0203] } as const;
    const controller = machine({ gic: 'v3', hardware }, null, ARCH);
    const edit = rehearse(controller, 'irq(33).target', '1');
    assert.deepEqual([edit.verdict, edit.steps[0]?.value], ['applied', 0x2_0001_0203n]);
  });

  for (const [gic, target, value, message] of REFUSALS) {
    it(`${gic}: ${target} = ${value} is refused`, () => {
      const edit = rehearse(prepared(gic), target, value);
      assert.deepEqual([edit.ok, edit.steps, edit.effects, edit.after], [false, [], [], edit.before]);
      assert.match(edit.problems.map((one) => one.message).join(' '), message);
      assert.equal(edit.problems[0]?.severity, 'error');
    });
  }

  it('need a target that can be set', () => {
    for (const target of ['GICD_NOPE', '1 + 1', 'irq(33)', 'access.value', '']) {
      assert.throws(() => rehearse(prepared('v2'), target, '1'), ExpressionError, target);
    }
  });

  it('tell what they do to interrupts', () => {
    const controller = prepared('v2');
    assert.deepEqual(rehearse(controller, 'GICD_ISENABLER1', '0x4').effects, ['INTID 34: enabled, queued on vCPU 0']);
    assert.deepEqual(rehearse(controller, 'irq(33).priority', '0x10').effects, ['INTID 33: priority 0x0 → 0x10']);
    assert.equal(rehearse(controller, 'GICD_IPRIORITYR8', '0').effects.length, 0);
    assert.deepEqual(rehearse(controller, 'GICD_ITARGETSR9', '0x02020202').effects, [
      'INTID 36: goes to vCPU 1',
      'INTID 37: goes to vCPU 1',
      'INTID 38: goes to vCPU 1',
      'INTID 39: goes to vCPU 1',
    ]);
    const all = rehearse(controller, 'GICD_ISENABLER2', '0xffffffff').effects;
    assert.deepEqual([all.length, all.at(-1)], [21, 'and 12 more interrupts']);
  });

  it('say why they fall short', () => {
    const controller = prepared('v2');
    const why = (target: string, value: string): string =>
      rehearse(controller, target, value)
        .problems.map(({ severity, message }) => `${severity}: ${message}`)
        .join(' ');
    assert.match(why('irq(33).priority', '0x13'), /^warning: A priority keeps its upper 5 bits: 0x13 becomes 0x10\./);
    assert.match(why('irq(34).pending', '0'), /^warning: INTID 34 stays pending: .* line is high/);
    assert.match(why('irq(20).config', 'edge'), /^warning: The trigger of INTID 20 is fixed/);
    assert.match(why('GICD_ISENABLER1', '0'), /info: Bits written as 0 stay as they are: GICD_ICENABLER is/);
    assert.match(why('GICD_ISENABLER[33]', '0'), /^info: Bits are cleared in GICD_ICENABLER1\.$/);
    assert.match(why('GICD_CTLR', '0x11'), /warning: .*stores 0x1 for 0x11.*info: Bits 0x10 of GICD_CTLR are reserved/);
  });

  it('reach GICv2 SGIs as user space where a guest cannot', () => {
    const controller = machine612();
    const pending = (value: string): string[] => {
      const edit = rehearse(controller, 'irq(3).pending', value);
      assert.equal(edit.verdict, 'applied', JSON.stringify(edit.problems));
      for (const step of edit.steps) applyStep(controller, step);
      return edit.steps.map(({ kind, address }) => `${kind} ${address.toString(16)}`);
    };
    assert.deepEqual(pending('1'), ['uwrite 8000200']);
    assert.deepEqual(pending('0'), ['uwrite 8000280']);
  });

  it('move an interrupt to another group where groups are real', () => {
    const controller = machine612();
    const edit = rehearse(controller, 'irq(33).group', '1');
    assert.deepEqual([edit.verdict, edit.effects], ['applied', ['INTID 33: group 1']]);
    assert.match(rehearse(machine(), 'irq(33).group', '0').problems[0]?.message ?? '', /read-only/);
  });
});
