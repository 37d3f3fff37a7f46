import { RAM_BASE } from '../board/virt.ts';
import type { Machine } from '../machine/machine.ts';
import { loadProgram, type LoadPlan, type NamedBytes } from './load-program.ts';

export interface BootOptions {
  /** Where a raw binary goes; null: where its kind goes. */
  readonly address: number | null;
  /** The kernel's command line; null: none. */
  readonly bootargs: string | null;
  readonly initrd?: NamedBytes | null;
}

/**
 * Puts a program and the machine's device tree into memory, and vCPU 0 at its entry.
 * @throws LoadError for what cannot be loaded
 */
export function boot(machine: Machine, program: NamedBytes, options: BootOptions): LoadPlan {
  const { gic, vcpus, memory } = machine.config;
  const plan = loadProgram({ ...program, ...options, gic, vcpus, memory });
  let end = RAM_BASE;
  for (const { address, bytes, zeroUpTo } of plan.pieces) {
    if (address < RAM_BASE) machine.firmware.load(address, bytes);
    else {
      const target = machine.core.ram.physical(address, zeroUpTo - address);
      target?.set(bytes);
      target?.fill(0, bytes.length);
      end = Math.max(end, zeroUpTo);
    }
  }
  // What is no firmware is started by it.
  if (plan.kind !== 'firmware') machine.gic.setPower(0, true);
  machine.core.forget();
  machine.core.setPc(0, plan.entry);
  plan.registers.forEach((value, n) => machine.core.setX(0, n, value));
  const commandLine = options.bootargs === null ? program.name : `${program.name} ${options.bootargs}`;
  machine.setProgram({ start: BigInt(end), end: BigInt(RAM_BASE + memory) }, commandLine);
  return plan;
}
