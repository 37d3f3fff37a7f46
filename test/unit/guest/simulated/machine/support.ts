import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_PROFILE } from '../../../../../adapter/gic/profiles/profiles.ts';
import { boot } from '../../../../../adapter/guest/simulated/load/boot.ts';
import { Machine, type MachineHost } from '../../../../../adapter/guest/simulated/machine/machine.ts';
import type { MachineStop } from '../../../../../adapter/guest/machine-guest.ts';
import type { Remark } from '../../../../../adapter/guest/simulated/machine/remark.ts';
import { SimulatedGuest } from '../../../../../adapter/guest/simulated/simulated-guest.ts';
import { coreModule } from '../../../../../adapter/session/wasm-files.ts';

const EXAMPLES = path.join(import.meta.dirname, '../../../../../examples/guest');
const RAM = 0x4000_0000;
const MEMORY = 16 * 1024 * 1024;

/** What a machine said and did. */
export class Witness implements MachineHost {
  text = '';
  /** Accesses and wires, one line each. */
  readonly log: string[] = [];
  readonly remarks: Remark[] = [];

  output(byte: number): void {
    this.text += String.fromCharCode(byte);
  }

  semihosting(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString('latin1');
  }

  accessing(): void {}

  accessed(access: {
    vcpu: number;
    pc: bigint;
    write: boolean;
    address: number;
    encoding: number;
    low: number;
  }): boolean {
    const { vcpu, pc, write, address, encoding, low } = access;
    this.log.push([vcpu, pc.toString(16), write ? 'w' : 'r', address.toString(16), encoding, low >>> 0].join(' '));
    return false;
  }

  wire(intid: number, vcpu: number, level: boolean): void {
    this.log.push(`wire ${intid} ${vcpu} ${level ? 1 : 0}`);
  }

  remark(remark: Remark): void {
    this.remarks.push(remark);
  }
}

export async function emptyMachine(
  vcpus = 1,
  gic: 'v2' | 'v3' = 'v3',
): Promise<{ machine: Machine; witness: Witness }> {
  const witness = new Witness();
  const config = { gic, vcpus, memory: MEMORY, profile: DEFAULT_PROFILE, lrs: 4 };
  return { machine: await Machine.create(await coreModule(), config, witness), witness };
}

/** A machine that is about to execute some words at the base of its RAM. */
export async function machineWith(
  words: readonly number[],
  vcpus = 1,
): Promise<{ machine: Machine; witness: Witness }> {
  const made = await emptyMachine(vcpus);
  putWords(made.machine, RAM, words);
  made.machine.core.setPc(0, BigInt(RAM));
  return made;
}

export function putWords(machine: Machine, address: number, words: readonly number[]): void {
  const bytes = machine.core.ram.physical(address, 4 * words.length);
  if (!bytes) throw new Error('no memory there');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  words.forEach((word, n) => view.setUint32(4 * n, word, true));
}

/** A machine with one of the examples in it. */
export async function exampleMachine(
  name: string,
  vcpus = 2,
  gic: 'v2' | 'v3' = 'v3',
): Promise<{ machine: Machine; witness: Witness }> {
  const made = await emptyMachine(vcpus, gic);
  boot(made.machine, { name, bytes: await exampleBytes(name) }, { address: null, bootargs: null });
  return made;
}

export async function exampleGuest(name: string, remembered?: number): Promise<SimulatedGuest> {
  const config = { gic: 'v3', vcpus: 2, memory: MEMORY, profile: DEFAULT_PROFILE, lrs: 4 } as const;
  const options = { title: name, ...(remembered === undefined ? {} : { remembered }) };
  const guest = await SimulatedGuest.create(await coreModule(), config, options);
  boot(guest.machine, { name, bytes: await exampleBytes(name) }, { address: null, bootargs: null });
  return guest;
}

async function exampleBytes(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(path.join(EXAMPLES, name)));
}

/** Runs until something other than the budget stops it. */
export function runOn(machine: Machine, slice = 1_000_000, most = 50_000_000): MachineStop {
  for (let done = 0; done < most; done += slice) {
    const stop = machine.run(slice);
    if (stop.kind !== 'budget') return stop;
  }
  throw new Error(`still running after ${most} instructions`);
}
