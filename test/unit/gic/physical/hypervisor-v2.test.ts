import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FIQ, IRQ } from '../../../../adapter/gic/physical/inputs.ts';
import { RegisterMap } from '../../../../adapter/gic/inspect/register-map.ts';
import { ARCH, ARCH_QEMU_7_2 } from '../../../../adapter/gic/profiles/arch.ts';
import { KVM_6_12 } from '../../../../adapter/gic/profiles/kvm-6.12.ts';
import { machine } from '../machine.ts';
import { GICD, GICH, GICV, HypervisorBoard, MAINTENANCE } from './hypervisor-board.ts';

const HCR = GICH;
const VTR = GICH + 4;
const VMCR = GICH + 8;
const MISR = GICH + 0x10;
const EISR = GICH + 0x20;
const ELRSR = GICH + 0x30;
const APR = GICH + 0xf0;
const lr = (n: number): number => GICH + 0x100 + 4 * n;
const CTLR = GICV;
const PMR = GICV + 4;
const BPR = GICV + 8;
const IAR = GICV + 0xc;
const EOIR = GICV + 0x10;
const RPR = GICV + 0x14;
const HPPIR = GICV + 0x18;
const ABPR = GICV + 0x1c;
const AIAR = GICV + 0x20;
const DIR = GICV + 0x1000;

const HW = 2 ** 31;
const GROUP1 = 2 ** 30;
const ACTIVE = 2 ** 29;
const PENDING = 2 ** 28;
const EOI = 2 ** 19;
const priority = (value: number): number => (value >> 3) * 2 ** 23;
const EOIMODE = 1 << 9;

function board(vmcr = 0xf84c0003, lrs = 4, profile = ARCH): HypervisorBoard {
  const made = new HypervisorBoard('v2', profile, lrs);
  made.write(HCR, 1);
  made.write(VMCR, vmcr);
  return made;
}

