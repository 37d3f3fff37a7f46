import type { CpuInterface } from './cpu-interface.ts';
import type { Group } from './group.ts';
import type { Part, Readings } from './readings.ts';
import type { View } from './security.ts';

/** GICv2's CPU interface: a frame that each CPU sees its own of. */
export function interfaceV2(readings: Readings, cpu: number, group: Group, view: View): CpuInterface {
  const field = (name: string): Part => readings.field('GICC_CTLR', name, cpu);
  return {
    enable: field(group.enable),
    others: group.others.map(field),
    mask: readings.register('GICC_PMR', cpu),
    running: readings.register('GICC_RPR', cpu),
    preemption: preemptionOf(readings, cpu, group, view),
    pending: [masked(readings.register('GICC_HPPIR', cpu), 0x3ff)],
    active: [readings.register('GICC_APR0', cpu)],
    end: 'GICC_EOIR',
  };
}

/** Bits above the binary point. Of group 1 it is GICC_ABPR, one less fine, unless GICC_CTLR.CBPR makes it GICC_BPR. */
function preemptionOf(readings: Readings, cpu: number, group: Group, view: View): Part {
  const common = readings.field('GICC_CTLR', 'CBPR', cpu).value;
  // Non-secure software sees its own binary point as GICC_BPR, for priorities as it sees them.
  const isOwn = group.kind !== '1' || common === 1 || view === 'non-secure';
  const point = readings.register(isOwn ? 'GICC_BPR' : 'GICC_ABPR', cpu);
  if (typeof point.value === 'string') return point;
  return { ...point, value: (0xff << ((point.value & 7) + (isOwn ? 1 : 0))) & 0xff };
}

function masked(part: Part, mask: number): Part {
  return typeof part.value === 'string' ? part : { ...part, value: part.value & mask };
}
