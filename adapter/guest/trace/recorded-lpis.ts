import { FIRST_LPI, isSpecialIntid } from '../../gic/config.ts';
import type { GicState } from '../../gic/state/state.ts';
import { PHYSICAL_RECORDED_LPIS } from '../../gic/state/physical-words.ts';

const INTID = 0xff_ffff;

export const UNMODELLED_LPI = 'LPIs are not modelled';

/**
 * LPIs, which the controller does not have: what a recording says of them at a CPU's interface is passed over, both ends of
 * each, so that everything else goes on as it was. While one is active its priority is not known.
 */
export class RecordedLpis {
  readonly #state: GicState;

  constructor(state: GicState) {
    this.#state = state;
  }

  /**
   * Whether an access to a system register is about LPIs, and is not to be made.
   * @param name with exception level: ICC_IAR1_EL1
   * @param value what was written, or was read
   */
  passesOver(name: string, cpu: number, write: boolean, value: number): boolean {
    const intid = value & INTID;
    switch (name) {
      case 'ICC_IAR0_EL1':
      case 'ICC_IAR1_EL1':
        if (intid >= FIRST_LPI) this.#count(cpu, 1);
        // Others of its priority or less wait for it.
        return intid >= FIRST_LPI || (this.#active(cpu) > 0 && isSpecialIntid(intid));
      case 'ICC_EOIR0_EL1':
      case 'ICC_EOIR1_EL1':
        if (intid >= FIRST_LPI && this.#active(cpu) > 0) this.#count(cpu, -1);
        return intid >= FIRST_LPI;
      case 'ICC_HPPIR0_EL1':
      case 'ICC_HPPIR1_EL1':
      case 'ICC_DIR_EL1':
        return intid >= FIRST_LPI;
      default:
        return !write && this.#active(cpu) > 0 && (name === 'ICC_RPR_EL1' || /^ICC_AP[01]R\d_EL1$/.test(name));
    }
  }

  #active(cpu: number): number {
    return this.#state.get(this.#state.physicalWord(cpu, PHYSICAL_RECORDED_LPIS));
  }

  #count(cpu: number, by: number): void {
    this.#state.put(this.#state.physicalWord(cpu, PHYSICAL_RECORDED_LPIS), this.#active(cpu) + by);
  }
}
