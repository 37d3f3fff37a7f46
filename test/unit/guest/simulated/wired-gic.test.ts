import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FIQ, IRQ } from '../../../../adapter/gic/physical/inputs.ts';
import { ARCH, ARCH_QEMU_7_2 } from '../../../../adapter/gic/profiles/arch.ts';
import type { Profile } from '../../../../adapter/gic/profiles/profile.ts';
import { createGuestGic } from '../../../../adapter/guest/simulated/gic/create-gic.ts';
import type { CpuRegister, GuestGic } from '../../../../adapter/guest/simulated/gic/guest-gic.ts';

const GICD = 0x08000000;
const GICC = 0x08010000;
const GICR = 0x080a0000;
const GICR_STRIDE = 0x20000;
/** Of a redistributor, from its RD frame. */
const WAKER = 0x14;
const SGI_FRAME = 0x10000;

function gic(version: 'v2' | 'v3', profile: Profile = ARCH): GuestGic {
  return createGuestGic({ gic: version, vcpus: 2, memory: 16 << 20, lrs: 4, profile });
}

/** A GICv2 with everything open: SPIs 32 to 47 go to vCPU 0, with priorities from 0x00 to 0xf0; group 0 arrives as IRQ. */
function openV2(profile?: Profile): GuestGic {
  const one = gic('v2', profile);
  const write = (address: number, value: number, length = 4, vcpu = 0): void =>
    one.write(vcpu, address, length, value, 0);
  write(GICD, 1);
  for (let intid = 32; intid < 48; intid++) {
    write(GICD + 0x400 + intid, (intid & 15) << 4, 1);
    write(GICD + 0x800 + intid, 1, 1);
  }
  write(GICD + 0x104, 0xffff);
  for (const vcpu of [0, 1]) {
    write(GICC, 1, 4, vcpu);
    write(GICC + 4, 0xff, 4, vcpu);
  }
  return one;
}

const acknowledge = (one: GuestGic, vcpu = 0): number => one.read(vcpu, GICC + 0xc, 4);
const end = (one: GuestGic, value: number, vcpu = 0): void => one.write(vcpu, GICC + 0x10, 4, value, 0);

/** A GICv3 and the system registers of its CPUs. */
class V3 {
  readonly gic: GuestGic;

  constructor(profile?: Profile) {
    this.gic = gic('v3', profile);
    this.store(GICD, 2);
  }

  store(address: number, value: number, length = 4): void {
    this.gic.write(0, address, length, value, 0);
  }

  msr(vcpu: number, name: string, lo: number, hi = 0): void {
    const write = this.#named(name).write;
    assert.ok(write, name);
    write(vcpu, lo, hi);
  }

  mrs(vcpu: number, name: string): number {
    const read = this.#named(name).read;
    assert.ok(read, name);
    return read(vcpu);
  }

  peek(vcpu: number, name: string): number {
    const peek = this.#named(name).peek;
    assert.ok(peek, name);
    return peek(vcpu);
  }

  #named(name: string): CpuRegister {
    const found = [...this.gic.systemRegisters()].find((one) => one.name === name);
    assert.ok(found, name);
    assert.equal(this.gic.systemRegister(found.encoding), found);
    return found;
  }

  /** Everything of group 1 and enabled, a priority for each, and the CPU interface open. */
  open(vcpu: number): void {
    const redistributor = GICR + vcpu * GICR_STRIDE;
    this.store(redistributor + WAKER, 0);
    this.store(redistributor + SGI_FRAME + 0x80, -1);
    this.store(redistributor + SGI_FRAME + 0x100, -1);
    for (let intid = 0; intid < 32; intid++) this.store(redistributor + SGI_FRAME + 0x400 + intid, intid << 3, 1);
    this.msr(vcpu, 'ICC_PMR_EL1', 0xff);
    this.msr(vcpu, 'ICC_IGRPEN1_EL1', 1);
  }
}

