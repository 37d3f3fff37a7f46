import type { Controller } from '../../gic/controller.ts';
import type { CpuFacts } from '../../gic/explain/explanation.ts';
import { physicalRegister } from '../../gic/explain/physical/readings.ts';
import { SYSTEM_REGISTERS } from './core/system-registers.ts';
import type { Core } from './core/core.ts';

const NONE = 'this machine has no such register';

/**
 * A vCPU's part in the delivery of interrupts: its interface as the controller shows it, be that the past, and what is the
 * core's.
 * @param present false where the controller shows the past: the cores stay where they are
 */
export function cpuFactsOf(controller: Controller, core: Core, vcpu: number, present: boolean): CpuFacts {
  return {
    pstate: present ? core.pstate(vcpu) : 'the controller shows the past, and the CPUs do not go back with it',
    register(name) {
      if (name.startsWith('ICC_')) return physicalRegister(controller, name, vcpu);
      const offset = SYSTEM_REGISTERS.find((one) => one.name === name)?.offset ?? -1;
      return offset < 0 ? NONE : core.word(vcpu, offset);
    },
  };
}
