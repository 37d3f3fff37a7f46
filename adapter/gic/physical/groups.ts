import { GLOBAL_CTLR } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import { CTLR_DS, CTLR_ENABLE_G0, CTLR_ENABLE_G1NS, CTLR_ENABLE_G1S } from './distributor-control.ts';

/** Groups of a physical controller, in the order of the words kept once a group. With one security state group 1 is G1NS. */
export const G0 = 0;
export const G1S = 1;
export const G1NS = 2;
export type Group = typeof G0 | typeof G1S | typeof G1NS;

/** One security state: all accesses see everything, and IGRPMODR means nothing. GICv3. */
export function oneSecurityState(state: GicState): boolean {
  return (state.get(GLOBAL_CTLR) & CTLR_DS) !== 0;
}

/** Group of an interrupt, GICv3. */
export function groupOf(state: GicState, slot: number): Group {
  if (state.bit(state.at.group, slot)) return G1NS;
  return !oneSecurityState(state) && state.bit(state.at.modifier, slot) ? G1S : G0;
}

/** Of a plane word's 32 interrupts those whose group the distributor forwards, GICv3. */
export function forwarded(state: GicState, word: number): number {
  const control = state.get(GLOBAL_CTLR);
  const group = state.get(state.at.group + word);
  const modifier = (control & CTLR_DS) !== 0 ? 0 : state.get(state.at.modifier + word);
  return (
    ((control & CTLR_ENABLE_G1NS) !== 0 ? group : 0) |
    ((control & CTLR_ENABLE_G1S) !== 0 ? ~group & modifier : 0) |
    ((control & CTLR_ENABLE_G0) !== 0 ? ~group & ~modifier : 0)
  );
}

/** Of a plane word's 32 interrupts those of enabled CPU interface groups, GICv3. `enabled`: a bit a group. */
export function ofGroups(state: GicState, word: number, enabled: number): number {
  const group = state.get(state.at.group + word);
  const modifier = oneSecurityState(state) ? 0 : state.get(state.at.modifier + word);
  return (
    ((enabled & (1 << G1NS)) !== 0 ? group : 0) |
    ((enabled & (1 << G1S)) !== 0 ? ~group & modifier : 0) |
    ((enabled & (1 << G0)) !== 0 ? ~group & ~modifier : 0)
  );
}
