import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Controller } from '../../../../adapter/gic/controller.ts';
import { LIST_REGISTER_V2 } from '../../../../adapter/gic/delivery/list-register.ts';
import { EINVAL } from '../../../../adapter/gic/delivery/wires.ts';
import { irqState, queueOf } from '../../../../adapter/gic/inspect/irq-state.ts';
import { variant } from '../../../../adapter/gic/registers/variant.ts';
import { VCPU_UNDERFLOW } from '../../../../adapter/gic/state/layout.ts';
import { GICC, GICD, GICR, machine, machine612, read32 } from '../machine.ts';

const IIDR = GICD + 0x008;
const IGROUPR1 = GICD + 0x084;
const ISENABLER1 = GICD + 0x104;
const ISPENDR0 = GICD + 0x200;
const ISPENDR1 = GICD + 0x204;
const ICPENDR0 = GICD + 0x280;
const ICPENDR1 = GICD + 0x284;
const SGI = 0x10000;

function userRead32(gic: Controller, address: number, vcpu = 0): number {
  return gic.user.read(vcpu, address, 4) >>> 0;
}

function irq(gic: Controller, intid: number, vcpu = 0): ReturnType<typeof irqState> {
  return irqState(gic.state, gic.state.slot(intid, vcpu));
}

function lr(gic: Controller, nth: number, vcpu = 0): number {
  return gic.state.get(gic.state.lrWord(vcpu, nth));
}

function underflow(gic: Controller, vcpu = 0): boolean {
  return gic.state.get(gic.state.vcpuWord(vcpu, VCPU_UNDERFLOW)) !== 0;
}

describe('kvm-6.12: groups', () => {
  it('are 0 on GICv2 and 1 on GICv3 after reset, and a guest writes them', () => {
    assert.equal(read32(machine612(), IGROUPR1), 0);
    const v3 = machine612({ gic: 'v3' });
    assert.equal(read32(v3, IGROUPR1), 0xffffffff);
    assert.equal(read32(v3, GICR + SGI + 0x80), 0xffffffff);
    v3.write(0, IGROUPR1, 4, 0x5);
    assert.equal(read32(v3, IGROUPR1), 5);
    assert.equal(irq(v3, 33).group, 0);
  });

  it('a write queues what is due: enabling the distributor had not', () => {
    const gic = machine612();
    gic.write(0, ISENABLER1, 4, 2);
    gic.line(33, 0, true);
    gic.write(0, GICD, 4, 1);
    assert.deepEqual(queueOf(gic.state, 0), []);
    gic.write(0, IGROUPR1, 4, 0);
    assert.deepEqual(queueOf(gic.state, 0), [33]);
  });

  it('reach the list register', () => {
    const gic = machine612();
    gic.write(0, GICD, 4, 1);
    gic.write(0, ISENABLER1, 4, 6);
    gic.write(0, IGROUPR1, 4, 2);
    gic.line(33, 0, true);
    gic.line(34, 0, true);
    gic.flush(0);
    assert.deepEqual([LIST_REGISTER_V2.group1(lr(gic, 0), 0), LIST_REGISTER_V2.group1(lr(gic, 1), 0)], [true, false]);
  });

  it('of SGIs decide which system registers raise them', () => {
    const gic = machine612({ gic: 'v3' });
    const raise = (sgi: number, groups: 'either' | 'group 0'): boolean => {
      gic.sgi(0, (sgi << 24) | 2, 0, groups);
      return irq(gic, sgi, 1).pending;
    };
    assert.equal(raise(1, 'group 0'), false);
    assert.equal(raise(1, 'either'), true);
    gic.write(1, GICR + 0x20000 + SGI + 0x80, 4, ~4);
    assert.equal(raise(2, 'group 0'), true);
  });
});

