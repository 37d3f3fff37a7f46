import { aprWord } from '../../../physical/active-priorities.ts';
import { leastBinaryPoint } from '../../../physical/binary-point.ts';
import { G0, G1NS, type Group } from '../../../physical/groups.ts';
import { GICC_CBPR, GICC_ENABLE_GRP1, GICC_EOIMODE_NS, InterfaceV2 } from '../../../physical/interface-v2.ts';
import type { PhysicalPolicy } from '../../../physical/policy.ts';
import type { ReadHandler, RowHandlers, WriteHandler } from '../../../registers/row.ts';
import { APR_WORDS, PHYSICAL_BPR, PHYSICAL_CTLR, PHYSICAL_PMR } from '../../../state/physical-words.ts';
import type { GicState } from '../../../state/state.ts';
import { readAsZero, writeIgnored } from '../common.ts';

/*
 * GICv2's CPU interface, IHI 0048 chapter 4.4. Accesses narrower than a word reach a register at its first byte alone.
 * Non-secure software has its own view: group 1's enable as bit 0, the upper half of the priorities shifted up.
 */

type GiccRegister =
  | 'GICC_CTLR'
  | 'GICC_PMR'
  | 'GICC_BPR'
  | 'GICC_IAR'
  | 'GICC_EOIR'
  | 'GICC_RPR'
  | 'GICC_HPPIR'
  | 'GICC_ABPR'
  | 'GICC_AIAR'
  | 'GICC_AEOIR'
  | 'GICC_AHPPIR'
  | 'GICC_APR'
  | 'GICC_NSAPR'
  | 'GICC_IIDR'
  | 'GICC_DIR';

/** EnableGrp0 and 1, AckCtl, FIQEn, CBPR, EOImode; with two security states EOImodeNS too. */
const CTLR_BITS = 0x21f;
const CTLR_BITS_SECURE = 0x61f;
/** GICC_CTLR as Non-secure software sees it: one to the right. */
const CTLR_NONSECURE = GICC_ENABLE_GRP1 | GICC_EOIMODE_NS;

function get(state: GicState, cpu: number, word: number): number {
  return state.get(state.physicalWord(cpu, word));
}

function put(state: GicState, cpu: number, word: number, value: number): void {
  state.put(state.physicalWord(cpu, word), value);
}

function isCommon(state: GicState, cpu: number): boolean {
  return (get(state, cpu, PHYSICAL_CTLR) & GICC_CBPR) !== 0;
}

/** Smallest binary points, of group 0 and of group 1. */
function least(state: GicState, group: 0 | 1): number {
  return leastBinaryPoint(state.hardware.priorityBits) + group;
}

