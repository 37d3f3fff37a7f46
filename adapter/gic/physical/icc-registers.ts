import {
  PHYSICAL_BPR,
  PHYSICAL_CTLR,
  PHYSICAL_CTLR_EL3,
  PHYSICAL_CTLR_S,
  PHYSICAL_IGRPEN,
  PHYSICAL_PMR,
} from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { aprWord } from './active-priorities.ts';
import { preemptionBits } from './binary-point.ts';
import { HCR_FMO, HCR_IMO, SCR_FIQ, SCR_IRQ, type CpuContext } from './context.ts';
import { G0, G1NS, G1S, oneSecurityState, type Group } from './groups.ts';
import { HCR_TALL0, HCR_TALL1, HCR_TC, HCR_TDIR } from './hypervisor.ts';
import { ICC_EOIMODE, ICC_EOIMODE_EL3, type InterfaceV3 } from './interface-v3.ts';
import type { PhysicalPolicy } from './policy.ts';
import { ICC_CBPR, IDLE_V3 } from './preemption-v3.ts';
import { sendSgi } from './sgi-v3.ts';

/** A system register of the physical CPU interface. */
export interface IccRegister {
  /** As Arm writes it: "ICC_IAR1_EL1". */
  readonly name: string;
  /** op0:op1:CRn:CRm:op2 in bits 15:14, 13:11, 10:7, 6:3, 2:0, as MRS and MSR encode them. */
  readonly encoding: number;
  /** Null: reading is undefined. */
  readonly read: IccRead | null;
  /** What reading would answer, without doing what it does. Absent: reading does nothing more. */
  readonly peek?: IccRead;
  /** Null: writing is undefined. */
  readonly write: ((cpu: number, lo: number, hi: number, context: CpuContext) => void) | null;
  /** Exception level below which it is undefined. */
  readonly leastEl: 1 | 2 | 3;
  /** SCR_EL3 bits that, all set, trap it to EL3 from below. */
  readonly trap: number;
  /** HCR_EL2 bits, of which any one set makes an access of EL1 one to the virtual register in its place. */
  readonly virtual: number;
  /** ICH_HCR_EL2 bits, of which any one set traps it from EL1 to EL2. */
  readonly hypervisorTraps: number;
}

type IccRead = (cpu: number, context: CpuContext) => number;
type Access = Pick<IccRegister, 'read' | 'write'> & { readonly peek?: IccRead };

/** What becomes of an access that is not made. */
export type IccFault = 'undef' | 'trap-el2' | 'trap-el3';

/** Why an access from somewhere is not made, or null: it is. */
export function iccFault(register: IccRegister, write: boolean, { el, scr }: CpuContext): IccFault | null {
  if (el < register.leastEl || (write ? register.write : register.read) === null) return 'undef';
  return el < 3 && register.trap !== 0 && (scr & register.trap) === register.trap ? 'trap-el3' : null;
}

const BOTH = SCR_IRQ | SCR_FIQ;
/** ICC_CTLR: Aff3 may be anything (15), 24 bits of INTID (13:11). */
const CTLR_A3V = 1 << 15;
const CTLR_IDBITS_24 = 1 << 11;
/** ICC_CTLR_EL3.nDS: security cannot be disabled. */
const CTLR_NDS = 1 << 17;
/** ICC_SRE: system registers, and nothing bypassed; above EL1 also that lower levels may use them. */
const SRE = 7;
const SRE_ENABLE = 0xf;

