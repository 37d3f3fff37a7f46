import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EL1, EL2 } from '../../../../adapter/gic/physical/context.ts';
import { FIQ, IRQ } from '../../../../adapter/gic/physical/inputs.ts';
import { ARCH, ARCH_QEMU_7_2 } from '../../../../adapter/gic/profiles/arch.ts';
import type { Profile } from '../../../../adapter/gic/profiles/profile.ts';
import { GICD, GICR_SGI, GUEST, HypervisorBoard, MAINTENANCE } from './hypervisor-board.ts';

const PENDING = 1n << 62n;
const ACTIVE = 2n << 62n;
const HW = 1n << 61n;
const GROUP1 = 1n << 60n;
const EOI = 1n << 41n;
const priority = (value: number): bigint => BigInt(value) << 48n;
const linked = (intid: number): bigint => HW | (BigInt(intid) << 32n);

/** Both groups on, nothing masked. */
const VMCR = 0xf84c0003n;
const EOIMODE = 1n << 9n;
const SPURIOUS = 1023;

function board(vmcr = VMCR, profile: Profile = ARCH): HypervisorBoard {
  const made = new HypervisorBoard('v3', profile);
  made.set('ICH_HCR_EL2', 1n);
  made.set('ICH_VMCR_EL2', vmcr);
  return made;
}

