import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Profile } from '../../../adapter/gic/profiles/profile.ts';
import { DEFAULT_PROFILE } from '../../../adapter/gic/profiles/profiles.ts';
import { boot } from '../../../adapter/guest/simulated/load/boot.ts';
import { SimulatedGuest } from '../../../adapter/guest/simulated/simulated-guest.ts';
import { coreModule } from '../../../adapter/session/wasm-files.ts';

const PROGRAM = path.join(import.meta.dirname, '../../../examples/guest/guest.elf');

/** Addresses in examples/guest/guest.elf. */
export const AT = {
  start: 0x4010_0000n,
  /** The store to GICD_ISENABLER1 in gic_v3_enable_shared. */
  enables: 0x4010_1b3cn,
  powerOff: 0x4010_10d4n,
} as const;

/** The example's guest, before its first instruction. */
export async function exampleGuest(
  gic: 'v2' | 'v3' = 'v3',
  profile: Profile = DEFAULT_PROFILE,
): Promise<SimulatedGuest> {
  const config = { gic, vcpus: 2, memory: 64 << 20, profile, lrs: 4 };
  const guest = await SimulatedGuest.create(await coreModule(), config, { title: 'example' });
  boot(
    guest.machine,
    { name: 'guest.elf', bytes: new Uint8Array(await readFile(PROGRAM)) },
    { address: null, bootargs: null },
  );
  return guest;
}
