import { cellsOf, FdtError, readFdt, stringsOf } from '../../../device-tree/fdt-reader.ts';
import type { FdtNode } from '../../../device-tree/fdt.ts';
import { Miss, type Candidate, type Frame, type RedistributorRegion } from '../candidate.ts';
import { count } from '../words.ts';
import { AddressError, framesOf } from './addresses.ts';
import { ITS_COMPATIBLE } from './compatibles.ts';
import { cpusOf } from './cpus.ts';
import { isEnabled, type PlacedNode } from './placed-node.ts';
import { rootController, type GicNode } from './root-controller.ts';

/** The virtualisation frames of a GICv3's reg, behind the redistributors. */
type LegacyFrames = Pick<Candidate, 'cpuInterface' | 'hypervisorInterface' | 'virtualCpuInterface'>;

/**
 * The controller a device tree blob describes.
 * @param origin for sentences: "the device tree at 0x40000000"
 * @throws Miss
 */
export function candidateOfTree(blob: Uint8Array, origin: string): Candidate {
  try {
    return describe(readFdt(blob).root, origin);
  } catch (error) {
    if (error instanceof FdtError || error instanceof AddressError) throw new Miss(error.message);
    throw error;
  }
}

function describe(root: FdtNode, origin: string): Candidate {
  const { gic, notes } = rootController(root);
  const frames = framesOf(gic.placed);
  const distributor = frames[0];
  if (!distributor) throw new Miss(`${gic.placed.path} has an empty reg`);
  const cpus = cpusOf(root);
  return {
    foundBy: 'device tree',
    origin: `${origin} (${gic.placed.path}, ${gic.compatible})`,
    version: gic.kind.version,
    distributor: distributor.base,
    ...(gic.kind.version === 'v2' ? framesOfV2(gic, frames) : framesOfV3(gic, frames)),
    affinities: cpus.affinities.length > 0 ? cpus.affinities : null,
    cpus: null,
    spis: null,
    notes: [...notes, ...(cpus.disabled > 0 ? [`${count(cpus.disabled, 'CPU')} of the tree not enabled`] : [])],
  };
}

function framesOfV2(gic: GicNode, frames: readonly Frame[]): LegacyFrames & Pick<Candidate, 'redistributors' | 'its'> {
  const [, cpuInterface, hypervisorInterface, virtualCpuInterface] = frames;
  if (!cpuInterface) throw new Miss(`${gic.placed.path}: reg names the distributor, but no CPU interface`);
  return {
    cpuInterface,
    hypervisorInterface: hypervisorInterface?.base ?? null,
    virtualCpuInterface: virtualCpuInterface?.base ?? null,
    redistributors: [],
    its: [],
  };
}

function framesOfV3(gic: GicNode, frames: readonly Frame[]): LegacyFrames & Pick<Candidate, 'redistributors' | 'its'> {
  const { node, path } = gic.placed;
  const regions = cellsOf(node, '#redistributor-regions')?.[0] ?? 1;
  if (regions < 1 || regions > frames.length - 1) {
    throw new Miss(`${path}: reg has ${frames.length} entries, too few for ${count(regions, 'redistributor region')}`);
  }
  const stride = strideOf(gic.placed);
  const [cpuInterface, hypervisorInterface, virtualCpuInterface] = frames.slice(1 + regions);
  return {
    cpuInterface: cpuInterface ?? null,
    hypervisorInterface: hypervisorInterface?.base ?? null,
    virtualCpuInterface: virtualCpuInterface?.base ?? null,
    redistributors: frames.slice(1, 1 + regions).map((frame): RedistributorRegion => ({ ...frame, stride })),
    its: itsOf(gic.placed),
  };
}

/** `redistributor-stride` has one cell or two; 0 is as good as none. */
function strideOf({ node, path }: PlacedNode): number | null {
  const cells = cellsOf(node, 'redistributor-stride');
  if (!cells || cells.length === 0) return null;
  const stride = cells.reduce((value, cell) => value * 0x1_0000_0000 + cell, 0);
  if (stride === 0) return null;
  if (stride % 0x1_0000 !== 0 || stride > 0x1000_0000) {
    throw new Miss(`${path}: redistributor-stride 0x${stride.toString(16)} is not of whole 64 KB frames`);
  }
  return stride;
}

function itsOf(gic: PlacedNode): readonly number[] {
  return gic.node.children
    .filter((child) => stringsOf(child, 'compatible')?.includes(ITS_COMPATIBLE) && isEnabled(child))
    .map((node) => framesOf({ node, parent: gic, path: `${gic.path}/${node.name}` })[0]?.base)
    .filter((base) => base !== undefined);
}
