import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Profile } from '../gic/profiles/profile.ts';
import { boot } from '../guest/simulated/load/boot.ts';
import type { NamedBytes } from '../guest/simulated/load/load-program.ts';
import type { Remark } from '../guest/simulated/machine/remark.ts';
import { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import { coreModule } from '../session/wasm-files.ts';
import type { Output } from './output.ts';

/** The machine a program is to run on, and how it is started. */
export interface MachineOptions {
  readonly gic: 'v2' | 'v3';
  readonly vcpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly profile: Profile;
  readonly args: string | null;
  readonly address: number | null;
  readonly lrs: number;
  /** File of the initial RAM disk; null: none. */
  readonly initrd: string | null;
}

const MOST_REMARKS = 20;

/** A machine with its program loaded, before its first instruction. @param write where the UART's bytes go */
export async function startMachine(
  file: string,
  options: MachineOptions,
  output: Output,
  write: (bytes: Uint8Array) => void,
): Promise<SimulatedGuest> {
  const { gic, vcpus, memory, profile, lrs, args, address, initrd } = options;
  const config = { gic, vcpus, memory, profile, lrs };
  const guest = await SimulatedGuest.create(await coreModule(), config, { title: basename(file) });
  const remarks = new Remarks(output);
  guest.connect({ output: write, remark: (remark) => remarks.tell(remark) });
  boot(guest.machine, await named(file), {
    address,
    bootargs: args,
    initrd: initrd === null ? null : await named(initrd),
  });
  return guest;
}

async function named(file: string): Promise<NamedBytes> {
  return { name: basename(file), bytes: new Uint8Array(await readFile(file)) };
}

/** What is remarkable, each thing once. */
class Remarks {
  readonly #output: Output;
  readonly #told = new Set<string>();

  constructor(output: Output) {
    this.#output = output;
  }

  tell(remark: Remark): void {
    const where = `vCPU ${remark.vcpu}, PC 0x${remark.pc.toString(16)}`;
    const text =
      remark.kind === 'undefined instruction'
        ? `undefined instruction 0x${remark.word.toString(16).padStart(8, '0')} (${where})`
        : `${remark.write ? 'store to' : 'load from'} 0x${remark.address.toString(16)}: ${remark.reason} (${where})`;
    if (this.#told.has(text) || this.#told.size >= MOST_REMARKS) return;
    this.#told.add(text);
    this.#output.err(`gic: ${text}\n`);
  }
}
