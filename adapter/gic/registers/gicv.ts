import { ARCHITECTURE_GICC } from './architecture.ts';
import { GICC_V2 } from './gicc.ts';
import { field, type FrameTable, type RegisterRow } from './row.ts';
import { variant } from './variant.ts';

/** What a guest's registers are called where the hypervisor looks at them. */
function virtual(one: RegisterRow): RegisterRow {
  const name = one.name.replace('GICC_', 'GICV_');
  // The chapter has the registers in the order of the CPU interface's, but for the one that is not there.
  const here = (text: string): string => text.replaceAll('GICC_', 'GICV_');
  const section = one.section.replace(
    /4\.4\.(\d+)$/,
    (_, nth: string) => `5.5.${String(Number(nth) - (Number(nth) > 13 ? 1 : 0))}`,
  );
  const fields = one.fields.map((each) => ({ ...each, doc: here(each.doc) }));
  return { ...one, name, section, fields, doc: here(one.doc) };
}

const described = variant(GICC_V2, ARCHITECTURE_GICC);
// The virtual one has no bits for a second security state.
const control = GICC_V2.rows.filter(({ name }) => name === 'GICC_CTLR').map(virtual)[0]?.fields ?? [];

/**
 * The virtual CPU interface of a GICv2: what a guest finds where it looks for its CPU interface. One security state, five
 * bits of priority, and no group 1 active priorities of its own. IHI 0048, chapter 5.5.
 */
export const GICV_V2: FrameTable = variant(
  {
    ...described,
    kind: 'GICV',
    title: 'Virtual CPU interface',
    rows: described.rows.filter(({ name }) => name !== 'GICC_NSAPR').map(virtual),
  },
  {
    GICV_CTLR: { doc: 'Enables signalling of virtual interrupts to the PE, and how they end.', fields: control },
    GICV_PMR: { fields: [field('Priority', [7, 3], 'rw', 'Priority mask.')] },
    GICV_APR: { doc: 'Active priorities of both groups, a bit a preemption level: GICH_APR.' },
  },
);
