import type { GicVersion } from '../found-controller.ts';

/** A device of the GIC by its `compatible`. */
export interface GicCompatible {
  readonly version: GicVersion;
  /** Never the controller CPUs are wired to. */
  readonly secondary?: true;
}

/**
 * `compatible` of interrupt controllers, by Linux's bindings arm,gic.yaml and arm,gic-v3.yaml and the trees that use
 * them. Which of v1 and v2, or of v3 and v4, it is only registers tell.
 */
export const GIC_COMPATIBLES: ReadonlyMap<string, GicCompatible> = new Map<string, GicCompatible>([
  ['arm,gic-v3', { version: 'v3' }],
  ['qcom,msm8996-gic-v3', { version: 'v3' }],
  ['arm,gic-400', { version: 'v2' }],
  ['arm,cortex-a15-gic', { version: 'v2' }],
  ['arm,cortex-a7-gic', { version: 'v2' }],
  ['arm,cortex-a5-gic', { version: 'v2' }],
  ['arm,cortex-a9-gic', { version: 'v2' }],
  ['brcm,brahma-b15-gic', { version: 'v2' }],
  ['qcom,msm-8660-qgic', { version: 'v2' }],
  ['qcom,msm-qgic2', { version: 'v2' }],
  ['arm,pl390', { version: 'v2' }],
  ['arm,arm11mp-gic', { version: 'v2' }],
  ['arm,arm1176jzf-devchip-gic', { version: 'v2' }],
  ['arm,eb11mp-gic', { version: 'v2' }],
  ['arm,tc11mp-gic', { version: 'v2' }],
  ['nvidia,tegra210-agic', { version: 'v2', secondary: true }],
  ['nvidia,tegra186-agic', { version: 'v2', secondary: true }],
  ['nvidia,tegra194-agic', { version: 'v2', secondary: true }],
  ['nvidia,tegra234-agic', { version: 'v2', secondary: true }],
  ['nvidia,tegra264-agic', { version: 'v2', secondary: true }],
]);

export const ITS_COMPATIBLE = 'arm,gic-v3-its';

/** MSI frames beside a GICv2: parts of no controller, but told. */
export const V2M_COMPATIBLE = 'arm,gic-v2m-frame';

/** A GIC this program does not know: better named than passed over. */
export const UNKNOWN_GICS: ReadonlyMap<string, string> = new Map([['arm,gic-v5', 'GICv5']]);
