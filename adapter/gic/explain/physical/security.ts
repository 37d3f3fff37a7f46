import type { Readings } from './readings.ts';

/**
 * How the registers were seen. `only`: there is one security state. With two, Secure software sees all, Non-secure
 * software sees GICD_IGROUPR as zero and the enable of its own group at another place.
 */
export type View = 'only' | 'secure' | 'non-secure';

/** Bits of GICv3's GICD_CTLR that Non-secure software does not see: DS, ARE_NS, EnableGrp1S. */
const SECURE_V3 = 0x64n;
const DISABLE_SECURITY = 0x40n;
/** GICv2's EnableGrp1: Non-secure software has that enable at bit 0. */
const SECURE_V2 = 0x2n;

/** The view in which a debugger read the distributor, as far as what it read tells. */
export function viewOf(readings: Readings): View {
  const security = readings.field('GICD_TYPER', 'SecurityExtn', 0).value;
  const control = readings.whole('GICD_CTLR', 0);
  if (security !== 1 || typeof control !== 'bigint') return 'only';
  if (readings.gic === 'v3' && (control & DISABLE_SECURITY) !== 0n) return 'only';
  const isSecure =
    (control & (readings.gic === 'v2' ? SECURE_V2 : SECURE_V3)) !== 0n ||
    readings.hasBits('IGROUPR', readings.vcpu) ||
    readings.hasBits('IGRPMODR', readings.vcpu);
  return isSecure ? 'secure' : 'non-secure';
}