/** The registers of IHI 0069, 12.2, over the state. */
export function iccRegisters(state: GicState, interfaces: InterfaceV3, policy: PhysicalPolicy): readonly IccRegister[] {
  const { priorityBits, securityStates } = state.hardware;
  const hasEl3 = securityStates === 2;
  const fixed = CTLR_A3V | CTLR_IDBITS_24 | ((priorityBits - 1) << 8);
  const maskBits = (-1 << (8 - priorityBits)) & (policy.keepsWideMask ? -1 : 0xff);
  const word = (cpu: number, index: number): number => state.physicalWord(cpu, index);
  const get = (cpu: number, index: number): number => state.get(word(cpu, index));
  const put = (cpu: number, index: number, value: number): void => {
    state.put(word(cpu, index), value);
    interfaces.signal(cpu);
  };
  const seesShifted = ({ secure, scr }: CpuContext): boolean => hasEl3 && !secure && (scr & SCR_FIQ) !== 0;
  const group1 = ({ secureBelow }: CpuContext): Group => (secureBelow ? G1S : G1NS);
  const control = ({ secureBelow }: CpuContext): number => (secureBelow ? PHYSICAL_CTLR_S : PHYSICAL_CTLR);

  const of = (
    name: string,
    [op1, crm, op2]: readonly [number, number, number],
    trap: number,
    access: Access,
    crn = 12,
  ): IccRegister => ({
    name,
    encoding: (3 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2,
    leastEl: op1 === 6 ? 3 : op1 === 4 ? 2 : 1,
    trap,
    virtual: op1 === 0 ? ((trap & SCR_FIQ) !== 0 ? HCR_FMO : 0) | ((trap & SCR_IRQ) !== 0 ? HCR_IMO : 0) : 0,
    hypervisorTraps:
      (trap === BOTH ? HCR_TC : trap === SCR_FIQ ? HCR_TALL0 : trap === SCR_IRQ ? HCR_TALL1 : 0) |
      (name === 'ICC_DIR_EL1' ? HCR_TDIR : 0),
    ...access,
  });

  const acknowledge = (which: 0 | 1): Access => ({
    read: (cpu, context) => interfaces.acknowledge(cpu, which, context),
    peek: (cpu, context) => interfaces.highestPending(cpu, which, context, true),
    write: null,
  });
  const end = (which: 0 | 1): Access => ({
    read: null,
    write: (cpu, lo, _hi, context) => interfaces.endOfInterrupt(cpu, which, lo, context),
  });
  const highest = (which: 0 | 1): Access => ({
    read: (cpu, context) => interfaces.highestPending(cpu, which, context),
    write: null,
  });

  /** The binary point an access means; `common` where ICC_BPR1 follows ICC_BPR0. */
  const point = (which: 0 | 1, context: CpuContext, cpu: number): { group: Group; common: boolean } => {
    const group = which === 0 ? G0 : group1(context);
    if (group === G0 || context.el === 3) return { group, common: false };
    const isCommon = (get(cpu, group === G1S ? PHYSICAL_CTLR_S : PHYSICAL_CTLR) & ICC_CBPR) !== 0;
    if (!isCommon) return { group, common: false };
    return group === G1S ? { group: G0, common: false } : { group: G1NS, common: true };
  };
  const binaryPoint = (which: 0 | 1): Access => ({
    read(cpu, context) {
      const { group, common } = point(which, context, cpu);
      return common ? Math.min(7, get(cpu, PHYSICAL_BPR + G0) + 1) : get(cpu, PHYSICAL_BPR + group);
    },
    write(cpu, lo, hi, context) {
      const { group, common } = point(which, context, cpu);
      if (common) return;
      const least = interfaces.leastBinaryPoint + (group === G1NS ? 1 : 0);
      const value = policy.clampsUncutBinaryPoint ? (hi === 0 ? lo >>> 0 : 2 ** 32) : lo & 7;
      put(cpu, PHYSICAL_BPR + group, value < least ? least : lo & 7);
    },
  });
  /** Levels of the less urgent half, which are all that is Non-secure software's. */
  const nonSecureLevels = (nth: number): number => {
    const half = 1 << (preemptionBits(priorityBits) - 1);
    const first = half - nth * 32;
    return first <= 0 ? -1 : first >= 32 ? 0 : -1 << first;
  };
  const activePriorities = (which: 0 | 1, nth: number): Access => {
    const groupOf = (context: CpuContext): Group => (which === 0 ? G0 : group1(context));
    return {
      read: (cpu, context) => state.get(aprWord(state, cpu, groupOf(context), nth)),
      write(cpu, lo, _hi, context) {
        const group = groupOf(context);
        const bits = hasEl3 && group === G1NS ? lo & nonSecureLevels(nth) : lo;
        if (!hasEl3 || group !== G1NS || !policy.refusesNonsecureApr || nth >= 2) {
          state.put(aprWord(state, cpu, group, nth), bits);
          interfaces.signal(cpu);
        }
      },
    };
  };
  const enable = (which: 0 | 1): Access => ({
    read: (cpu, context) => get(cpu, PHYSICAL_IGRPEN + (which === 0 ? G0 : group1(context))),
    write: (cpu, lo, _hi, context) => put(cpu, PHYSICAL_IGRPEN + (which === 0 ? G0 : group1(context)), lo & 1),
  });
  const raised = (slot: number): void => interfaces.settle(slot);
  const sgi = (group: (secure: boolean) => Group): Access => ({
    read: null,
    write: (cpu, lo, hi, context) => {
      // The bank counts, not the level: EL3 sends for the state it would return to.
      sendSgi(state, cpu, lo, hi, group(context.secure), context.secure, raised);
    },
  });

  const shown = (priority: number, context: CpuContext): number => {
    if (!seesShifted(context)) return priority;
    return (priority & 0x80) === 0 ? 0 : (priority << 1) & 0xff;
  };
  const registers: IccRegister[] = [
    of(
      'ICC_PMR_EL1',
      [0, 6, 0],
      BOTH,
      {
        read: (cpu, context) => shown(get(cpu, PHYSICAL_PMR), context),
        write(cpu, lo, _hi, context) {
          const value = lo & maskBits;
          if (!seesShifted(context)) put(cpu, PHYSICAL_PMR, value);
          else if ((get(cpu, PHYSICAL_PMR) & 0x80) !== 0) put(cpu, PHYSICAL_PMR, (value >>> 1) | 0x80);
        },
      },
      4,
    ),
    of('ICC_IAR0_EL1', [0, 8, 0], SCR_FIQ, acknowledge(0)),
    of('ICC_EOIR0_EL1', [0, 8, 1], SCR_FIQ, end(0)),
    of('ICC_HPPIR0_EL1', [0, 8, 2], SCR_FIQ, highest(0)),
    of('ICC_BPR0_EL1', [0, 8, 3], SCR_FIQ, binaryPoint(0)),
    of('ICC_DIR_EL1', [0, 11, 1], BOTH, {
      read: null,
      write: (cpu, lo, _hi, context) => interfaces.deactivate(cpu, lo, context),
    }),
    of('ICC_RPR_EL1', [0, 11, 3], BOTH, {
      read(cpu, context) {
        const running = interfaces.runningPriority(cpu);
        return running === IDLE_V3 ? running : shown(running, context);
      },
      write: null,
    }),
    of(
      'ICC_SGI1R_EL1',
      [0, 11, 5],
      BOTH,
      sgi((secure) => (secure ? G1S : G1NS)),
    ),
    of(
      'ICC_ASGI1R_EL1',
      [0, 11, 6],
      BOTH,
      sgi((secure) => (secure ? G1NS : G1S)),
    ),
    of(
      'ICC_SGI0R_EL1',
      [0, 11, 7],
      BOTH,
      sgi(() => G0),
    ),
    of('ICC_IAR1_EL1', [0, 12, 0], SCR_IRQ, acknowledge(1)),
    of('ICC_EOIR1_EL1', [0, 12, 1], SCR_IRQ, end(1)),
    of('ICC_HPPIR1_EL1', [0, 12, 2], SCR_IRQ, highest(1)),
    of('ICC_BPR1_EL1', [0, 12, 3], SCR_IRQ, binaryPoint(1)),
    of('ICC_CTLR_EL1', [0, 12, 4], BOTH, {
      read: (cpu, context) => fixed | get(cpu, control(context)),
      write(cpu, lo, _hi, context) {
        // With two security states CBPR is ICC_CTLR_EL3's to write.
        const kept = hasEl3 && !oneSecurityState(state) ? ICC_EOIMODE : ICC_CBPR | ICC_EOIMODE;
        const at = control(context);
        put(cpu, at, (get(cpu, at) & ~kept) | (lo & kept));
      },
    }),
    of('ICC_SRE_EL1', [0, 12, 5], 0, { read: () => SRE, write: () => {} }),
    of('ICC_IGRPEN0_EL1', [0, 12, 6], SCR_FIQ, enable(0)),
    of('ICC_IGRPEN1_EL1', [0, 12, 7], SCR_IRQ, enable(1)),
  ];
  const words = 1 << Math.max(0, preemptionBits(priorityBits) - 5);
  for (let nth = 0; nth < words; nth++) {
    registers.push(of(`ICC_AP0R${String(nth)}_EL1`, [0, 8, 4 + nth], SCR_FIQ, activePriorities(0, nth)));
    registers.push(of(`ICC_AP1R${String(nth)}_EL1`, [0, 9, nth], SCR_IRQ, activePriorities(1, nth)));
  }
  return hasEl3 ? [...registers, ...monitorRegisters(of, get, put, fixed, policy)] : registers;
}

/** ICC_CTLR_EL3 joins what both states have: CBPR and EOImode, Secure in bits 0 and 3, Non-secure in 1 and 4. */
const CTLR_EL3_S = 0;
const CTLR_EL3_NS = 1;

function monitorRegisters(
  of: (name: string, at: readonly [number, number, number], trap: number, access: Access) => IccRegister,
  get: (cpu: number, index: number) => number,
  put: (cpu: number, index: number, value: number) => void,
  fixed: number,
  { monitorShowsNonsecureTwice }: PhysicalPolicy,
): IccRegister[] {
  const shownAsSecure = monitorShowsNonsecureTwice ? PHYSICAL_CTLR : PHYSICAL_CTLR_S;
  const joined = (bits: number, shift: number): number =>
    ((bits & ICC_CBPR) << shift) | ((bits & ICC_EOIMODE) << (2 + shift));
  const parted = (value: number, shift: number): number =>
    ((value >> shift) & ICC_CBPR) | ((value >> (2 + shift)) & ICC_EOIMODE);
  return [
    of('ICC_CTLR_EL3', [6, 12, 4], 0, {
      read: (cpu) =>
        CTLR_NDS |
        fixed |
        get(cpu, PHYSICAL_CTLR_EL3) |
        joined(get(cpu, shownAsSecure), CTLR_EL3_S) |
        joined(get(cpu, PHYSICAL_CTLR), CTLR_EL3_NS),
      write(cpu, lo) {
        put(cpu, PHYSICAL_CTLR_S, parted(lo, CTLR_EL3_S));
        put(cpu, PHYSICAL_CTLR, parted(lo, CTLR_EL3_NS));
        put(cpu, PHYSICAL_CTLR_EL3, lo & ICC_EOIMODE_EL3);
      },
    }),
    of('ICC_SRE_EL3', [6, 12, 5], 0, { read: () => SRE_ENABLE, write: () => {} }),
    of('ICC_IGRPEN1_EL3', [6, 12, 7], 0, {
      read: (cpu) => get(cpu, PHYSICAL_IGRPEN + G1NS) | (get(cpu, PHYSICAL_IGRPEN + G1S) << 1),
      write(cpu, lo) {
        put(cpu, PHYSICAL_IGRPEN + G1NS, lo & 1);
        put(cpu, PHYSICAL_IGRPEN + G1S, (lo >> 1) & 1);
      },
    }),
  ];
}
