import type { CpuFacts } from '../../gic/explain/explanation.ts';
import type { InterfaceRegisters } from './borrow/interface-registers.ts';
import type { TargetCpus } from './target-cpus.ts';

export type { CpuFacts };

/** Registers that say where interrupts go as exceptions, where a stub describes them. */
const ROUTING = ['SCR_EL3', 'HCR_EL2'];

/** Where what is known of CPUs was fetched to. */
interface Fetched {
  readonly cpus: TargetCpus;
  readonly interfaceRegisters: InterfaceRegisters | null;
}

/** A CPU's part in the delivery of interrupts, from what was fetched. */
export function cpuFactsOf({ cpus, interfaceRegisters }: Fetched, vcpu: number): CpuFacts {
  return {
    pstate: cpus.pstate(vcpu) ?? 'the stub does not tell it',
    register(name) {
      if (interfaceRegisters?.names.includes(name) === true) return interfaceRegisters.value(vcpu, name);
      return cpus.register(vcpu, name) ?? 'not described by the stub';
    },
  };
}

/** Fetches it, of some CPUs. @throws RspError where the connection is gone */
export async function fetchCpuFacts({ cpus, interfaceRegisters }: Fetched, vcpus: readonly number[]): Promise<void> {
  await cpus.fetchRegisters(ROUTING);
  for (const vcpu of vcpus) await interfaceRegisters?.fetch(vcpu);
}