describe('kvm-6.12: revisions', () => {
  for (const version of ['v2', 'v3'] as const) {
    it(`GIC${version}: user space selects 2 or 3, and nothing else`, () => {
      const gic = machine612({ gic: version });
      assert.equal(read32(gic, IIDR), 0x4b00343b);
      gic.write(0, IIDR, 4, 0x4b00243b);
      assert.equal(read32(gic, IIDR), 0x4b00343b, 'a guest cannot');
      for (const refused of [0x4b00143b, 0x4b00043b, 0x4b00443b, 0x4c00243b, 0x4b01243b, 0x4b00243c]) {
        assert.equal(gic.userWrite(0, IIDR, 4, refused), EINVAL);
      }
      assert.equal(read32(gic, IIDR), 0x4b00343b);
      assert.equal(gic.userWrite(0, IIDR, 4, 0x4b00243b), 0);
      assert.equal(read32(gic, IIDR), 0x4b00243b);
      assert.equal(gic.userWrite(0, IIDR, 4, 0x4b00343b), 0);
      assert.equal(read32(gic, IIDR), 0x4b00343b);
    });
  }

  it('GICv2 user space writes groups only after it has written IIDR', () => {
    const gic = machine612();
    assert.equal(gic.userWrite(0, IGROUPR1, 4, -1), 0);
    assert.equal(read32(gic, IGROUPR1), 0);
    gic.userWrite(0, IIDR, 4, 0x4b00143b);
    gic.userWrite(0, IGROUPR1, 4, -1);
    assert.equal(read32(gic, IGROUPR1), 0, 'a refused revision unlocks nothing');
    gic.userWrite(0, IIDR, 4, 0x4b00343b);
    gic.userWrite(0, IGROUPR1, 4, -1);
    assert.equal(read32(gic, IGROUPR1), 0xffffffff);
  });

  it('3 tells that LPIs can be disabled and invalidated; the redistributor has none of its own', () => {
    const gic = machine612({ gic: 'v3' });
    assert.equal(read32(gic, GICR), 6);
    assert.equal(read32(gic, GICR + 4), 0x4b00043b);
    gic.userWrite(0, IIDR, 4, 0x4b00243b);
    assert.equal(read32(gic, GICR), 0);
    assert.equal(gic.userWrite(0, GICD + 0xc, 4, 1), EINVAL);
    assert.equal(gic.userWrite(0, GICD + 0xc, 4, 0), 0);
    assert.equal(read32(gic, GICD + 0x10), 0xffffffff, 'GICD_STATUSR');
  });
});

describe('kvm-6.12: the pending latch', () => {
  it('survives a change of the trigger, either way', () => {
    const gic = machine612();
    gic.line(33, 0, true);
    gic.write(0, GICD + 0xc08, 4, 0);
    assert.equal(irq(gic, 33).pending, true, '4.10 loses the edge here');
    gic.line(33, 0, true);
    gic.write(0, ICPENDR1, 4, 2);
    assert.equal(irq(gic, 33).pending, true, 'its wire is high');
    gic.write(0, GICD + 0xc08, 4, -1);
    assert.equal(irq(gic, 33).pending, false, 'an edge interrupt ignores its wire');
    assert.equal(irq(gic, 33).lineLevel, true);
  });

  it('of a level interrupt is kept until its list register is idle', () => {
    const gic = machine612();
    gic.write(0, GICD, 4, 1);
    gic.write(0, GICD + 0xc08, 4, 0);
    gic.write(0, ISENABLER1, 4, 2);
    gic.write(0, ISPENDR1, 4, 2);
    gic.flush(0);
    gic.putListRegister(0, 0, (lr(gic, 0) & ~(3 << 28)) | (2 << 28), 0);
    gic.sync(0);
    assert.deepEqual([irq(gic, 33).latched, irq(gic, 33).active], [true, true]);
    gic.flush(0);
    assert.equal((lr(gic, 0) >>> 28) & 3, 2, 'active, and not pending at the same time');
    gic.putListRegister(0, 0, lr(gic, 0) & ~(3 << 28), 0);
    gic.sync(0);
    assert.deepEqual([irq(gic, 33).latched, irq(gic, 33).active, irq(gic, 33).pending], [false, false, false]);
  });

  it('is what GICv3 user space saves and restores, whole words of it', () => {
    const gic = machine612({ gic: 'v3' });
    gic.write(0, GICD + 0xc08, 4, 0);
    gic.line(33, 0, true);
    gic.write(0, ISPENDR1, 4, 4);
    assert.equal(read32(gic, ISPENDR1), 6);
    assert.equal(userRead32(gic, ISPENDR1), 4);
    assert.equal(userRead32(gic, ICPENDR1), 0);
    gic.userWrite(0, ICPENDR1, 4, -1);
    assert.equal(userRead32(gic, ISPENDR1), 4);
    gic.userWrite(0, ISPENDR1, 4, 8);
    assert.equal(userRead32(gic, ISPENDR1), 8);
    assert.equal(read32(gic, ISPENDR1), 0xa);
  });

  it('of GICv2 SGIs is user space’s alone, with a sender', () => {
    const gic = machine612();
    gic.write(1, ISPENDR0, 4, 1);
    assert.equal(irq(gic, 0, 1).pending, false);
    gic.userWrite(1, ISPENDR0, 4, 1);
    assert.deepEqual([irq(gic, 0, 1).pending, irq(gic, 0, 1).sources], [true, 2]);
    gic.write(1, ICPENDR0, 4, 1);
    assert.equal(irq(gic, 0, 1).pending, true);
    gic.userWrite(1, ICPENDR0, 4, 1);
    assert.deepEqual([irq(gic, 0, 1).pending, irq(gic, 0, 1).sources], [false, 0]);
  });
});