describe('a GICv2 wired to its cores', () => {
  it('signals a level for as long as the wire is high and the interrupt is not active', () => {
    const one = openV2();
    assert.equal(one.inputs(0), 0);
    one.line(33, 0, true);
    assert.equal(one.inputs(0), IRQ);
    assert.equal(one.wakes(0), true);
    assert.equal(acknowledge(one), 33);
    assert.equal(one.inputs(0), 0);
    end(one, 33);
    assert.equal(one.inputs(0), IRQ, 'the wire is still high');
    one.line(33, 0, false);
    assert.equal(one.inputs(0), 0);
    assert.equal(acknowledge(one), 1023);
  });

  it('latches an edge, and latches the next while the first is active', () => {
    const one = openV2();
    one.write(0, GICD + 0xc08, 4, 2 << 2, 0);
    one.line(33, 0, true);
    one.line(33, 0, false);
    assert.equal(acknowledge(one), 33);
    one.line(33, 0, true);
    assert.equal(one.inputs(0), 0, 'active and pending');
    end(one, 33);
    assert.equal(acknowledge(one), 33);
    end(one, 33);
    assert.equal(one.inputs(0), 0, 'the level counts for nothing');
  });

  it('brings an SGI from each sender by itself', () => {
    const one = openV2();
    one.write(0, GICD + 0xf00, 4, 0x0002_0003, 0);
    one.write(1, GICD + 0xf00, 4, 0x0002_0003, 0);
    assert.deepEqual([one.inputs(0), one.inputs(1)], [0, IRQ]);
    const first = acknowledge(one, 1);
    assert.equal(one.inputs(1), 0);
    end(one, first, 1);
    const second = acknowledge(one, 1);
    end(one, second, 1);
    assert.deepEqual([first, second], [3, 3 | (1 << 10)]);
    assert.equal(one.inputs(1), 0);
  });

  it('preempts by priority, and drops it with the end', () => {
    const one = openV2();
    one.line(40, 0, true);
    assert.equal(acknowledge(one), 40);
    one.line(45, 0, true);
    assert.equal(one.inputs(0), 0, 'less urgent');
    one.line(35, 0, true);
    assert.equal(one.inputs(0), IRQ);
    assert.equal(acknowledge(one), 35);
    assert.equal(one.read(0, GICC + 0x14, 4), 3 << 4, 'the running priority');
    one.line(35, 0, false);
    end(one, 35);
    assert.equal(one.read(0, GICC + 0x14, 4), 8 << 4);
  });

  it('drops the priority and deactivates apart with EOImode', () => {
    const one = openV2();
    one.write(0, GICC, 4, 1 | (1 << 9), 0);
    one.line(33, 0, true);
    assert.equal(acknowledge(one), 33);
    end(one, 33);
    assert.equal(one.read(0, GICC + 0x14, 4), 0xff, 'nothing runs');
    assert.equal(one.inputs(0), 0, 'it is still active');
    one.write(0, GICC + 0x1000, 4, 33, 0);
    assert.equal(one.inputs(0), IRQ);
  });

  it('masks by GICC_PMR, and does not wake by what is masked there', () => {
    const one = openV2();
    one.write(0, GICC + 4, 4, 0x10, 0);
    one.line(40, 0, true);
    assert.deepEqual([one.inputs(0), one.wakes(0)], [0, false]);
    one.write(0, GICC + 4, 4, 0xff, 0);
    assert.deepEqual([one.inputs(0), one.wakes(0)], [IRQ, true]);
  });

  it('signals group 0 as FIQ where GICC_CTLR says so', () => {
    const one = openV2();
    one.write(0, GICC, 4, 1 | (1 << 3), 0);
    one.line(33, 0, true);
    assert.equal(one.inputs(0), FIQ);
  });

  it('keeps its CPU interface when a core is powered down and up', () => {
    const one = openV2();
    one.line(33, 0, true);
    one.setPower(0, false);
    one.setPower(0, true);
    assert.equal(one.inputs(0), IRQ);
  });

  it('takes an edit as an access, and goes back over it', () => {
    const one = openV2();
    one.write(0, GICD + 0x184, 4, 2, 0);
    one.line(33, 0, true);
    assert.equal(one.inputs(0), 0);
    const undo = one.controller.state.journal();
    undo.begin();
    one.outside(() => one.controller.write(0, GICD + 0x104, 4, 2));
    assert.equal(one.inputs(0), IRQ);
    undo.undo();
    one.outside(() => undefined);
    assert.equal(one.inputs(0), 0);
  });
});

