import { whyAbsent } from '../../gic/explain/explain.ts';
import { cpusConcerned } from '../../gic/explain/physical.ts';
import { fetchCpuFacts } from '../../guest/gdb/cpu-facts.ts';
import type { GdbGuest } from '../../guest/gdb/gdb-guest.ts';
import type { Wanted } from '../../guest/gdb/shadow.ts';

const REGISTER = /\bGIC[A-Z]{1,2}_\w+/gi;
const INTERRUPT = /\birq\s*\(\s*(0x[0-9a-f]+|\d+)\s*[,)]/gi;
const INTERRUPTS = /\b(irq|access)\b/;

/** What a GICD_IROUTER means is found as it is read, by the affinities of the redistributors: they come first. */
export function affinities({ shadow }: GdbGuest): Wanted[] {
  return shadow.named(['GICR_TYPER']);
}

/** Registers that an expression speaks of, as far as its words tell. */
export function demandOf(text: string, guest: GdbGuest): Wanted[] {
  const { shadow } = guest;
  // An array's element is one interrupt's share; its name without the index is the row's.
  const names = [...text.matchAll(REGISTER)].map(([name]) => name);
  const intids = [...text.matchAll(INTERRUPT)].map(([, digits]) => Number(digits));
  const others = INTERRUPTS.test(text.replace(INTERRUPT, ''));
  return [
    ...affinities(guest),
    ...shadow.named(names),
    ...(others ? shadow.ofInterrupts() : intids.flatMap((intid) => shadow.ofInterrupts(intid))),
  ];
}

/** What decides whether an interrupt is delivered, besides the interrupts' own registers. */
const DELIVERY = [
  'GICD_CTLR',
  'GICD_TYPER',
  'GICD_IGRPMODR',
  'GICR_IGRPMODR',
  'GICR_WAKER',
  'GICR_CTLR',
  'GICC_CTLR',
  'GICC_PMR',
  'GICC_RPR',
  'GICC_BPR',
  'GICC_ABPR',
  'GICC_APR0',
  'GICC_HPPIR',
];
/** CPUs of which the interface is looked at: borrowing one takes a while, and an interrupt may go to any of them. */
const MOST_CPUS = 2;

/** Fetches what an explanation of an interrupt looks at. @throws RspError where the connection is gone */
export async function fetchForExplanation(guest: GdbGuest, intid: number, vcpu: number): Promise<void> {
  const { shadow, controller } = guest;
  await shadow.bring([...affinities(guest), ...shadow.ofInterrupts(), ...shadow.named(DELIVERY)]);
  // Whoever explains says so.
  if (whyAbsent(controller, intid, vcpu) !== null) return;
  const cpus = cpusConcerned({ controller, intid, vcpu, witness: guest });
  await fetchCpuFacts(guest, cpus.slice(0, MOST_CPUS));
}
