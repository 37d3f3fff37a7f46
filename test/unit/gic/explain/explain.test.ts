import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainInterrupt, ExplainError } from '../../../../adapter/gic/explain/explain.ts';
import { RecordedCpuInterface } from '../../../../adapter/gic/delivery/cpu-interface.ts';
import type { Controller } from '../../../../adapter/gic/controller.ts';
import { GICC, GICD, machine, machine612 } from '../machine.ts';

/** Brings INTID 33 to its vCPU, but for one step. */
function allBut(skip: string, gic: Controller = machine()): Controller {
  const v2 = gic.config.gic === 'v2';
  if (skip !== 'distributor') gic.write(0, GICD, 4, 3);
  if (skip !== 'enable') gic.write(0, GICD + 0x104, 4, 2);
  gic.write(0, GICD + 0xc08, 4, 0);
  if (skip === 'target') gic.write(0, GICD + (v2 ? 0x821 : 0x6000 + 33 * 8), v2 ? 1 : 8, 0x40);
  if (v2) {
    gic.user.write(0, GICC, 4, 1, 0);
    gic.user.write(0, GICC + 4, 4, skip === 'mask' ? 0 : 0x1f, 0);
  }
  if (skip !== 'wire') gic.line(33, 0, true);
  if (skip === 'active') gic.write(0, GICD + 0x304, 4, 2);
  if (skip === 'late') {
    gic.write(0, GICD, 4, 0);
    gic.flush(0);
    gic.sync(0);
    gic.write(0, GICD, 4, 3);
  }
  return gic;
}

describe('explain', () => {
  const cases: [string, RegExp][] = [
    ['wire', /does not fire: it is not pending \(GICD_ISPENDR1 bit 1 is 0\)/],
    ['enable', /does not fire: it is disabled \(GICD_ISENABLER1 bit 1 is 0\)/],
    ['active', /still active \(GICD_ISACTIVER1 bit 1 is 1\)/],
    ['distributor', /the distributor is off/],
    ['target', /it goes nowhere/],
    ['late', /it is on no queue/],
    ['', /Nothing in the controller holds INTID 33 back: it waits for vCPU 0/],
  ];
  for (const version of ['v2', 'v3'] as const) {
    for (const [skip, verdict] of cases) {
      it(`GIC${version}: ${skip === '' ? 'nothing is wrong' : `without ${skip}`}`, () => {
        const gic = allBut(skip, machine({ gic: version }));
        assert.match(explainInterrupt(gic, 33).verdict, verdict);
      });
    }
  }

  it('sees the priority mask of a recorded GICv2 CPU interface', () => {
    assert.match(explainInterrupt(allBut('mask'), 33).verdict, /priority 0x0 against a mask of 0x0/);
  });

  it('knows that the enable of one group does not let the other one through', () => {
    const gic = allBut('', machine612());
    assert.match(explainInterrupt(gic, 33).verdict, /waits for vCPU 0/);
    gic.userWrite(0, GICC, 4, 2);
    const group0 = explainInterrupt(gic, 33);
    assert.match(group0.verdict, /does not fire: it is of group 0 \(GICD_IGROUPR1 bit 1 is 0\)/);
    assert.match(group0.verdict, /GICC_CTLR.EnableGrp0 of vCPU 0 is 0, and only GICC_CTLR.EnableGrp1 is 1\.$/);
    const advice = group0.steps.find((step) => step.outcome === 'fail')?.advice;
    assert.equal(
      advice,
      'Set GICC_CTLR.EnableGrp0 on vCPU 0, or write 1 to GICD_IGROUPR1 bit 1 to have it in group 1.',
    );
    gic.write(0, GICD + 0x84, 4, 2);
    assert.match(explainInterrupt(gic, 33).verdict, /waits for vCPU 0/);
  });

  it('knows the groups of a GICv3 whose CPU interface was recorded', () => {
    const gic = allBut('', machine612({ gic: 'v3' }));
    const recorded = new RecordedCpuInterface(gic);
    recorded.priorityMask(0, 0xf8);
    recorded.control(0, 0, 2);
    assert.match(explainInterrupt(gic, 33).verdict, /waits for vCPU 0/);
    gic.write(0, GICD + 0x84, 4, 0);
    const { verdict, steps } = explainInterrupt(gic, 33);
    assert.match(verdict, /of group 0 .* ICC_IGRPEN0_EL1.Enable of vCPU 0 is 0, and only ICC_IGRPEN1_EL1.Enable is 1/);
    assert.match(steps.find((step) => step.outcome === 'fail')?.advice ?? '', /ICC_IGRPEN0_EL1/);
  });

  it('offers no move to another group where groups are fixed', () => {
    const gic = allBut('');
    gic.userWrite(0, GICC, 4, 2);
    const { verdict, steps } = explainInterrupt(gic, 33);
    assert.match(verdict, /every interrupt of this profile is of group 0/);
    assert.equal(steps.find((step) => step.outcome === 'fail')?.advice, 'Set GICC_CTLR.EnableGrp0 on vCPU 0.');
  });

  it('refuses interrupts and vCPUs that do not exist', () => {
    assert.throws(() => explainInterrupt(machine(), 96), ExplainError);
    assert.throws(() => explainInterrupt(machine(), -1), /There is no INTID -1/);
    assert.throws(() => explainInterrupt(machine(), 27, 2), /There is no vCPU 2: this guest has 0 to 1/);
  });
});
