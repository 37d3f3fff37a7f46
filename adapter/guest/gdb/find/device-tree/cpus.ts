import { cellsOf, nodeAt, stringsOf } from '../../../device-tree/fdt-reader.ts';
import type { FdtNode } from '../../../device-tree/fdt.ts';
import { affinityIn } from '../../../../gic/affinity.ts';
import { isEnabled } from './placed-node.ts';

/** The CPUs of a tree. */
export interface TreeCpus {
  /** MPIDR affinities of those that are enabled: Aff3.Aff2.Aff1.Aff0, a byte each. */
  readonly affinities: readonly number[];
  readonly disabled: number;
}

export function cpusOf(root: FdtNode): TreeCpus {
  const nodes = (nodeAt(root, '/cpus')?.children ?? []).filter(isCpu);
  const enabled = nodes.filter(isEnabled);
  return {
    affinities: enabled.map(affinityOf).filter((affinity) => affinity !== null),
    disabled: nodes.length - enabled.length,
  };
}

function isCpu(node: FdtNode): boolean {
  return stringsOf(node, 'device_type')?.[0] === 'cpu' || /^cpu(@|$)/.test(node.name);
}

/** `reg` is MPIDR_EL1's affinity fields: Aff3 in bits 39:32, if there are two cells; the rest in bits 23:0. */
function affinityOf(node: FdtNode): number | null {
  const cells = cellsOf(node, 'reg');
  const low = cells?.[cells.length - 1];
  if (!cells || low === undefined) return null;
  return affinityIn(low, cells[cells.length - 2] ?? 0) >>> 0;
}
