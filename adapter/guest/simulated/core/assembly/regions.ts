import { REGIONS, REGION_COUNT, REGION_SIZE } from '../layout';

/** Offset in this memory of the region that `findRegion` found, for its physical base. */
export let regionBase: u64 = 0;
export let regionOffset: u32 = 0;
export let regionFlags: u32 = 0;

/** The memory that holds a physical address; false where there is none. */
export function findRegion(address: u64): bool {
  const end = REGIONS + load<u32>(REGION_COUNT) * REGION_SIZE;
  for (let at: usize = REGIONS; at < (end as usize); at += REGION_SIZE) {
    const base = load<u64>(at);
    if (address - base >= load<u64>(at, 8)) continue;
    regionBase = base;
    regionOffset = load<u32>(at, 16);
    regionFlags = load<u32>(at, 20);
    return true;
  }
  return false;
}

/** Where a physical address lies in this memory, after `findRegion`. */
// @ts-ignore: decorator
@inline
export function hostAddress(address: u64): usize {
  return ((address - regionBase) as u32) + regionOffset;
}