describe('kvm-6.12: wires at once', () => {
  it('are set whatever the trigger, and tell level interrupts alone', () => {
    const gic = machine612({ gic: 'v3' });
    gic.write(0, GICD + 0xc08, 4, 0xaaaaaaa0 | 0);
    assert.equal(gic.setWireLevels(32, 0, 7), 0);
    assert.equal(gic.wireLevels(32, 0), 3, 'INTID 34 is edge-triggered');
    assert.equal(irq(gic, 32).lineLevel, true);
    assert.equal(gic.setWireLevels(33, 0, 0), EINVAL);
    gic.setWireLevels(0, 1, -1);
    assert.equal(gic.wireLevels(0, 1) >>> 0, 0xffff0000, 'SGIs have no wires');
    assert.equal(gic.wireLevels(0, 0), 0);
    gic.setWireLevels(96, 0, -1);
    assert.equal(gic.wireLevels(96, 0), 0, 'beyond the last INTID');
  });
});

describe('kvm-6.12: targets and bases', () => {
  it('keep the bits of vCPUs that exist; none means vCPU 0', () => {
    const gic = machine612();
    gic.write(0, GICD + 0x820, 4, 0xfe020103 | 0);
    assert.equal(read32(gic, GICD + 0x820), 0x02020103);
    gic.write(0, GICD + 0x821, 1, 0xfc);
    assert.equal(read32(gic, GICD + 0x820), 0x02020003);
    assert.deepEqual([irq(gic, 33).route, irq(gic, 33).target], [0, 0]);
    const old = machine();
    old.write(0, GICD + 0x821, 1, 0xfc);
    assert.deepEqual([irq(old, 33).route, irq(old, 33).target], [0xfc, null]);
  });

  it('GICR bases have 52 bits of address, and PTZ reads 0', () => {
    const gic = machine612({ gic: 'v3' });
    gic.write(0, GICR + 0x70, 8, -1, -1);
    assert.equal(gic.read(0, GICR + 0x70, 8) >>> 0, 0xffffff9f);
    assert.equal(gic.state.hi >>> 0, 0x000fffff, 'outer cacheability as the inner one');
    gic.write(0, GICR + 0x78, 8, -1, -1);
    gic.read(0, GICR + 0x78, 8);
    assert.equal(gic.state.hi >>> 0, 0x000fffff);
    assert.equal(read32(gic, GICR + 0x7c), 0x000fffff);
    gic.write(0, GICR + 0x7c, 4, 0x01000000);
    assert.equal(read32(gic, GICR + 0x7c), 0x01000000, 'non-cacheable is kept');
  });

  it('GICC_APR0 is stored', () => {
    const gic = machine612();
    assert.equal(gic.userWrite(1, GICC + 0xd0, 4, 0x12345678), 0);
    gic.userWrite(1, GICC + 0xd4, 4, -1);
    assert.deepEqual([userRead32(gic, GICC + 0xd0, 1), userRead32(gic, GICC + 0xd4, 1)], [0x12345678, 0]);
    assert.equal(userRead32(gic, GICC + 0xd0, 0), 0);
  });
});

