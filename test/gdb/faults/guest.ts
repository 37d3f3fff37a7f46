import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_PROFILE } from '../../../adapter/gic/profiles/profiles.ts';
import { boot } from '../../../adapter/guest/simulated/load/boot.ts';
import { SimulatedGuest } from '../../../adapter/guest/simulated/simulated-guest.ts';
import { coreModule } from '../../../adapter/session/wasm-files.ts';
import { EXAMPLES } from '../peers.ts';

/** It waits for an interrupt that does not come: a run of it has no end of its own. */
export const GUEST = path.join(EXAMPLES, 'guest-buggy.elf');

/** A machine with two CPUs, before its first instruction. */
export async function waitingGuest(): Promise<SimulatedGuest> {
  const config = { gic: 'v3' as const, vcpus: 2, memory: 32 << 20, profile: DEFAULT_PROFILE, lrs: 4 };
  const guest = await SimulatedGuest.create(await coreModule(), config, { title: 'waiting' });
  boot(
    guest.machine,
    { name: path.basename(GUEST), bytes: new Uint8Array(await readFile(GUEST)) },
    { address: null, bootargs: null },
  );
  return guest;
}
