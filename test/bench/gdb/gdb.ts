import type { FrameRead } from '../../../adapter/guest/gdb/frame-access.ts';
import type { GdbGuest } from '../../../adapter/guest/gdb/gdb-guest.ts';
import type { Shadow, Wanted } from '../../../adapter/guest/gdb/shadow.ts';
import type { RspClient } from '../../../adapter/rsp/client/client.ts';
import { NO_QEMU, type Owner } from '../../gdb/qemu.ts';
import { accessesOf, startReaders, type MachineOptions, type Readers } from './machine.ts';
import { NO_GDB } from './multiarch.ts';
import { Scene, type Way } from './scene.ts';

/**
 * Registers of a target behind QEMU's stub: read by a session, one by one by this client and by one that does nothing
 * else, and by gdb-multiarch. All read at machines alike, which stand; all have their turn in every round.
 */

const MACHINES: readonly MachineOptions[] = [
  { gic: 3, cpus: 2 },
  { gic: 2, cpus: 1 },
];
/** Milliseconds of each way. */
const WARM_UP = 500;
const ROUNDS = 40;
/** The interrupt that changes: its enable bit. */
const INTID = 33;
const BIT = 1n << BigInt(INTID % 32);

export async function benchGdb(): Promise<void> {
  const missing = NO_QEMU || NO_GDB;
  if (missing !== false) {
    process.stdout.write(`target behind QEMU's stub: not measured: ${missing}\n`);
    return;
  }
  for (const options of MACHINES) {
    const ends: (() => Promise<void>)[] = [];
    try {
      await benchMachine({ after: (end) => void ends.push(end) }, options);
    } finally {
      for (const end of ends.reverse()) await end();
    }
  }
}

async function benchMachine(owner: Owner, options: MachineOptions): Promise<void> {
  const readers = await startReaders(owner, options);
  const guest = readers.guest.made;
  const all = (shadow: Shadow): Wanted[] => shadow.ofFrames(guest.registers.devices.map(({ id }) => id));
  // What the views of a session ask for at a stop: the table of interrupts, and the frame that is open in the tree.
  const table = (shadow: Shadow): Wanted[] => shadow.ofInterrupts();
  const open = (shadow: Shadow): Wanted[] => shadow.ofFrames(['GICD']);
  const accesses = await accessesOf(readers, all, (shadow) => [...table(shadow), ...open(shadow)]);
  const { shadow } = guest;
  const forgotten = (): void => shadow.forgetSome(all(shadow));
  const refresh = async (): Promise<void> => {
    shadow.forget();
    await shadow.bring(table(shadow));
    await shadow.bring(open(shadow));
  };
  const first: Way = {
    name: 'a session',
    traffic: readers.guest.traffic,
    before: forgotten,
    read: () => shadow.bring(all(shadow)),
  };
  const ours = { traffic: readers.guest.traffic, read: refresh };
  const scenes = [
    new Scene('first full read', accesses.first.length, [first, ...waysOf(readers, accesses.first)]),
    new Scene('refresh', accesses.refresh.length, [
      { ...ours, name: 'a session, nothing changed' },
      { ...ours, name: 'a session, one interrupt changed', before: () => toggle(guest) },
      ...waysOf(readers, accesses.refresh),
    ]),
  ];
  for (const scene of scenes) await scene.count();
  for (const scene of scenes) await scene.warmUp(WARM_UP);
  for (let round = 0; round < ROUNDS; round++) {
    for (const scene of scenes) await scene.run(round);
  }
  const what = `GICv${options.gic}, ${options.cpus} ${options.cpus === 1 ? 'CPU' : 'CPUs'}`;
  for (const scene of scenes) process.stdout.write(scene.text(what));
  await check(readers, accesses.first);
}

/** Ways to read one register after the other. */
function waysOf({ client, naive, gdb }: Readers, reads: readonly FrameRead[]): Way[] {
  const told: Way['traffic'] = { during: () => gdb.count(reads) };
  return [
    { name: 'word by word', traffic: naive.traffic, read: () => naive.made.read(reads), measure: 'x word by word' },
    {
      name: "word by word, the session's client",
      traffic: client.traffic,
      read: () => oneByOne(client.made, reads),
      measure: 'x its client',
    },
    { name: 'gdb-multiarch', traffic: told, read: () => gdb.read(reads), measure: 'x gdb' },
  ];
}

async function oneByOne({ memory }: RspClient, reads: readonly FrameRead[]): Promise<void> {
  for (const { address, width } of reads) await memory.readExact(BigInt(address), width);
}

/** Behind the views' back: what they know is what was before. */
async function toggle(guest: GdbGuest): Promise<void> {
  const isEnabled = (enables(guest) & BIT) !== 0n;
  const { address } = registerOf(guest, isEnabled ? 'GICD_ICENABLER1' : 'GICD_ISENABLER1');
  await guest.edit([{ kind: 'write', vcpu: 0, address, length: 4, value: BIT }], 'bench');
  if (((enables(guest) & BIT) !== 0n) === isEnabled) throw new Error(`INTID ${INTID} did not change`);
}

function enables(guest: GdbGuest): bigint {
  return guest.registers.value(registerOf(guest, 'GICD_ISENABLER1'), 0);
}

function registerOf(guest: GdbGuest, name: string): Wanted['register'] {
  const register = guest.registers.find(name, 0);
  if (register === null) throw new Error(`there is no ${name}`);
  return register;
}

/** That all have read the same. */
async function check({ guest, naive, gdb }: Readers, reads: readonly FrameRead[]): Promise<void> {
  const { shadow, registers } = guest.made;
  if ((enables(guest.made) & BIT) !== 0n) await toggle(guest.made);
  const all = shadow.ofFrames(registers.devices.map(({ id }) => id));
  await shadow.bring(all);
  const places = new Map(all.map((one) => [`${one.register.address} ${one.register.banked ? one.vcpu : 0}`, one]));
  const values = (await naive.made.read(reads)).map((bytes) => BigInt(`0x${bytes.match(/../g)?.reverse().join('')}`));
  const lines = [...(await gdb.read(reads)).matchAll(/:\t(0x\w+)/g)].map(([, value]) => BigInt(value ?? 0));
  const wrong = reads.filter(({ address, isBanked, vcpu }, i) => {
    const one = places.get(`${address} ${isBanked ? vcpu : 0}`);
    const known = one !== undefined && shadow.unknown(one.register, one.vcpu) === null;
    return !known || registers.value(one.register, one.vcpu) !== values[i] || lines[i] !== values[i];
  });
  if (wrong.length > 0) process.stdout.write(`${wrong.length} MISMATCHES\n`);
}