describe('a GICv3 wired to its cores', () => {
  it('is driven by the physical system registers', () => {
    const one = new V3();
    one.open(0);
    assert.equal(one.mrs(0, 'ICC_PMR_EL1'), 0xf8, 'five bits are kept');
    assert.equal(one.mrs(0, 'ICC_CTLR_EL1') & 0x700, 4 << 8);
    one.gic.line(27, 0, true);
    assert.equal(one.gic.inputs(0), IRQ);
    assert.equal(one.peek(0, 'ICC_IAR1_EL1'), 27);
    assert.equal(one.gic.inputs(0), IRQ, 'looking acknowledges nothing');
    assert.equal(one.mrs(0, 'ICC_IAR1_EL1'), 27);
    assert.equal(one.mrs(0, 'ICC_RPR_EL1'), 27 << 3);
    assert.equal(one.gic.inputs(0), 0);
    one.gic.line(27, 0, false);
    one.msr(0, 'ICC_EOIR1_EL1', 27);
    assert.equal(one.mrs(0, 'ICC_IAR1_EL1'), 1023);
  });

  it('signals nothing while the redistributor sleeps; QEMU’s does', () => {
    for (const [profile, expected] of [
      [ARCH, 0],
      [ARCH_QEMU_7_2, IRQ],
    ] as const) {
      const one = new V3(profile);
      one.open(0);
      one.store(GICR + WAKER, 2);
      one.gic.line(27, 0, true);
      assert.equal(one.gic.inputs(0), expected, profile.name);
      one.store(GICR + WAKER, 0);
      assert.equal(one.gic.inputs(0), IRQ, profile.name);
    }
  });

  it('sends SGIs by ICC_SGI1R_EL1, to the affinities of the machine’s CPUs', () => {
    const one = new V3();
    one.open(0);
    one.open(1);
    one.msr(0, 'ICC_SGI1R_EL1', (5 << 24) | 0b10);
    assert.deepEqual([one.gic.inputs(0), one.gic.inputs(1)], [0, IRQ]);
    assert.equal(one.mrs(1, 'ICC_IAR1_EL1'), 5);
    one.msr(1, 'ICC_EOIR1_EL1', 5);
    one.msr(1, 'ICC_SGI1R_EL1', 6 << 24, 1 << 8);
    assert.deepEqual([one.gic.inputs(0), one.gic.inputs(1)], [IRQ, 0], 'all but the sender');
    one.msr(0, 'ICC_SGI0R_EL1', (7 << 24) | 0b10);
    assert.equal(one.gic.inputs(1), 0, 'it is of group 1');
  });

  it('sends the SGI of an edit as the register does', () => {
    const one = new V3();
    one.open(0);
    one.open(1);
    one.gic.outside(() => one.gic.controller.sgi(0, (5 << 24) | 0b10, 0));
    assert.equal(one.gic.inputs(1), IRQ);
    assert.equal(one.mrs(1, 'ICC_IAR1_EL1'), 5);
  });

  it('preempts by priority, as the binary point has it', () => {
    const one = new V3();
    one.open(0);
    one.gic.line(20, 0, true);
    assert.equal(one.mrs(0, 'ICC_IAR1_EL1'), 20);
    one.gic.line(19, 0, true);
    assert.equal(one.gic.inputs(0), IRQ);
    one.msr(0, 'ICC_BPR1_EL1', 6);
    assert.equal(one.gic.inputs(0), 0, 'the same group priority');
    one.gic.line(16, 0, true);
    assert.equal(one.gic.inputs(0), 0);
    one.msr(0, 'ICC_BPR1_EL1', 5);
    assert.equal(one.gic.inputs(0), IRQ);
  });

  it('drops the priority and deactivates apart with EOImode', () => {
    const one = new V3();
    one.open(0);
    one.msr(0, 'ICC_CTLR_EL1', 2);
    one.gic.line(27, 0, true);
    assert.equal(one.mrs(0, 'ICC_IAR1_EL1'), 27);
    one.msr(0, 'ICC_EOIR1_EL1', 27);
    assert.equal(one.mrs(0, 'ICC_RPR_EL1'), 0xff);
    assert.equal(one.gic.inputs(0), 0, 'it is still active');
    one.msr(0, 'ICC_DIR_EL1', 27);
    assert.equal(one.gic.inputs(0), IRQ);
  });

  it('signals group 0 as FIQ', () => {
    const one = new V3();
    one.open(0);
    one.store(GICD, 3);
    one.store(GICR + SGI_FRAME + 0x80, ~(1 << 27));
    one.msr(0, 'ICC_IGRPEN0_EL1', 1);
    one.gic.line(27, 0, true);
    assert.equal(one.gic.inputs(0), FIQ);
    assert.equal(one.mrs(0, 'ICC_IAR1_EL1'), 1023);
    assert.equal(one.mrs(0, 'ICC_IAR0_EL1'), 27);
  });

  it('loses what a core’s interface held when the core is powered up again', () => {
    const one = new V3();
    one.open(0);
    one.gic.line(27, 0, true);
    assert.equal(one.mrs(0, 'ICC_IAR1_EL1'), 27);
    one.gic.setPower(0, false);
    one.gic.setPower(0, true);
    const names = ['ICC_PMR_EL1', 'ICC_IGRPEN1_EL1', 'ICC_AP1R0_EL1', 'ICC_RPR_EL1', 'ICC_BPR1_EL1'];
    assert.deepEqual(
      names.map((name) => one.mrs(0, name)),
      [0, 0, 0, 0xff, 3],
    );
    const { state } = one.gic.controller;
    assert.equal(state.bit(state.at.active, state.slot(27, 0)), true, 'that is the redistributor’s');
  });

  it('identifies itself as the machine has it: one security state, no LPIs, its CPUs’ affinities', () => {
    const one = new V3();
    const typer = one.gic.read(0, GICD + 4, 4);
    assert.deepEqual([typer & (1 << 10), typer & (1 << 17), typer & 0x1f], [0, 0, 8]);
    assert.deepEqual([one.gic.read(0, GICD, 4) & 0x40, one.gic.read(0, GICR + 8, 4) & 1], [0x40, 0]);
    const affinities = [0, 1].map((vcpu) => one.gic.read(0, GICR + vcpu * GICR_STRIDE + 0xc, 4));
    assert.deepEqual(affinities, [0, 1]);
  });

  it('has the registers of EL1 alone', () => {
    const names = [...new V3().gic.systemRegisters()].map(({ name }) => name);
    assert.ok(names.includes('ICC_SRE_EL1'));
    assert.deepEqual(
      names.filter((name) => !name.endsWith('_EL1')),
      [],
    );
  });
});
