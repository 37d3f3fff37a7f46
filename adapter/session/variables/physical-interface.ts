import { hexOf } from '../../gic/inspect/decode.ts';
import type { Controller } from '../../gic/controller.ts';
import { joinWords } from '../../gic/inspect/register-map.ts';
import { EL2, type CpuContext } from '../../gic/physical/context.ts';
import { iccFault, type IccRegister } from '../../gic/physical/icc-registers.ts';
import { inputsText } from '../../gic/physical/inputs.ts';
import { restingContext, type Physical } from '../../gic/physical/physical.ts';
import type { Guest } from '../../guest/guest.ts';
import { folder, type Node } from './node.ts';
import { registerNodes } from './registers.ts';

/** A CPU's interface where it is part of the controller: what it signals, and its registers. */
export function physicalInterfaceNodes(guest: Guest, physical: Physical, vcpu: number): Node[] {
  const { config } = guest.controller;
  const inputs: Node = {
    name: 'inputs',
    value: () => inputsText(physical.inputs(vcpu, restingContext(config))),
    type: 'What the interface signals to its CPU, whatever PSTATE masks.',
  };
  const frame = guest.registers.devices.find(({ regions }) => regions.frame.kind === 'GICC');
  if (frame) return [inputs, ...registerNodes(guest, frame, vcpu)];
  const { registers, hypervisorRegisters } = physical;
  const own = systemNodes(registers, guest.controller, vcpu, restingContext(config));
  const hypervisors = systemNodes(hypervisorRegisters, guest.controller, vcpu, EL2);
  if (hypervisors.length === 0) return [inputs, ...own];
  return [inputs, ...own, folder('hypervisor', '', () => [...virtualInputs(physical, vcpu), ...hypervisors])];
}

function virtualInputs(physical: Physical, vcpu: number): Node[] {
  return [
    {
      name: 'virtual inputs',
      value: () => inputsText(physical.virtualInputs(vcpu)),
      type: 'What the virtual interface signals to a guest.',
    },
  ];
}

/** System registers that can be read from somewhere: what reading would answer, with nothing acknowledged. */
function systemNodes(
  registers: readonly IccRegister[],
  { state }: Controller,
  vcpu: number,
  context: CpuContext,
): Node[] {
  return registers
    .filter((register) => iccFault(register, false, context) === null)
    .map(({ name, read, peek }) => ({
      name,
      value: () => {
        state.hi = 0;
        const lo = (peek ?? read)?.(vcpu, context) ?? 0;
        return hexOf(joinWords(lo, state.hi));
      },
      type: 'system register of the CPU interface',
    }));
}