describe('hypervisor interface of GICv3', () => {
  it('tells what it can do, and starts with everything off', () => {
    const gic = new HypervisorBoard('v3');
    assert.equal(gic.get('ICH_VTR_EL2'), 0x90b80003n);
    assert.equal(gic.get('ICH_HCR_EL2'), 0n);
    assert.equal(gic.get('ICH_VMCR_EL2'), 0x4c0008n);
    assert.equal(gic.get('ICH_ELRSR_EL2'), 0xfn);
    assert.equal(gic.physical.register('ICH_LR4_EL2'), undefined);
    assert.equal(gic.physical.register('ICH_AP0R1_EL2'), undefined);
  });

  it('takes a list register from pending to active to inactive', () => {
    const gic = board();
    gic.set('ICH_LR1_EL2', PENDING | GROUP1 | priority(0x40) | 77n);
    assert.equal(gic.virtualInputs, IRQ);
    assert.equal(gic.guest('HPPIR1'), 77);
    assert.equal(gic.guest('HPPIR0'), SPURIOUS);
    assert.equal(gic.guest('IAR1'), 77);
    assert.equal(gic.get('ICH_LR1_EL2'), ACTIVE | GROUP1 | priority(0x40) | 77n);
    assert.equal(gic.get('ICH_AP1R0_EL2'), 1n << 8n);
    assert.equal(gic.guest('RPR'), 0x40);
    assert.equal(gic.virtualInputs, 0);
    gic.setGuest('EOIR1', 77);
    assert.equal(gic.get('ICH_LR1_EL2'), GROUP1 | priority(0x40) | 77n);
    assert.equal(gic.get('ICH_AP1R0_EL2'), 0n);
    assert.equal(gic.guest('RPR'), 0xff);
    assert.equal(gic.get('ICH_ELRSR_EL2'), 0xfn);
  });

  it('signals group 0 as FIQ, nothing while it is off', () => {
    const gic = board();
    gic.set('ICH_LR0_EL2', PENDING | 40n);
    assert.equal(gic.virtualInputs, FIQ);
    gic.set('ICH_HCR_EL2', 0n);
    assert.equal(gic.virtualInputs, 0);
    assert.equal(gic.guest('IAR0'), SPURIOUS);
    gic.set('ICH_HCR_EL2', 1n);
    gic.setGuest('IGRPEN0', 0);
    assert.equal(gic.virtualInputs, 0);
  });

  it('with EOImode 1 ends in two steps', () => {
    const gic = board(VMCR | EOIMODE);
    assert.equal(gic.guest('CTLR'), 0x8c02);
    gic.set('ICH_LR0_EL2', PENDING | GROUP1 | 77n);
    gic.guest('IAR1');
    gic.setGuest('EOIR1', 77);
    assert.equal(gic.guest('RPR'), 0xff);
    assert.equal(gic.get('ICH_LR0_EL2'), ACTIVE | GROUP1 | 77n);
    gic.setGuest('DIR', 77);
    assert.equal(gic.get('ICH_LR0_EL2'), GROUP1 | 77n);
  });

  it('preempts by group priority', () => {
    const gic = board();
    gic.setGuest('BPR1', 5);
    gic.set('ICH_LR0_EL2', PENDING | GROUP1 | priority(0x58) | 50n);
    gic.set('ICH_LR1_EL2', PENDING | GROUP1 | priority(0x80) | 51n);
    assert.equal(gic.guest('IAR1'), 50);
    assert.equal(gic.guest('RPR'), 0x40);
    assert.equal(gic.guest('IAR1'), SPURIOUS);
    // As urgent as what runs, but for the part that does not count.
    gic.set('ICH_LR2_EL2', PENDING | GROUP1 | priority(0x40) | 52n);
    assert.equal(gic.virtualInputs, 0);
    gic.set('ICH_LR3_EL2', PENDING | GROUP1 | priority(0x38) | 53n);
    assert.equal(gic.virtualInputs, IRQ);
    assert.equal(gic.guest('IAR1'), 53);
    assert.equal(gic.get('ICH_AP1R0_EL2'), (1n << 4n) | (1n << 8n));
  });

  it('masks what is not more urgent than the mask', () => {
    const gic = board();
    gic.set('ICH_LR0_EL2', PENDING | GROUP1 | priority(0x80) | 50n);
    gic.setGuest('PMR', 0x80);
    assert.equal(gic.virtualInputs, 0);
    assert.equal(gic.guest('HPPIR1'), 50);
    gic.setGuest('PMR', 0x8f);
    assert.equal(gic.guest('PMR'), 0x88);
    assert.equal(gic.virtualInputs, IRQ);
  });

  it('VMCR is a view of what the guest sets', () => {
    const gic = board(0n);
    assert.equal(gic.get('ICH_VMCR_EL2'), 0x4c0008n);
    gic.setGuest('PMR', 0xf0);
    gic.setGuest('BPR0', 4);
    gic.setGuest('BPR1', 6);
    gic.setGuest('IGRPEN1', 1);
    gic.setGuest('CTLR', 3);
    assert.equal(gic.get('ICH_VMCR_EL2'), 0xf098021an);
    // With a common binary point the other one reads as that, and one more.
    assert.equal(gic.guest('BPR1'), 5);
    gic.set('ICH_VMCR_EL2', 0x80d40001n);
    assert.deepEqual(
      ['PMR', 'BPR0', 'BPR1', 'IGRPEN0', 'IGRPEN1', 'CTLR'].map((name) => gic.guest(name)),
      [0x80, 6, 5, 1, 0, 0x8c00],
    );
  });

  it('ends the linked interrupt of the machine', () => {
    const gic = board();
    gic.write(GICD + 0x304, 1 << 8);
    gic.set('ICH_LR0_EL2', PENDING | GROUP1 | linked(40) | 77n);
    assert.equal(gic.guest('IAR1'), 77);
    assert.equal(gic.read(GICD + 0x304), 1 << 8);
    gic.setGuest('EOIR1', 77);
    assert.equal(gic.read(GICD + 0x304), 0);
    assert.equal(gic.get('ICH_ELRSR_EL2'), 0xfn);
  });

  it('asks for maintenance where the end of an interrupt is wanted to be known', () => {
    const gic = board();
    gic.set('ICH_LR2_EL2', PENDING | GROUP1 | EOI | 77n);
    gic.guest('IAR1');
    assert.equal(gic.get('ICH_EISR_EL2'), 0n);
    assert.equal(gic.read(GICR_SGI + 0x200), 0);
    gic.setGuest('EOIR1', 77);
    assert.equal(gic.get('ICH_EISR_EL2'), 4n);
    assert.equal(gic.get('ICH_ELRSR_EL2'), 0xbn);
    assert.equal(gic.get('ICH_MISR_EL2'), 1n);
    assert.equal(gic.read(GICR_SGI + 0x200), MAINTENANCE);
    gic.set('ICH_HCR_EL2', 0n);
    assert.equal(gic.get('ICH_MISR_EL2'), 1n);
    assert.equal(gic.read(GICR_SGI + 0x200), 0);
    gic.set('ICH_HCR_EL2', 1n);
    gic.set('ICH_LR2_EL2', 0n);
    assert.equal(gic.read(GICR_SGI + 0x200), 0);
  });

  it('tells in MISR what HCR asks for', () => {
    const gic = board(0n);
    const misr = (hcr: number): number => {
      gic.set('ICH_HCR_EL2', BigInt(hcr));
      return Number(gic.get('ICH_MISR_EL2'));
    };
    gic.set('ICH_LR0_EL2', ACTIVE | 40n);
    // UIE, NPIE, VGrp0DIE, VGrp1DIE.
    assert.equal(misr(0xff), 0b1010_1010);
    gic.set('ICH_LR1_EL2', PENDING | 41n);
    gic.set('ICH_VMCR_EL2', 1n);
    assert.equal(misr(0xff), 0b1001_0000);
    gic.set('ICH_VMCR_EL2', 2n);
    assert.equal(misr(0xff), 0b0110_0000);
    assert.equal(misr(0x2f), 0b0010_0000);
    assert.equal(misr(0xff | (3 << 27)), 0b0110_0100);
  });

  it('counts interrupts that no list register holds', () => {
    const gic = board(VMCR | EOIMODE);
    gic.set('ICH_HCR_EL2', 5n);
    gic.set('ICH_AP1R0_EL2', 0x10n);
    gic.setGuest('EOIR1', 90);
    assert.equal(gic.get('ICH_HCR_EL2'), 5n, 'only a priority was dropped');
    gic.setGuest('DIR', 90);
    assert.equal(gic.get('ICH_HCR_EL2'), 5n | (1n << 27n));
    assert.equal(gic.get('ICH_MISR_EL2'), 4n);
    assert.equal(gic.read(GICR_SGI + 0x200), MAINTENANCE);
    gic.set('ICH_HCR_EL2', 31n << 27n);
    gic.setGuest('DIR', 90);
    assert.equal(gic.get('ICH_HCR_EL2'), 0n, 'five bits');
    gic.setGuest('CTLR', 0);
    gic.set('ICH_AP1R0_EL2', 0x10n);
    gic.setGuest('EOIR1', 90);
    gic.setGuest('EOIR1', 8192);
    assert.equal(gic.get('ICH_HCR_EL2'), 1n << 27n, 'LPIs have no active state');
  });

  it('gives the guest virtual registers for the physical ones, by group', () => {
    const gic = board();
    const name = (register: string, hcr: number): string => gic.found(register, { ...GUEST, hcr }).name;
    const FMO = 8;
    const IMO = 16;
    assert.deepEqual([name('IAR1', IMO), name('IAR0', IMO)], ['ICV_IAR1_EL1', 'ICC_IAR0_EL1']);
    assert.deepEqual([name('IAR1', FMO), name('IAR0', FMO)], ['ICC_IAR1_EL1', 'ICV_IAR0_EL1']);
    assert.deepEqual(
      [name('PMR', FMO), name('PMR', IMO), name('PMR', 0)],
      ['ICV_PMR_EL1', 'ICV_PMR_EL1', 'ICC_PMR_EL1'],
    );
    assert.equal(gic.found('SRE').name, 'ICC_SRE_EL1');
    assert.equal(gic.found('IAR1', EL2).name, 'ICC_IAR1_EL1');
    assert.equal(gic.found('IAR1', EL1).name, 'ICC_IAR1_EL1');
  });

  it('traps what the hypervisor wants to see', () => {
    const gic = board();
    const NAMES = ['IAR0', 'IAR1', 'PMR', 'DIR', 'SRE'];
    const trapped = (hcr: number): string[] => {
      gic.set('ICH_HCR_EL2', BigInt(hcr));
      return NAMES.filter((name) => gic.fault(name, name === 'DIR') === 'trap-el2');
    };
    assert.deepEqual(trapped(1), []);
    assert.deepEqual(trapped(1 << 10), ['PMR', 'DIR']);
    assert.deepEqual(trapped(1 << 11), ['IAR0']);
    assert.deepEqual(trapped(1 << 12), ['IAR1']);
    assert.deepEqual(trapped(1 << 14), ['DIR']);
    gic.set('ICH_HCR_EL2', 1n);
    assert.equal(gic.fault('SGI1R', true), 'trap-el2');
    assert.equal(gic.fault('SGI1R', true, EL1), null);
    assert.equal(gic.fault('IAR1', true), 'undef');
    assert.equal(gic.physical.fault(gic.physical.register('ICH_HCR_EL2') ?? gic.found('PMR'), 0, false, EL1), 'undef');
  });

  it('peeks without acknowledging', () => {
    const gic = board();
    gic.set('ICH_LR0_EL2', PENDING | GROUP1 | 77n);
    assert.equal(gic.physical.peek('ICV_IAR1_EL1', 0, GUEST), 77);
    assert.equal(gic.physical.peek('ICV_IAR1_EL1', 0, GUEST), 77);
    assert.equal(gic.guest('IAR1'), 77);
  });

  it('QEMU: other answers in corners', () => {
    const gic = board(0xff4c0002n, ARCH_QEMU_7_2);
    assert.equal(gic.get('ICH_VMCR_EL2'), 0xff4c000an);
    gic.set('ICH_LR0_EL2', 0x0707_e000_0000_0028n);
    assert.equal(gic.get('ICH_LR0_EL2'), 0x0700_e000_0000_0028n);
    // VGrp0DIE looks at group 1.
    gic.set('ICH_HCR_EL2', 0x21n);
    assert.equal(gic.get('ICH_MISR_EL2'), 0n);
    gic.setGuest('IGRPEN1', 0);
    assert.equal(gic.get('ICH_MISR_EL2'), 0x20n);
    // A priority drop counts.
    gic.set('ICH_VMCR_EL2', VMCR | EOIMODE);
    gic.set('ICH_AP1R0_EL2', 1n);
    gic.setGuest('EOIR1', 90);
    assert.equal(gic.get('ICH_HCR_EL2') >> 27n, 1n);
  });
});
