import { hexOf } from '../../../gic/inspect/decode.ts';
import { BOARDS, boardNamed } from './boards.ts';
import { FindError } from './find-error.ts';
import type { GicVersion } from './found-controller.ts';
import { MAX_SPIS } from './identify/distributor.ts';
import { MAX_REDISTRIBUTORS } from './identify/redistributors.ts';
import { isAddress } from './probe.ts';

/** What the user says about the controller; what is not said is found out. */
export interface Wishes {
  readonly version?: GicVersion | undefined;
  /** Physical addresses of frames. They win over what any source says. */
  readonly distributor?: number | undefined;
  readonly cpuInterface?: number | undefined;
  readonly hypervisorInterface?: number | undefined;
  readonly virtualCpuInterface?: number | undefined;
  readonly redistributors?: readonly WishedRegion[] | undefined;
  readonly its?: readonly number[] | undefined;
  /** Overrules GICD_TYPER on GICv2; on GICv3 the redistributors are counted. */
  readonly cpus?: number | undefined;
  /** For targets whose registers cannot be read. */
  readonly spis?: number | undefined;
  /** The id of a row of BOARDS. */
  readonly board?: string | undefined;
  /** A device tree blob and what to call it. */
  readonly deviceTree?: { readonly name: string; readonly blob: Uint8Array } | undefined;
  /** Where a device tree blob is in the target's memory. */
  readonly deviceTreeAddress?: number | undefined;
  /** Look for a device tree at well-known places, of any target. QEMU's RAM is looked through without being asked. */
  readonly searchMemory?: boolean | undefined;
}

export interface WishedRegion {
  readonly base: number;
  readonly size?: number | undefined;
  readonly stride?: number | undefined;
}

const KIB = 1024;
/** A GICv1's CPU interface may be 0x100 from the start of its page; frames of GICv3 are 64 KB. */
const ALIGNMENT = { page: 4 * KIB, cpuInterface: 0x100, frame: 64 * KIB } as const;
const TWO_FRAMES = 2 * ALIGNMENT.frame;
const MAX_CPUS_V2 = 8;

/** @throws FindError naming the value that cannot be */
export function checkWishes(wishes: Wishes): void {
  const { version, redistributors, distributor } = wishes;
  const v3 = version === 'v3' || (redistributors?.length ?? 0) > 0;
  checkAddress('distributor', distributor, v3 ? ALIGNMENT.frame : ALIGNMENT.page);
  checkAddress('cpuInterface', wishes.cpuInterface, ALIGNMENT.cpuInterface);
  checkAddress('hypervisorInterface', wishes.hypervisorInterface, ALIGNMENT.page);
  checkAddress('virtualCpuInterface', wishes.virtualCpuInterface, ALIGNMENT.page);
  wishes.its?.forEach((base, n) => checkAddress(`its[${n}]`, base, ALIGNMENT.frame));
  checkAddress('deviceTreeAddress', wishes.deviceTreeAddress, 8);
  redistributors?.forEach(checkRegion);
  checkNumber('cpus', wishes.cpus, 1, version === 'v2' ? MAX_CPUS_V2 : MAX_REDISTRIBUTORS);
  checkNumber('spis', wishes.spis, 0, MAX_SPIS);
  if (version === 'v2' && (redistributors?.length ?? 0) > 0) throw refused('redistributors', 'a GICv2 has none');
  if (version === 'v2' && (wishes.its?.length ?? 0) > 0) throw refused('its', 'a GICv2 has none');
  if (wishes.board !== undefined && !boardNamed(wishes.board)) {
    throw refused('board', `"${wishes.board}" is not known: ${BOARDS.map(({ id }) => id).join(', ')} are`);
  }
  checkApart(wishes);
}

function checkAddress(name: string, value: number | undefined, alignment: number): void {
  if (value === undefined) return;
  if (!isAddress(value)) throw refused(name, `${value} is no physical address`);
  if (value % alignment !== 0) throw refused(name, `${hexOf(value)} is not a multiple of ${hexOf(alignment)}`);
}

function checkRegion({ base, size, stride }: WishedRegion, n: number): void {
  const name = `redistributors[${n}]`;
  checkAddress(name, base, ALIGNMENT.frame);
  for (const [what, value] of [['size', size] as const, ['stride', stride] as const]) {
    if (value === undefined) continue;
    if (!isAddress(value) || value < TWO_FRAMES || value % ALIGNMENT.frame !== 0) {
      throw refused(name, `a ${what} of ${value} bytes: a redistributor is 128 KB or more, of whole 64 KB frames`);
    }
  }
}

function checkNumber(name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined) return;
  if (!Number.isInteger(value) || value < min || value > max) throw refused(name, `${value} is not ${min} to ${max}`);
}

/** No two frames at one place: an address was copied into the wrong line. */
function checkApart(wishes: Wishes): void {
  const frames: { readonly name: string; readonly base: number; readonly size: number }[] = [];
  const add = (name: string, base: number | undefined, size: number): void => {
    if (base === undefined) return;
    const other = frames.find((frame) => base < frame.base + frame.size && frame.base < base + size);
    if (other) throw refused(name, `${hexOf(base)} is where ${other.name} is`);
    frames.push({ name, base, size });
  };
  // The smallest there are: CPU interfaces of GICv1 share a page with other things.
  add('distributor', wishes.distributor, ALIGNMENT.page);
  add('cpuInterface', wishes.cpuInterface, ALIGNMENT.cpuInterface);
  add('hypervisorInterface', wishes.hypervisorInterface, ALIGNMENT.cpuInterface);
  add('virtualCpuInterface', wishes.virtualCpuInterface, ALIGNMENT.cpuInterface);
  wishes.redistributors?.forEach(({ base, size }, n) => add(`redistributors[${n}]`, base, size ?? TWO_FRAMES));
  wishes.its?.forEach((base, n) => add(`its[${n}]`, base, TWO_FRAMES));
}

function refused(name: string, why: string): FindError {
  return new FindError({ reason: `launch configuration, ${name}: ${why}` });
}
