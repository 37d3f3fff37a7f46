import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Controller } from '../../../../adapter/gic/controller.ts';
import { Editor } from '../../../../adapter/gic/edit/editor.ts';
import { irqState } from '../../../../adapter/gic/inspect/irq-state.ts';
import { joinWords, RegisterMap, splitWords } from '../../../../adapter/gic/inspect/register-map.ts';
import { OBSERVED } from '../../../../adapter/gic/profiles/observed.ts';
import { scopeOf } from '../expression/scope.ts';

const BASES = { dist: 0x0800_0000, cpuif: 0x0801_0000, redist: 0x080a_0000, its: 0x0808_0000 };

function observe(gic: 'v2' | 'v3', cpus = 2): { controller: Controller; registers: RegisterMap } {
  const controller = new Controller({ gic, cpus, spis: 96, bases: BASES, lrs: 4 }, OBSERVED);
  return { controller, registers: new RegisterMap(controller) };
}

/** A value that no two registers share. */
function patternOf(index: number, bytes: number): bigint {
  const word = BigInt(0x9e37_79b1) * BigInt(index + 1);
  return bytes === 4 ? word & 0xffff_ffffn : (word << 32n) ^ (word * 3n);
}

for (const gic of ['v2', 'v3'] as const) {
  test(`${gic}: every register answers what was loaded, in each bank`, () => {
    const { controller, registers } = observe(gic);
    const { state } = controller;
    let index = 0;
    const wanted: [string, number, bigint][] = [];
    for (const device of registers.devices) {
      for (const register of registers.registersOf(device)) {
        const load = register.row.handlers?.load;
        // A clear register shows what its set register does; GICv3's distributor leaves private interrupts out.
        if (load === undefined || register.row.access === 'w1c') continue;
        if (register.row.bank === 'shared-only' && register.firstIntid < 32) continue;
        for (let vcpu = 0; vcpu < (register.banked ? 2 : 1); vcpu++) {
          const owner = device.owner < 0 ? vcpu : device.owner;
          const value = BigInt.asUintN(register.bytes * 8, patternOf(index++, register.bytes));
          const { lo, hi } = splitWords(value);
          load(state, owner, register.offset - register.row.offset, lo, hi);
          wanted.push([`${device.id} ${register.name}`, vcpu, value]);
        }
      }
    }
    for (const [name, vcpu, value] of wanted) {
      const [id, register] = name.split(' ') as [string, string];
      const placed = registers.named(register).find(({ device }) => device.id === id);
      assert.ok(placed);
      const lo = registers.peek(placed, vcpu);
      assert.equal(joinWords(lo, placed.bytes === 8 ? state.hi : 0), value, `${name}, vCPU ${vcpu}`);
    }
    assert.ok(wanted.length > 150);
  });
}

test('interrupts follow from what was loaded', () => {
  const { controller, registers } = observe('v3');
  const { state } = controller;
  const load = (name: string, value: bigint, vcpu = 0): void => {
    const placed = registers.find(name, vcpu);
    assert.ok(placed);
    const { lo, hi } = splitWords(value);
    placed.row.handlers?.load?.(state, vcpu, placed.offset - placed.row.offset, lo, hi);
  };
  load('GICR_TYPER', 0x0000_0000_0000_0001n, 0);
  load('GICR_TYPER', 0x0000_0100_0000_0110n, 1);
  load('GICD_ISENABLER1', 2n);
  load('GICD_ISPENDR1', 2n);
  load('GICD_ICFGR2', 0x8n);
  load('GICD_IPRIORITYR8', 0xa000n);
  load('GICD_IROUTER33', 0x100n);
  const irq = irqState(state, state.slot(33, 0));
  assert.deepEqual(
    [irq.enabled, irq.pending, irq.config, irq.priority, irq.target],
    [true, true, 'edge', 0xa0, 1],
    'INTID 33',
  );
  const edit = new Editor(controller).rehearse('irq(33).target', '1', scopeOf(controller));
  assert.equal(edit.steps[0]?.value, 0x100n, 'routed by what the redistributor tells');
  load('GICD_IROUTER33', 0x7_0000_0100n);
  assert.equal(irqState(state, state.slot(33, 0)).target, null, 'an affinity nobody has');
});

test('GICv2 targets: the first that exists, none, and the only CPU there is', () => {
  const { controller, registers } = observe('v2');
  const target = (byte: number): number | null => {
    const placed = registers.find('GICD_ITARGETSR8', 0);
    placed?.row.handlers?.load?.(controller.state, 0, placed.offset - placed.row.offset, byte << 8, 0);
    return irqState(controller.state, controller.state.slot(33, 0)).target;
  };
  assert.deepEqual([1, 2, 3, 4, 0].map(target), [0, 1, 0, null, null]);
});

test('writes change writable fields only, and set and clear bits', () => {
  const { controller, registers } = observe('v3');
  const write = (name: string, value: number): number => {
    const placed = registers.find(name, 0);
    assert.ok(placed);
    controller.write(0, placed.address, 4, value);
    return registers.peek(placed, 0) >>> 0;
  };
  assert.equal(write('GICD_CTLR', 0xffff_ffff), 0x0000_01f7);
  assert.equal(write('GICD_TYPER', 0xffff_ffff), 0);
  assert.equal(write('GICD_ISENABLER1', 6), 6);
  assert.equal(write('GICD_ICENABLER1', 2), 4);
  assert.equal(write('GICR_WAKER', 7), 2);
});
