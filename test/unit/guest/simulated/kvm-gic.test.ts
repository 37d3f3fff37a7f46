import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KVM_4_10 } from '../../../../adapter/gic/profiles/kvm-4.10.ts';
import { KVM_6_12 } from '../../../../adapter/gic/profiles/kvm-6.12.ts';
import type { Profile } from '../../../../adapter/gic/profiles/profile.ts';
import { Signal } from '../../../../adapter/gic/virtual/virtual-interface.ts';
import { KvmGic } from '../../../../adapter/guest/simulated/gic/kvm-gic.ts';

const GICD = 0x08000000;
const GICC = 0x08010000;
const GICR = 0x080a0000;

function gic(version: 'v2' | 'v3', lrs = 4, profile: Profile = KVM_4_10): KvmGic {
  const bases = { dist: GICD, cpuif: GICC, redist: GICR };
  return new KvmGic({ gic: version, cpus: 2, spis: 64, lrs, bases }, profile);
}

/** A GICv2 with everything open, and SPI 33 level-triggered, enabled, to vCPU 0. */
function open(lrs = 4, profile: Profile = KVM_4_10): KvmGic {
  const one = gic('v2', lrs, profile);
  const write = (address: number, value: number, length = 4): void => one.write(0, address, length, value, 0);
  write(GICD, 1);
  write(GICD + 0xc08, 0);
  for (let intid = 32; intid < 48; intid++) {
    write(GICD + 0x400 + intid, (intid & 15) << 3, 1);
    write(GICD + 0x800 + intid, 1, 1);
  }
  write(GICD + 0x104, 0xffff);
  write(GICC, 1);
  write(GICC + 4, 0xf8);
  return one;
}

const acknowledge = (one: KvmGic, vcpu = 0): number => one.read(vcpu, GICC + 0xc, 4);
const end = (one: KvmGic, value: number, vcpu = 0): void => one.write(vcpu, GICC + 0x10, 4, value, 0);

describe('a guest’s GICv2', () => {
  it('delivers a level interrupt for as long as its wire is high', () => {
    const one = open();
    assert.equal(one.inputs(0), Signal.None);
    one.line(33, 0, true);
    assert.equal(one.inputs(0), Signal.Irq);
    assert.equal(acknowledge(one), 33);
    assert.equal(one.inputs(0), Signal.None);
    end(one, 33);
    assert.equal(one.inputs(0), Signal.Irq, 'the wire is still high');
    assert.equal(acknowledge(one), 33);
    one.line(33, 0, false);
    end(one, 33);
    assert.equal(one.inputs(0), Signal.None);
    assert.equal(acknowledge(one), 1023);
  });

  it('preempts by priority', () => {
    const one = open();
    one.line(40, 0, true);
    assert.equal(acknowledge(one), 40);
    one.line(45, 0, true);
    assert.equal(one.inputs(0), Signal.None, 'less urgent');
    one.line(35, 0, true);
    assert.equal(one.inputs(0), Signal.Irq);
    assert.equal(acknowledge(one), 35);
    assert.equal(one.read(0, GICC + 0x14, 4), 3 << 3, 'the running priority');
    one.line(35, 0, false);
    end(one, 35);
    assert.equal(one.read(0, GICC + 0x14, 4), 8 << 3);
  });

  it('masks by GICC_PMR, yet wakes from WFI', () => {
    const one = open();
    one.write(0, GICC + 4, 4, 0x08, 0);
    one.line(40, 0, true);
    assert.equal(one.inputs(0), Signal.None);
    assert.equal(one.wakes(0), true);
  });

  it('delivers all, however few list registers there are', () => {
    const one = open(1);
    const wanted = [32, 34, 36, 38, 40, 42, 44, 46];
    for (const intid of wanted) one.line(intid, 0, true);
    const got: number[] = [];
    while (one.inputs(0) !== Signal.None) {
      const intid = acknowledge(one);
      got.push(intid);
      one.line(intid, 0, false);
      end(one, intid);
      assert.ok(got.length <= wanted.length);
    }
    assert.deepEqual([...got].sort(), wanted);
  });

  it('sends SGIs between vCPUs, each sender acknowledged by itself', () => {
    const one = open();
    one.write(1, GICC, 4, 1, 0);
    one.write(1, GICC + 4, 4, 0xf8, 0);
    one.write(0, GICD + 0xf00, 4, 0x00020003, 0);
    one.write(1, GICD + 0xf00, 4, 0x00020003, 0);
    assert.equal(one.inputs(1), Signal.Irq);
    const first = acknowledge(one, 1);
    end(one, first, 1);
    const second = acknowledge(one, 1);
    end(one, second, 1);
    assert.deepEqual([first, second].sort(), [3, 3 | (1 << 10)].sort());
    assert.equal(acknowledge(one, 1), 1023);
  });

  it('lets an edit see and change what is in list registers', () => {
    const one = open();
    one.line(33, 0, true);
    assert.equal(acknowledge(one), 33);
    one.outside(() => one.controller.write(0, GICD + 0x384, 4, 2));
    assert.equal(one.controller.state.bit(one.controller.state.at.active, one.controller.state.slot(33, 0)), false);
    assert.equal(one.inputs(0), Signal.None, 'its running priority is still there');
    end(one, 33);
    assert.equal(one.inputs(0), Signal.Irq);
  });
});