describe('hypervisor interface of GICv2', () => {
  it('tells what it can do, and starts with everything off', () => {
    const gic = new HypervisorBoard('v2');
    assert.equal(gic.read(VTR), 0x90000003);
    assert.equal(gic.read(VMCR), 0x4c0000);
    assert.equal(gic.read(ELRSR), 0xf);
    assert.equal(gic.read(GICV + 0xfc), 0x0202143b);
    gic.write(lr(4), 0xffffffff);
    assert.equal(gic.read(lr(4)), 0);
  });

  it('takes a list register from pending to active to inactive', () => {
    const gic = board();
    gic.write(lr(2), PENDING + priority(0x40) + 77);
    assert.equal(gic.virtualInputs, IRQ);
    assert.equal(gic.read(HPPIR), 77);
    assert.equal(gic.read(IAR), 77);
    assert.equal(gic.read(lr(2)), ACTIVE + priority(0x40) + 77);
    assert.equal(gic.read(APR), 1 << 8);
    assert.equal(gic.read(GICV + 0xd0), 1 << 8);
    assert.equal(gic.read(RPR), 0x40);
    assert.equal(gic.read(ELRSR), 0xb);
    gic.write(EOIR, 77);
    assert.equal(gic.read(lr(2)), priority(0x40) + 77);
    assert.equal(gic.read(RPR), 0xff);
    assert.equal(gic.read(ELRSR), 0xf);
  });

  it('has group 1 acknowledged by its alias, or by AckCtl', () => {
    const gic = board();
    gic.write(CTLR, 0xb);
    gic.write(lr(0), PENDING + GROUP1 + 77);
    assert.equal(gic.virtualInputs, IRQ);
    assert.equal(gic.read(IAR), 1022);
    assert.equal(gic.read(HPPIR), 1022);
    assert.equal(gic.read(AIAR), 77);
    gic.write(lr(1), PENDING + 78);
    gic.write(APR, 0);
    assert.equal(gic.virtualInputs, FIQ);
    assert.equal(gic.read(IAR), 78);
    gic.write(CTLR, 7);
    gic.write(APR, 0);
    gic.write(lr(2), PENDING + GROUP1 + 79);
    assert.equal(gic.read(IAR), 79);
  });

  it('tells the sender of an SGI, and ends that one', () => {
    const gic = board();
    gic.write(lr(0), PENDING + (3 << 10) + 5);
    gic.write(lr(1), ACTIVE + (1 << 10) + 5);
    assert.equal(gic.read(IAR), (3 << 10) | 5);
    gic.write(EOIR, (3 << 10) | 5);
    assert.equal(gic.read(lr(0)), (3 << 10) | 5);
    assert.equal(gic.read(lr(1)), ACTIVE + ((1 << 10) | 5));
  });

  it('with EOImode 1 ends in two steps', () => {
    const gic = board(0xf84c0003 + EOIMODE);
    gic.write(lr(0), PENDING + 77);
    gic.read(IAR);
    gic.write(EOIR, 77);
    assert.equal(gic.read(lr(0)), ACTIVE + 77);
    gic.write(DIR, 77);
    assert.equal(gic.read(lr(0)), 77);
    gic.write(DIR, 90);
    assert.equal(gic.read(HCR), 1 + 2 ** 27);
  });

  it('preempts by group priority', () => {
    const gic = board();
    gic.write(BPR, 4);
    gic.write(lr(0), PENDING + priority(0x58) + 50);
    assert.equal(gic.read(IAR), 50);
    gic.write(lr(1), PENDING + priority(0x40) + 51);
    assert.equal(gic.virtualInputs, 0);
    assert.equal(gic.read(IAR), 1023);
    gic.write(lr(2), PENDING + priority(0x38) + 52);
    assert.equal(gic.virtualInputs, IRQ);
    assert.equal(gic.read(IAR), 52);
    assert.equal(gic.read(APR), (1 << 4) | (1 << 8));
  });

  it('VMCR is a view of what the guest sets', () => {
    const gic = board(0);
    gic.write(CTLR, 0xffffffff);
    gic.write(PMR, 0x8f);
    gic.write(BPR, 5);
    gic.write(ABPR, 1);
    assert.equal(gic.read(VMCR), 0x88ac021f);
    gic.write(VMCR, 0xf0d80001);
    assert.deepEqual(
      [CTLR, PMR, BPR, ABPR].map((one) => gic.read(one)),
      [1, 0xf0, 6, 6],
    );
  });

  it('ends the linked interrupt of the machine', () => {
    const gic = board();
    gic.write(GICD + 0x304, 1 << 8);
    gic.write(lr(0), HW + PENDING + 40 * 1024 + 77);
    gic.read(IAR);
    assert.equal(gic.read(GICD + 0x304), 1 << 8);
    gic.write(EOIR, 77);
    assert.equal(gic.read(GICD + 0x304), 0);
    assert.equal(gic.read(EISR), 0);
    assert.equal(gic.read(ELRSR), 0xf);
  });

  it('asks for maintenance as HCR says', () => {
    const gic = board();
    gic.write(lr(1), PENDING + EOI + 77);
    gic.read(IAR);
    gic.write(EOIR, 77);
    assert.deepEqual([gic.read(EISR), gic.read(ELRSR), gic.read(MISR)], [2, 0xd, 1]);
    assert.equal(gic.read(GICD + 0x200), MAINTENANCE);
    gic.write(lr(1), 0);
    assert.equal(gic.read(GICD + 0x200), 0);
    gic.write(HCR, 0xfb);
    assert.equal(gic.read(MISR), 0b0101_1010);
    gic.write(CTLR, 0);
    assert.equal(gic.read(MISR), 0b1010_1010);
    assert.equal(gic.read(GICD + 0x200), MAINTENANCE);
    gic.write(HCR, 0xfa);
    assert.equal(gic.read(GICD + 0x200), 0);
  });

  it('has as many list registers as it is made with', () => {
    const gic = board(0xf84c0003, 40);
    assert.equal(gic.read(VTR), 0x90000027);
    gic.write(lr(39), PENDING + 77);
    assert.deepEqual([gic.read(ELRSR), gic.read(ELRSR + 4)], [0xffffffff, 0x7f]);
    assert.equal(gic.read(IAR), 77);
    const map = new RegisterMap(gic.controller);
    assert.equal(map.named('GICH_LR39').length, 1);
    assert.equal(map.named('GICH_LR40').length, 0);
    assert.equal(map.named('GICH_EISR1').length, 1);
  });

  it('can be looked at without a trace', () => {
    const gic = board();
    gic.write(lr(0), PENDING + 77);
    const map = new RegisterMap(gic.controller);
    const register = map.find('GICV_IAR', 0);
    assert.ok(register);
    assert.equal(map.peek(register, 0), 77);
    assert.equal(gic.read(lr(0)), PENDING + 77);
    // Another state than the controller's own, as the previous stop is.
    const { state } = machine({ cpus: 1, bases: gic.controller.config.bases }, null, ARCH);
    assert.equal(map.peek(register, 0, state), 1023);
  });

  it('undoes what it did', () => {
    const gic = board();
    gic.write(lr(0), HW + PENDING + 40 * 1024 + 77);
    const undo = gic.controller.state.journal();
    const before = gic.controller.state.words.slice();
    undo.begin();
    gic.read(IAR);
    gic.write(EOIR, 77);
    assert.notDeepEqual(gic.controller.state.words, before);
    undo.undo();
    assert.deepEqual(gic.controller.state.words, before);
  });

  it('is no part of a vgic', () => {
    const bases = { dist: GICD, cpuif: 0x08010000, redist: 0x080a0000, gich: GICH, gicv: GICV };
    const controller = machine({ bases }, null, KVM_6_12);
    assert.equal(controller.frames.locate(GICH, 4), null);
    assert.equal(controller.frames.locate(GICV, 4), null);
  });

  it('QEMU: other answers in corners', () => {
    const gic = board(0xf84c0003, 4, ARCH_QEMU_7_2);
    assert.equal(gic.read(GICV + 0xfc), 0x2043b);
    gic.write(lr(0), PENDING + GROUP1 + 77);
    assert.equal(gic.read(AIAR), 0);
    // Acknowledged, though its group is disabled.
    gic.write(CTLR, 5);
    assert.equal(gic.virtualInputs, 0);
    assert.equal(gic.read(IAR), 77);
    // An end with another priority running, or none, deactivates.
    gic.write(APR, 0);
    gic.write(EOIR, 77);
    assert.equal(gic.read(lr(0)), GROUP1 + 77);
  });
});
