import { derivePending } from '../delivery/pending.ts';
import type { GicState } from '../state/state.ts';
import { G0, G1NS, G1S, groupOf, oneSecurityState, type Group } from './groups.ts';
import { affinityOf } from './reset.ts';

/**
 * Writing ICC_SGI1R_EL1, ICC_ASGI1R_EL1 or ICC_SGI0R_EL1 (IHI 0069, 12.2): Aff3 55:48, IRM 40, Aff2 39:32, INTID 27:24,
 * Aff1 23:16, target list 15:0.
 * @param group what the register raises; with one security state group 1 Secure means group 0
 * @param secure the sender's state
 * @param raised hears of each SGI that became pending
 */
export function sendSgi(
  state: GicState,
  sender: number,
  lo: number,
  hi: number,
  group: Group,
  secure: boolean,
  raised: (slot: number) => void,
): void {
  const sgi = (lo >> 24) & 0xf;
  const oneState = oneSecurityState(state);
  const wanted = group === G1S && oneState ? G0 : group;
  const toAllOthers = (hi & 0x100) !== 0;
  const cluster = (((hi >> 16) & 0xff) << 24) | ((hi & 0xff) << 16) | ((lo >> 8) & 0xff00);
  for (let cpu = 0; cpu < state.config.cpus; cpu++) {
    const affinity = affinityOf(state, cpu);
    const aff0 = affinity & 0xff;
    const listed = toAllOthers
      ? cpu !== sender
      : (affinity & ~0xff) === cluster && aff0 < 16 && (lo & (1 << aff0)) !== 0;
    const slot = state.slot(sgi, cpu);
    if (!listed || !accepts(state, slot, wanted, secure || oneState)) continue;
    state.putBit(state.at.soft, slot, true);
    derivePending(state, cpu);
    raised(slot);
  }
}

/** A redistributor takes an SGI of its interrupt's group; from Non-secure software one of a Secure group by GICR_NSACR. */
function accepts(state: GicState, slot: number, wanted: Group, free: boolean): boolean {
  const group = groupOf(state, slot);
  if (group !== wanted && !(wanted === G1S && group === G0)) return false;
  if (free || group === G1NS) return true;
  const access = (state.get(state.at.access + (slot >> 4)) >> ((slot & 15) << 1)) & 3;
  return access >= (group === G0 ? 1 : 2);
}
