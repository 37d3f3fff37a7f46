import { hexOf } from '../../../../gic/inspect/decode.ts';
import { FDT_HEADER_SIZE, FDT_MAGIC, FDT_VERSION } from '../../../device-tree/fdt.ts';
import { Miss } from '../candidate.ts';
import { isAddress, type Probe } from '../probe.ts';

/** Linux takes no larger tree on arm64. */
const MAX_BLOB = 2 * 1024 * 1024;
const ALIGNMENT = 8;

/**
 * Where trees are found without being told: QEMU's virt has it at the start of RAM, or half way into small RAM or
 * 128 MB into it when it loads a kernel; the FVPs' documentation has it at 0x82000000.
 */
export const WELL_KNOWN_PLACES: readonly number[] = [0x4000_0000, 0x4800_0000, 0x4400_0000, 0x8200_0000];

/**
 * A device tree blob in the target's memory. QEMU gives its trees a megabyte, almost all of it room to grow: what no
 * block of the tree covers is not read.
 * @throws Miss
 */
export async function readBlob(probe: Probe, address: number): Promise<Uint8Array> {
  if (!isAddress(address) || address % ALIGNMENT !== 0) throw new Miss(`${hexOf(address)} is not aligned to 8 bytes`);
  const header = await read(probe, address, FDT_HEADER_SIZE);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const at = (n: number): number => view.getUint32(4 * n);
  if (at(0) !== FDT_MAGIC) throw new Miss(`memory starts with ${hexOf(at(0))}, not with the magic number of a tree`);
  const total = at(1);
  if (total < FDT_HEADER_SIZE || total > MAX_BLOB) throw new Miss(`a tree of ${total} bytes is none`);
  const used = Math.min(total, usedBytes(at) ?? total);
  const blob = new Uint8Array(total);
  blob.set(await read(probe, address, used));
  return blob;
}

async function read(probe: Probe, address: number, length: number): Promise<Uint8Array> {
  const bytes = await probe.readMemory(address, length);
  if (!bytes) throw new Miss(`memory at ${hexOf(address)} cannot be read`);
  if (bytes.length < length) throw new Miss(`of ${length} bytes at ${hexOf(address)}, ${bytes.length} can be read`);
  return bytes.subarray(0, length);
}

/** Where the last block ends; null where the header does not tell. */
function usedBytes(at: (n: number) => number): number | null {
  const [structureAt, stringsAt, reservationsAt, version] = [at(2), at(3), at(4), at(5)];
  // Before version 17 the structure has no size, and the reservations end at the block behind them or nowhere.
  if (version < FDT_VERSION || reservationsAt > Math.max(structureAt, stringsAt)) return null;
  return Math.max(structureAt + at(9), stringsAt + at(8), FDT_HEADER_SIZE);
}