describe('kvm-6.12: list registers', () => {
  function senders(gic: Controller): void {
    gic.write(0, GICD, 4, 1);
    gic.write(0, GICD + 0xf00, 4, 0x00010003);
    gic.write(1, GICD + 0xf00, 4, 0x00010003);
  }

  it('take one sender of an SGI a flush, and hold back what is less urgent', () => {
    const gic = machine612();
    senders(gic);
    gic.write(0, GICD + 0x421, 1, 0x80);
    gic.write(0, ISENABLER1, 4, 2);
    gic.line(33, 0, true);
    assert.equal(gic.flush(0), 1);
    assert.deepEqual([lr(gic, 0) & 0x3ff, LIST_REGISTER_V2.sender(lr(gic, 0))], [3, 0]);
    assert.ok(LIST_REGISTER_V2.eoi(lr(gic, 0), 0), 'the next sender waits');
    assert.equal(underflow(gic), false);
    gic.putListRegister(0, 0, lr(gic, 0) & ~(3 << 28), 0);
    gic.sync(0);
    assert.equal(gic.flush(0), 2);
    assert.equal(LIST_REGISTER_V2.sender(lr(gic, 0)), 1);
    assert.ok(!LIST_REGISTER_V2.eoi(lr(gic, 0), 0));
  });

  it('hold an active SGI with its sender, and no other one beside', () => {
    const gic = machine612();
    senders(gic);
    gic.flush(0);
    gic.putListRegister(0, 0, (lr(gic, 0) & ~(3 << 28)) | (2 << 28) | (1 << 10), 0);
    gic.sync(0);
    assert.equal(irq(gic, 3).activeSource, 1);
    gic.flush(0);
    const word = lr(gic, 0);
    assert.deepEqual([(word >>> 28) & 3, LIST_REGISTER_V2.sender(word), LIST_REGISTER_V2.eoi(word, 0)], [2, 1, true]);
  });

  it('ISACTIVER tells who made an SGI active', () => {
    const gic = machine612();
    gic.write(1, GICD + 0x300, 4, 8);
    assert.equal(irq(gic, 3, 1).activeSource, 1);
    gic.userWrite(1, GICD + 0x300, 4, 8);
    assert.equal(irq(gic, 3, 1).activeSource, 0);
  });

  it('ask for maintenance only where something is left on the queue', () => {
    const gic = machine612({ cpus: 1, lrs: 2 });
    gic.write(0, GICD, 4, 1);
    gic.write(0, ISENABLER1, 4, -1);
    gic.line(32, 0, true);
    gic.line(33, 0, true);
    assert.equal(gic.flush(0), 2);
    assert.equal(underflow(gic), false);
    gic.sync(0);
    gic.line(34, 0, true);
    gic.write(0, ISENABLER1 + 0x80, 4, 4);
    gic.flush(0);
    assert.equal(underflow(gic), true, 'disabled, but on the queue until the next exit');
  });
});

describe('kvm-6.12: waking up', () => {
  it('takes an interrupt that is not active and passes the mask', () => {
    const gic = machine612();
    gic.write(0, GICD, 4, 1);
    gic.write(0, ISENABLER1, 4, 2);
    gic.write(0, GICD + 0x421, 1, 0x80);
    gic.line(33, 0, true);
    assert.equal(gic.delivery.waiting(0), false, 'the mask is 0');
    gic.userWrite(0, GICC + 4, 4, 0x10);
    assert.equal(gic.delivery.waiting(0), false);
    gic.userWrite(0, GICC + 4, 4, 0x11);
    assert.equal(gic.delivery.waiting(0), true);
    gic.write(0, GICD + 0x304, 4, 2);
    assert.equal(gic.delivery.waiting(0), false);
  });

  it('is told to the vCPU an interrupt moves to', () => {
    const kicked: number[] = [];
    const control = { kick: (vcpu: number) => void kicked.push(vcpu), halt: () => undefined, resume: () => undefined };
    const gic = machine612({}, control);
    gic.write(0, GICD, 4, 1);
    gic.write(0, ISENABLER1, 4, 2);
    gic.line(33, 0, true);
    gic.write(0, GICD + 0x821, 1, 2);
    kicked.length = 0;
    gic.sync(0);
    assert.deepEqual(kicked, [1]);
  });
});

describe('a variant of a frame', () => {
  it('refuses rows that are not there', () => {
    assert.throws(() => variant(machine().profile.v2.distributor, { GICD_NONE: {} }), /no row GICD_NONE/);
  });
});
