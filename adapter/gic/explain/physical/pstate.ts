import type { ExplainStep } from '../explanation.ts';
import type { Group } from './group.ts';
import { NOBODY_READ, notKnown, type Readings } from './readings.ts';

/** Bits of PSTATE as SPSR has them (DDI 0487, C5.2). */
const SP_SELECTED = 0x1;
const AARCH32 = 0x10;
const FIQ_MASKED = 0x40;
const IRQ_MASKED = 0x80;
const AARCH32_USER = 0x10;
/** SCR_EL3 and HCR_EL2. */
const SCR_NS = 0x1;
const SCR_IRQ = 0x2;
const SCR_FIQ = 0x4;
const HCR_FMO = 0x8;
const HCR_IMO = 0x10;
const HCR_TGE = 0x800_0000;

interface Signal {
  readonly name: 'IRQ' | 'FIQ';
  readonly mask: 'I' | 'F';
  readonly masked: number;
  readonly scr: number;
  readonly hcr: number;
  readonly hcrName: string;
  /** From the start of a vector group. */
  readonly vector: number;
}

const IRQ: Signal = {
  name: 'IRQ',
  mask: 'I',
  masked: IRQ_MASKED,
  scr: SCR_IRQ,
  hcr: HCR_IMO,
  hcrName: 'IMO',
  vector: 0x80,
};
const FIQ: Signal = {
  name: 'FIQ',
  mask: 'F',
  masked: FIQ_MASKED,
  scr: SCR_FIQ,
  hcr: HCR_FMO,
  hcrName: 'FMO',
  vector: 0x100,
};

/** Whether the CPU takes what its interface signals: the exception's mask, and where it goes. */
export function pstateStep(readings: Readings, cpu: number, group: Group): ExplainStep {
  const question = `Does CPU ${cpu} take it?`;
  const facts = readings.facts(cpu);
  const pstate = facts?.pstate ?? NOBODY_READ;
  if (typeof pstate === 'string') return notKnown(question, { name: 'PSTATE', value: pstate }, ` of CPU ${cpu}`);
  const level = levelOf(pstate);
  const scr = wordOf(facts?.register('SCR_EL3'));
  const hcr = wordOf(facts?.register('HCR_EL2'));
  const signal = signalOf(readings, cpu, group, level, scr);
  const target = targetLevel(signal, level, scr, hcr);
  const mask = `PSTATE.${signal.mask} of CPU ${cpu}`;
  if (target > level) {
    const evidence = `CPU ${cpu} is at EL${level}, and ${signal.name}s go to EL${target}: nothing masks them there.`;
    return { question, outcome: 'pass', evidence: evidence + vectorText(pstate, level, target, signal) };
  }
  const router = level === 3 ? `SCR_EL3.${signal.name}` : `HCR_EL2.${signal.hcrName}`;
  const isRouterKnown = (level === 3 ? scr : hcr) !== null;
  if (target < level && level >= 2 && isRouterKnown) {
    return {
      question,
      outcome: 'fail',
      evidence: `CPU ${cpu} is at EL${level}, and ${signal.name}s go to EL${target} (${router} is 0): they are not taken there.`,
      advice: `Set ${router} to have them at EL${level}, or let the CPU go on to a lower level.`,
    };
  }
  if ((pstate & signal.masked) !== 0) {
    return {
      question,
      outcome: 'fail',
      evidence: `CPU ${cpu} masks ${signal.name}s (PSTATE.${signal.mask} is 1).`,
      advice: `It is taken when the CPU clears PSTATE.${signal.mask} ("msr daifclr, #${signal === IRQ ? 2 : 1}"). In a handler or a critical section that is as it should be, and a WFI wakes up all the same.`,
    };
  }
  if (level >= 2 && target < level) {
    const evidence = `${mask} is 0, but at EL${level} it is taken only where ${router} is 1, which is not known.`;
    return { question, outcome: 'unknown', evidence };
  }
  const evidence = `${mask} is 0: the CPU is to take the ${signal.name} as it goes on.`;
  return { question, outcome: 'pass', evidence: evidence + vectorText(pstate, level, target, signal) };
}

function wordOf(value: bigint | string | undefined): number | null {
  return typeof value === 'bigint' ? Number(BigInt.asUintN(32, value)) : null;
}

/** The exception level; in AArch32 user mode, or any other. */
function levelOf(pstate: number): number {
  if ((pstate & AARCH32) !== 0) return (pstate & 0x1f) === AARCH32_USER ? 0 : 1;
  return (pstate >> 2) & 3;
}

function signalOf(readings: Readings, cpu: number, group: Group, level: number, scr: number | null): Signal {
  if (readings.gic === 'v2') {
    const isFast = group.kind === '0' && readings.field('GICC_CTLR', 'FIQEn', cpu).value === 1;
    return isFast ? FIQ : IRQ;
  }
  if (group.kind === '0') return FIQ;
  if (group.kind === '1') return IRQ;
  // Of the other security state's group, or at EL3: FIQ. A CPU below EL3 is Non-secure unless it is known not to be.
  const isNonSecure = scr === null || (scr & SCR_NS) !== 0;
  return level === 3 || isNonSecure !== (group.kind === '1 Non-secure') ? FIQ : IRQ;
}

/** Where the exception goes. What is not known is not there: then it goes to EL1. */
function targetLevel(
  { scr: toEl3, hcr: toEl2 }: Signal,
  level: number,
  scr: number | null,
  hcr: number | null,
): number {
  if (scr !== null && (scr & toEl3) !== 0) return 3;
  if (hcr !== null && level < 3 && (hcr & (toEl2 | HCR_TGE)) !== 0) return 2;
  return 1;
}

/** " Its vector is VBAR_EL1 + 0x280." */
function vectorText(pstate: number, level: number, target: number, { vector }: Signal): string {
  if ((pstate & AARCH32) !== 0) return '';
  const group = target > level ? 0x400 : (pstate & SP_SELECTED) === 0 ? 0 : 0x200;
  return ` Its vector is VBAR_EL${target} + 0x${(group + vector).toString(16)}.`;
}
