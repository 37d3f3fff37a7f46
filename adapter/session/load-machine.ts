import { open, readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { GicConfigError } from '../gic/config.ts';
import { FrameMapError } from '../gic/mmio/dispatcher.ts';
import type { Profile } from '../gic/profiles/profile.ts';
import { DEFAULT_PROFILE, PROFILES, profileNamed } from '../gic/profiles/profiles.ts';
import { VirtConfigError } from '../guest/simulated/board/virt.ts';
import { CoreError } from '../guest/simulated/core/core-error.ts';
import { boot } from '../guest/simulated/load/boot.ts';
import { isElf } from '../guest/simulated/load/elf-image.ts';
import { LoadError } from '../guest/simulated/load/load-error.ts';
import { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import type { SymbolQueries } from '../symbols/symbols.ts';
import { loadSymbols } from './load-symbols.ts';
import type { MachineConfiguration } from './launch-configuration.ts';
import { RequestError } from './request-error.ts';
import { coreModule } from './wasm-files.ts';

/** A machine with its program in memory, and what there is to say about it. */
export interface LoadedMachine {
  readonly guest: SimulatedGuest;
  readonly symbols: SymbolQueries | null;
  readonly notes: readonly string[];
}

const IMAGE_MAGIC = 'ARM\x64';
const IMAGE_MAGIC_OFFSET = 56;
const HEAD = 64;

/**
 * Whether a file is a program for the simulated machine, rather than a recording: by how it begins, or its name. One that
 * cannot be read is none: whoever loads it says why.
 */
export async function isProgram(path: string): Promise<boolean> {
  const head = await headOf(path);
  if (head === null) return false;
  if (isElf(head) || head.toString('latin1', IMAGE_MAGIC_OFFSET, IMAGE_MAGIC_OFFSET + 4) === IMAGE_MAGIC) return true;
  return /\.(elf|axf|flat|bin|img|fd)$/i.test(path);
}

async function headOf(path: string): Promise<Buffer | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null;
    throw error;
  }
}

/**
 * Builds a machine and loads a program into it.
 * @throws RequestError saying what is wrong with the file, or with the configuration
 */
export async function loadMachine(path: string, configuration: MachineConfiguration): Promise<LoadedMachine> {
  const { gic, vcpus, memory, lrs, address, args } = configuration;
  const profile = profileOf(configuration.profile);
  try {
    const bytes = new Uint8Array(await readFile(path));
    const initrd =
      configuration.initrd === null
        ? null
        : { name: basename(configuration.initrd), bytes: new Uint8Array(await readFile(configuration.initrd)) };
    const guest = await SimulatedGuest.create(
      await coreModule(),
      { gic, vcpus, memory, lrs, profile },
      { title: basename(path) },
    );
    const plan = boot(guest.machine, { name: basename(path), bytes }, { address, bootargs: args, initrd });
    guest.refresh();
    const own = isElf(bytes) ? [{ path, bytes, bias: plan.bias }] : [];
    const more = configuration.symbols.map((file) => ({ path: resolve(dirname(path), file), bytes: null, bias: 0n }));
    const { symbols, notes } = await loadSymbols([...own, ...more]);
    return { guest, symbols, notes: [`${plan.description}.`, ...notes] };
  } catch (error) {
    if (error instanceof LoadError) throw new RequestError(error.message, true);
    if (isReason(error)) throw new RequestError(`${basename(path)}: ${error.message}`, true);
    throw error;
  }
}

/** @throws RequestError naming the profiles there are */
function profileOf(name: string | null): Profile {
  if (name === null) return DEFAULT_PROFILE;
  const profile = profileNamed(name);
  if (profile === null) {
    const names = PROFILES.map((one) => one.name).join(', ');
    throw new RequestError(`there is no profile "${name}": there are ${names}`, true);
  }
  return profile;
}

/** True for what a file or a configuration can be guilty of. */
function isReason(error: unknown): error is Error {
  if ([VirtConfigError, GicConfigError, CoreError, FrameMapError].some((kind) => error instanceof kind)) {
    return true;
  }
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
