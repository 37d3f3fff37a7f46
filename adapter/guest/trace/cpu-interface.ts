import { isSpecialIntid } from '../../gic/config.ts';
import type { RecordedCpuInterface } from '../../gic/delivery/cpu-interface.ts';
import { Outcome } from '../guest.ts';

/** What a recorded access to a CPU interface did: GICC_ by memory on GICv2, ICC_ by system register on GICv3. */
export type CpuInterfaceEvent =
  | 'acknowledge'
  | 'end'
  | 'deactivate'
  | 'control'
  | 'mask'
  | 'binary point 0'
  | 'binary point 1'
  | 'enable group 0'
  | 'enable group 1';

/** By GICC_ and ICC_ names, the exception level left out. */
const EVENTS: Readonly<Record<string, { readonly write: boolean; readonly event: CpuInterfaceEvent }>> = {
  GICC_IAR: { write: false, event: 'acknowledge' },
  GICC_AIAR: { write: false, event: 'acknowledge' },
  ICC_IAR0: { write: false, event: 'acknowledge' },
  ICC_IAR1: { write: false, event: 'acknowledge' },
  GICC_EOIR: { write: true, event: 'end' },
  GICC_AEOIR: { write: true, event: 'end' },
  ICC_EOIR0: { write: true, event: 'end' },
  ICC_EOIR1: { write: true, event: 'end' },
  GICC_DIR: { write: true, event: 'deactivate' },
  ICC_DIR: { write: true, event: 'deactivate' },
  GICC_CTLR: { write: true, event: 'control' },
  ICC_CTLR: { write: true, event: 'control' },
  GICC_PMR: { write: true, event: 'mask' },
  ICC_PMR: { write: true, event: 'mask' },
  GICC_BPR: { write: true, event: 'binary point 0' },
  ICC_BPR0: { write: true, event: 'binary point 0' },
  GICC_ABPR: { write: true, event: 'binary point 1' },
  ICC_BPR1: { write: true, event: 'binary point 1' },
  ICC_IGRPEN0: { write: true, event: 'enable group 0' },
  ICC_IGRPEN1: { write: true, event: 'enable group 1' },
};

/** The event of an access, or null: it changes nothing that is followed. */
export function cpuInterfaceEvent(register: string, write: boolean): CpuInterfaceEvent | null {
  const known = EVENTS[register.replace(/_EL\d+$/, '')];
  return known?.write === write ? known.event : null;
}

const GICC_CTLR_MASK = 0x21f;
const ICC_CTLR_EOIMODE = 1 << 1;
const VM_CTLR_EOIMODE = 1 << 9;
const VM_CTLR_CBPR = 1 << 4;

/** What following an access showed, and why it is not normal. */
export interface Followed {
  readonly outcome: Outcome;
  readonly reason: string | null;
}

const NORMAL: Followed = { outcome: Outcome.Normal, reason: null };

/** Does to the controller what a recorded access to the CPU interface of `vcpu` did. */
export function followCpuInterface(
  cpuInterface: RecordedCpuInterface,
  event: CpuInterfaceEvent,
  vcpu: number,
  register: string,
  value: number,
): Followed {
  const intid = register.startsWith('ICC') ? value & 0xffffff : value & 0x3ff;
  switch (event) {
    case 'acknowledge':
      if (isSpecialIntid(intid)) {
        return { outcome: Outcome.Spurious, reason: `answered ${String(intid)}: nothing to acknowledge` };
      }
      return seen(
        cpuInterface.acknowledge(vcpu, intid),
        `the model has INTID ${String(intid)} not pending for vCPU ${String(vcpu)}`,
      );
    case 'end':
      return seen(cpuInterface.endOfInterrupt(vcpu, intid), notActive(intid, vcpu));
    case 'deactivate':
      return seen(cpuInterface.deactivate(vcpu, intid), notActive(intid, vcpu));
    case 'control':
      if (register.startsWith('GICC')) cpuInterface.control(vcpu, GICC_CTLR_MASK, value & GICC_CTLR_MASK);
      else {
        const eoiMode = (value & ICC_CTLR_EOIMODE) !== 0 ? VM_CTLR_EOIMODE : 0;
        const cbpr = (value & 1) !== 0 ? VM_CTLR_CBPR : 0;
        cpuInterface.control(vcpu, VM_CTLR_EOIMODE | VM_CTLR_CBPR, eoiMode | cbpr);
      }
      return NORMAL;
    case 'mask':
      cpuInterface.priorityMask(vcpu, value & 0xff);
      return NORMAL;
    case 'binary point 0':
      cpuInterface.binaryPoint(vcpu, 0, value);
      return NORMAL;
    case 'binary point 1':
      cpuInterface.binaryPoint(vcpu, 1, value);
      return NORMAL;
    case 'enable group 0':
      cpuInterface.control(vcpu, 1, value & 1);
      return NORMAL;
    case 'enable group 1':
      cpuInterface.control(vcpu, 2, (value & 1) << 1);
      return NORMAL;
  }
}

function notActive(intid: number, vcpu: number): string {
  return `the model has INTID ${String(intid)} not active on vCPU ${String(vcpu)}`;
}

/** Not a mismatch: what an earlier access without a CPU did may be missing from the model. */
function seen(found: boolean, otherwise: string): Followed {
  return found ? NORMAL : { outcome: Outcome.Unpredicted, reason: otherwise };
}
