import { fileURLToPath } from 'node:url';
import { PRIVATE_IRQS } from '../../../adapter/gic/config.ts';
import { attach } from '../../../adapter/guest/gdb/attach.ts';
import type { FrameRead } from '../../../adapter/guest/gdb/frame-access.ts';
import type { GdbGuest } from '../../../adapter/guest/gdb/gdb-guest.ts';
import type { Shadow, Wanted } from '../../../adapter/guest/gdb/shadow.ts';
import { connectTo } from '../../../adapter/guest/gdb/transport.ts';
import { RspClient } from '../../../adapter/rsp/client/client.ts';
import { Qemu, type Owner } from '../../gdb/qemu.ts';
import { Multiarch } from './multiarch.ts';
import { NaiveClient } from './naive-client.ts';
import { Traffic } from './traffic.ts';

const KERNEL = fileURLToPath(new URL('../../../examples/guest/guest.elf', import.meta.url));
const TIMEOUT = 20_000;

export interface MachineOptions {
  readonly gic: 2 | 3;
  readonly cpus: number;
}

/** One that reads registers, at its own machine: stubs take one debugger at a time. */
export interface Reader<T> {
  readonly made: T;
  readonly traffic: Traffic;
}

/** Machines alike, halted before their first instruction, and whoever reads the registers of each. */
export interface Readers {
  readonly guest: Reader<GdbGuest>;
  readonly client: Reader<RspClient>;
  readonly naive: Reader<NaiveClient>;
  readonly gdb: Multiarch;
}

export async function startReaders(owner: Owner, options: MachineOptions): Promise<Readers> {
  const port = async (): Promise<number> =>
    (await Qemu.start(owner, { ...options, megabytes: 64, kernel: KERNEL })).port;
  const guest = await attached(await port());
  const at = await port();
  const client = await Traffic.of(async () =>
    RspClient.connect(await connectTo({ kind: 'tcp', host: '127.0.0.1', port: at }, 0)),
  );
  const naivePort = await port();
  const naive = await Traffic.of(() => NaiveClient.connect(naivePort));
  await naive.made.ask('Qqemu.PhyMemMode:1');
  owner.after(async () => {
    client.made.close();
    naive.made.close();
    await guest.made.kill();
  });
  return { guest, client, naive, gdb: await Multiarch.start(owner, await port()) };
}

async function attached(port: number): Promise<Reader<GdbGuest>> {
  const settings = { wishes: {}, memoryAccess: 'auto', borrowCpus: true, timeout: TIMEOUT, patience: 0 } as const;
  const { made, traffic } = await Traffic.of(() =>
    attach({ target: `127.0.0.1:${port}`, ...settings }, { output: () => undefined, closed: () => undefined }),
  );
  return { made: made.guest, traffic };
}

/** Reads of registers, each by itself. */
export interface Accesses {
  /** Of all registers of all frames, the first time. */
  readonly first: readonly FrameRead[];
  /** Of what views show, behind a stop. */
  readonly refresh: readonly FrameRead[];
}

/**
 * Every register that views show, each as one read: what tools do that know registers by their addresses alone. A session
 * reads fewer: of a pair that sets and clears it reads one, and what another register says is zero not at all.
 */
export async function accessesOf(
  { guest, client }: Readers,
  all: (shadow: Shadow) => readonly Wanted[],
  shown: (shadow: Shadow) => readonly Wanted[],
): Promise<Accesses> {
  const { shadow } = guest.made;
  await client.made.memory.setPhysical(true);
  return { first: readsOf(all(shadow)), refresh: readsOf(shown(shadow)) };
}

function readsOf(wanted: readonly Wanted[]): FrameRead[] {
  const reads = new Map<string, FrameRead>();
  for (const { register, vcpu } of wanted) {
    const { row, banked, address, firstIntid } = register;
    const isPrivate = row.bank === 'shared-only' && firstIntid >= 0 && firstIntid < PRIVATE_IRQS;
    if (row.access === 'wo' || row.readEffect !== undefined || row.handlers?.load === undefined || isPrivate) continue;
    reads.set(`${address} ${banked ? vcpu : 0}`, { vcpu, isBanked: banked, address, width: row.element });
  }
  return [...reads.values()];
}