describe('a guest’s GICv3', () => {
  it('is driven by system registers', () => {
    const one = gic('v3');
    const msr = (crn: number, crm: number, op2: number, value: number): void => {
      one.systemRegister((3 << 14) | (crn << 7) | (crm << 3) | op2)?.write?.(0, value, 0);
    };
    const mrs = (crn: number, crm: number, op2: number): number =>
      one.systemRegister((3 << 14) | (crn << 7) | (crm << 3) | op2)?.read?.(0) ?? -1;
    one.write(0, GICD, 4, 2, 0);
    one.write(0, GICR + 0x10100, 4, 1 << 27, 0);
    msr(4, 6, 0, 0xff);
    msr(12, 12, 7, 1);
    assert.equal(mrs(4, 6, 0), 0xf8, 'five bits are kept');
    one.line(27, 0, true);
    assert.equal(one.inputs(0), Signal.Irq);
    assert.equal(mrs(12, 12, 0), 27);
    one.line(27, 0, false);
    msr(12, 12, 1, 27);
    assert.equal(mrs(12, 12, 0), 1023);
    assert.equal(one.systemRegister((3 << 14) | (12 << 7) | (8 << 3) | 5), undefined, 'ICC_AP0R1_EL1 is undefined');
  });
});

describe('a guest’s GICv2 of Linux 6.12', () => {
  it('brings the senders of an SGI one after the other, before anything less urgent', () => {
    const one = open(4, KVM_6_12);
    one.line(40, 0, true);
    one.write(1, GICD + 0xf00, 4, 0x00010002, 0);
    one.write(0, GICD + 0xf00, 4, 0x02000002, 0);
    assert.equal(acknowledge(one), 2, 'from vCPU 0');
    end(one, 2);
    assert.equal(acknowledge(one), 2 | (1 << 10), 'from vCPU 1');
    assert.equal(one.inputs(0), Signal.None);
    end(one, 2 | (1 << 10));
    assert.equal(acknowledge(one), 40);
  });

  it('signals a group only where it is enabled', () => {
    const one = open(4, KVM_6_12);
    one.write(0, GICD + 0x84, 4, 2, 0);
    one.line(33, 0, true);
    assert.equal(one.inputs(0), Signal.None);
    assert.equal(one.wakes(0), true, 'KVM looks at the mask, not at the groups');
    one.write(0, GICC, 4, 2, 0);
    assert.equal(one.inputs(0), Signal.Irq);
    one.write(0, GICD + 0x84, 4, 0, 0);
    assert.equal(one.inputs(0), Signal.None);
  });

  it('moves an interrupt to another vCPU at once, though that one was not told first', () => {
    const one = open(4, KVM_6_12);
    for (const [address, value] of [
      [GICC, 1],
      [GICC + 4, 0xf8],
    ] as const) {
      one.write(1, address, 4, value, 0);
    }
    one.write(0, GICD + 0x820 + 1, 1, 2, 0);
    one.write(0, GICD + 0x820 + 2, 1, 2, 0);
    one.line(33, 0, true);
    assert.equal(one.inputs(1), Signal.Irq);
    one.write(0, GICD + 0x821, 1, 1, 0);
    assert.equal(one.inputs(0), Signal.None, 'it is in a list register of vCPU 1');
    one.line(34, 0, true);
    assert.equal(one.inputs(0), Signal.Irq, 'vCPU 1 left the guest to take INTID 34');
  });
});
