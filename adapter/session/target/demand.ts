import type { GdbGuest } from '../../guest/gdb/gdb-guest.ts';
import type { Wanted } from '../../guest/gdb/shadow.ts';

const REGISTER = /\bGIC[A-Z]{1,2}_\w+/gi;
const INTERRUPTS = /\b(irq|access)\b/;

/** Registers that an expression speaks of, as far as its words tell. */
export function demandOf(text: string, guest: GdbGuest): Wanted[] {
  const { shadow } = guest;
  // An array's element is one interrupt's share; its name without the index is the row's.
  const names = [...text.matchAll(REGISTER)].map(([name]) => name);
  return [...shadow.named(names), ...(INTERRUPTS.test(text) ? shadow.ofInterrupts() : [])];
}

/** What decides whether an interrupt is delivered, besides the interrupt's own registers. */
export function deliveryDemand(guest: GdbGuest): Wanted[] {
  const names = ['GICD_CTLR', 'GICR_WAKER', 'GICR_CTLR', 'GICC_CTLR', 'GICC_PMR', 'GICC_RPR', 'GICC_BPR', 'GICC_HPPIR'];
  return [...guest.shadow.ofInterrupts(), ...guest.shadow.named(names)];
}
