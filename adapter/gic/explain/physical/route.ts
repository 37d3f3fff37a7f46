import { affinityIn, affinityText } from '../../affinity.ts';
import { hexOf } from '../../inspect/decode.ts';
import type { ExplainStep } from '../explanation.ts';
import { notKnown, shown, type Part, type Readings } from './readings.ts';
import { listed } from './words.ts';

/** Where an interrupt goes. */
export interface Route {
  readonly step: ExplainStep;
  /** The CPUs it may go to. */
  readonly cpus: readonly number[];
}

const QUESTION = 'Is it routed to a CPU that exists?';
const INTERFACES = 8;
/** GICD_IROUTER.Interrupt_Routing_Mode. */
const ANY = 0x8000_0000;
const UPPER = 0x1_0000_0000;

/** True where an SPI is known to go to a CPU. */
export function routesTo(readings: Readings, intid: number, cpu: number): boolean {
  return routeOf(readings.about(intid)).cpus.includes(cpu);
}

export function routeOf(readings: Readings): Route {
  const { isPrivate, vcpu, gic } = readings;
  if (isPrivate) {
    return { step: { question: QUESTION, outcome: 'pass', evidence: `It is private to CPU ${vcpu}.` }, cpus: [vcpu] };
  }
  return gic === 'v2' ? byTargets(readings) : byAffinity(readings);
}

function byTargets(readings: Readings): Route {
  const { cpus } = readings;
  const byte = readings.share('ITARGETSR');
  if (typeof byte.value === 'string') return { step: notKnown(QUESTION, byte), cpus: [] };
  const { name, value } = byte;
  if (cpus === 1) {
    const evidence = `There is one CPU: ${name} is ${hexOf(value)}, and the interrupt goes to CPU 0 whatever it says.`;
    return { step: { question: QUESTION, outcome: 'pass', evidence, ...shown(byte) }, cpus: [0] };
  }
  const bits = interfaceBits(readings);
  const targets = bits.flatMap((bit, cpu) => ((value & bit) === 0 ? [] : [cpu]));
  if (targets.length > 0) {
    const evidence = `${name} is ${hexOf(value)}: CPU ${listed(targets)}${targets.length > 1 ? ', whichever takes it first' : ''}.`;
    return { step: { question: QUESTION, outcome: 'pass', evidence, ...shown(byte) }, cpus: targets };
  }
  const names = bits.map((bit, cpu) => `${hexOf(bit)} is CPU ${cpu}`);
  return {
    step: {
      question: QUESTION,
      outcome: 'fail',
      evidence: `it goes nowhere (${name} is ${hexOf(value)}).`,
      ...shown(byte),
      advice: `Set the bit of a CPU interface, which is no MPIDR: ${names.join(', ')}.`,
    },
    cpus: [],
  };
}

/** Which bit stands for each CPU: GICD_ITARGETSR0 tells a CPU its own. */
function interfaceBits(readings: Readings): number[] {
  const own = Array.from({ length: readings.cpus }, (_, cpu) => readings.shareOf('ITARGETSR', 0, cpu).value);
  const told = new Set(own.filter((value) => typeof value === 'number' && value !== 0 && (value & (value - 1)) === 0));
  // Where the debugger read one CPU's for all, they do not differ, and tell nothing.
  if (told.size === own.length) return own as number[];
  return own.map((_, cpu) => 1 << (cpu % INTERFACES));
}

function byAffinity(readings: Readings): Route {
  const router = readings.share('IROUTER');
  if (typeof router.value === 'string') return { step: notKnown(QUESTION, router), cpus: [] };
  const { name, value } = router;
  const isOneOfN = (value & ANY) !== 0 && readings.field('GICD_TYPER', 'No1N', 0).value === 0;
  if (isOneOfN) return oneOfN(readings, router);
  const affinity = affinityIn(value | 0, Math.trunc(value / UPPER)) >>> 0;
  const known = Array.from({ length: readings.cpus }, (_, cpu) => affinityOf(readings, cpu));
  const unread = known.findIndex((one) => typeof one === 'string');
  const target = known.indexOf(affinity);
  const means = `${name} is ${hexOf(value)}: affinity ${affinityText(affinity)}`;
  if (target >= 0) {
    return {
      step: { question: QUESTION, outcome: 'pass', evidence: `${means}, which is CPU ${target}.`, ...shown(router) },
      cpus: [target],
    };
  }
  if (unread >= 0) {
    const part = readings.register('GICR_TYPER', unread);
    return { step: notKnown(QUESTION, part, ` of CPU ${unread}`), cpus: [] };
  }
  const all = known.map((one, cpu) => `CPU ${cpu} has ${affinityText(one as number)}`);
  const dropped =
    (value & ANY) === 0 ? '' : ' Interrupt_Routing_Mode is 1, but GICD_TYPER.No1N says that there is no such mode.';
  return {
    step: {
      question: QUESTION,
      outcome: 'fail',
      evidence: `it goes nowhere (${means}, which no CPU has).`,
      ...shown(router),
      advice: `Write the affinity of a CPU that exists: ${shortened(all)}.${dropped}`,
    },
    cpus: [],
  };
}

const MOST_NAMED = 8;

function shortened(texts: readonly string[]): string {
  const rest = texts.length - MOST_NAMED;
  return texts.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Aff3.Aff2.Aff1.Aff0 of a CPU's redistributor, as one number. */
function affinityOf(readings: Readings, cpu: number): number | string {
  const typer = readings.whole('GICR_TYPER', cpu) ?? 'there is no redistributor';
  return typeof typer === 'bigint' ? Number(typer >> 32n) : typer;
}

/** Any CPU that takes part: GICR_CTLR.DPG keeps one out. */
function oneOfN(readings: Readings, router: Part): Route {
  const all = Array.from({ length: readings.cpus }, (_, cpu) => cpu);
  const out = (cpu: number): boolean =>
    ['DPG0', 'DPG1NS', 'DPG1S'].every((bit) => readings.field('GICR_CTLR', bit, cpu).value === 1);
  const cpus = all.filter((cpu) => !out(cpu));
  const means = `${router.name}.Interrupt_Routing_Mode is 1: any CPU that takes part`;
  if (cpus.length > 0) {
    return { step: { question: QUESTION, outcome: 'pass', evidence: `${means}.`, ...shown(router) }, cpus };
  }
  return {
    step: {
      question: QUESTION,
      outcome: 'fail',
      evidence: `no CPU takes part (${means}, and GICR_CTLR.DPG keeps all of them out).`,
      ...shown(router),
      advice: 'Clear GICR_CTLR.DPG of a CPU, or route the interrupt to one affinity.',
    },
    cpus: [],
  };
}