/** @param iidr what GICC_IIDR reads */
export function giccRows(policy: PhysicalPolicy, iidr: number): Readonly<Record<GiccRegister, RowHandlers>> {
  const interfaces = new InterfaceV2(policy);
  const atStart =
    (read: ReadHandler): ReadHandler =>
    (state, cpu, offset, length) =>
      (offset & 3) === 0 ? read(state, cpu, offset, length) : 0;
  const onStart =
    (write: WriteHandler): WriteHandler =>
    (delivery, cpu, offset, length, lo, hi) => {
      if ((offset & 3) === 0) write(delivery, cpu, offset, length, lo, hi);
    };
  const readOnly = (read: ReadHandler, nonSecure: ReadHandler): RowHandlers => ({
    read: atStart(read),
    write: writeIgnored,
    nonSecure: { read: atStart(nonSecure) },
  });
  const acknowledge = (
    look: (state: GicState, cpu: number, secure: boolean) => number,
    take: (state: GicState, cpu: number, secure: boolean) => number,
  ): RowHandlers => {
    const view = (secure: boolean): Required<Pick<RowHandlers, 'read' | 'take'>> => ({
      read: atStart((state, cpu) => look(state, cpu, secure)),
      take: atStart((state, cpu) => take(state, cpu, secure)),
    });
    return { ...view(true), write: writeIgnored, nonSecure: view(false) };
  };
  const command = (run: (state: GicState, cpu: number, value: number, secure: boolean) => void): RowHandlers => ({
    read: readAsZero,
    write: onStart(({ state }, cpu, _offset, _length, value) => run(state, cpu, value, true)),
    nonSecure: {
      write: onStart(({ state }, cpu, _offset, _length, value) => run(state, cpu, value, false)),
    },
  });
  const none: RowHandlers = { read: readAsZero, write: writeIgnored };
  const alias = (handlers: RowHandlers): RowHandlers =>
    policy.v2.hasAliases ? { ...handlers, nonSecure: { read: readAsZero, write: writeIgnored } } : none;
  const maskOf = (state: GicState): number => state.priorityMask & 0xff;
  const binaryPoint = (word: number, group: 0 | 1): WriteHandler =>
    onStart(({ state }, cpu, _offset, _length, value) =>
      put(state, cpu, word, Math.max(least(state, group), value & 7)),
    );

  /** Active priorities of a group from its word `first` on. */
  const activePriorities = (group: Group, first: number): RowHandlers => {
    const nth = (offset: number): number => first + (offset >> 2);
    return {
      read: atStart((state, cpu, offset) =>
        nth(offset) < APR_WORDS ? state.get(aprWord(state, cpu, group, nth(offset))) : 0,
      ),
      write: onStart(({ state }, cpu, offset, _length, value) => {
        if (nth(offset) >= APR_WORDS) return;
        state.put(aprWord(state, cpu, group, nth(offset)), value);
        interfaces.settleRunning(state, cpu);
      }),
    };
  };

  return {
    GICC_CTLR: {
      read: atStart((state, cpu) => get(state, cpu, PHYSICAL_CTLR)),
      write: onStart(({ state }, cpu, _offset, _length, value) => {
        const bits = state.hardware.securityStates === 2 ? CTLR_BITS_SECURE : CTLR_BITS;
        put(state, cpu, PHYSICAL_CTLR, value & bits);
      }),
      nonSecure: {
        read: atStart((state, cpu) => (get(state, cpu, PHYSICAL_CTLR) & CTLR_NONSECURE) >> 1),
        write: onStart(({ state }, cpu, _offset, _length, value) =>
          put(
            state,
            cpu,
            PHYSICAL_CTLR,
            (get(state, cpu, PHYSICAL_CTLR) & ~CTLR_NONSECURE) | ((value << 1) & CTLR_NONSECURE),
          ),
        ),
      },
    },
    GICC_PMR: {
      read: atStart((state, cpu) => get(state, cpu, PHYSICAL_PMR)),
      write: onStart(({ state }, cpu, _offset, _length, value) => put(state, cpu, PHYSICAL_PMR, value & maskOf(state))),
      nonSecure: {
        read: atStart((state, cpu) => shifted(get(state, cpu, PHYSICAL_PMR))),
        // A mask in the Secure half stays.
        write: onStart(({ state }, cpu, _offset, _length, value) => {
          if ((get(state, cpu, PHYSICAL_PMR) & 0x80) === 0) return;
          put(state, cpu, PHYSICAL_PMR, (0x80 | ((value >>> 1) & 0x7f)) & maskOf(state));
        }),
      },
    },
    GICC_BPR: {
      read: atStart((state, cpu) => get(state, cpu, PHYSICAL_BPR + G0)),
      write: binaryPoint(PHYSICAL_BPR + G0, 0),
      nonSecure: {
        read: atStart((state, cpu) =>
          isCommon(state, cpu)
            ? Math.min(7, get(state, cpu, PHYSICAL_BPR + G0) + 1)
            : get(state, cpu, PHYSICAL_BPR + G1NS),
        ),
        write: (delivery, cpu, offset, length, value, hi) => {
          if (!isCommon(delivery.state, cpu))
            binaryPoint(PHYSICAL_BPR + G1NS, 1)(delivery, cpu, offset, length, value, hi);
        },
      },
    },
    GICC_IAR: acknowledge(
      (state, cpu, secure) => interfaces.acknowledgeable(state, cpu, secure),
      (state, cpu, secure) => interfaces.acknowledge(state, cpu, secure),
    ),
    GICC_EOIR: command((state, cpu, value, secure) => interfaces.endOfInterrupt(state, cpu, value, secure)),
    GICC_RPR: readOnly(
      (state, cpu) => interfaces.runningPriority(state, cpu),
      (state, cpu) => {
        const running = interfaces.runningPriority(state, cpu);
        return running === 0xff ? running : shifted(running);
      },
    ),
    GICC_HPPIR: readOnly(
      (state, cpu) => interfaces.highestPending(state, cpu, true),
      (state, cpu) => interfaces.highestPending(state, cpu, false),
    ),
    GICC_ABPR: {
      read: atStart((state, cpu) => get(state, cpu, PHYSICAL_BPR + G1NS)),
      write: binaryPoint(PHYSICAL_BPR + G1NS, 1),
      nonSecure: { read: readAsZero, write: writeIgnored },
    },
    GICC_AIAR: alias(
      acknowledge(
        (state, cpu) => interfaces.acknowledgeableGroup1(state, cpu),
        (state, cpu) => interfaces.acknowledgeGroup1(state, cpu),
      ),
    ),
    GICC_AEOIR: alias(command((state, cpu, value) => interfaces.endOfInterrupt(state, cpu, value, true, true))),
    GICC_AHPPIR: alias(
      readOnly(
        (state, cpu) => interfaces.highestPendingGroup1(state, cpu),
        () => 0,
      ),
    ),
    // Non-secure software has the upper half of group 1's levels, which are the ones it can use.
    GICC_APR: { ...activePriorities(G0, 0), nonSecure: activePriorities(G1NS, APR_WORDS / 2) },
    GICC_NSAPR: { ...activePriorities(G1NS, 0), nonSecure: { read: readAsZero, write: writeIgnored } },
    GICC_IIDR: { read: atStart(() => iidr), write: writeIgnored },
    GICC_DIR: command((state, cpu, value, secure) => interfaces.deactivate(state, cpu, value, secure)),
  };
}

/** A priority as Non-secure software sees it: 0 for those of the Secure half. */
function shifted(priority: number): number {
  return (priority & 0x80) === 0 ? 0 : (priority << 1) & 0xff;
}
