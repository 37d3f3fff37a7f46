import { PRIVATE_IRQS, SGIS } from '../config.ts';
import type { Controller } from '../controller.ts';
import { IRQ_WORDS, IrqSnapshot, irqState, type IrqState } from '../inspect/irq-state.ts';
import { hasGroups } from '../profiles/profile.ts';
import { GLOBAL_DIST_ENABLED, VCPU_USED_LRS, VCPU_VM_CTLR, VCPU_VM_PMR } from '../state/layout.ts';
import type { Explanation, ExplainStep, Question } from './explanation.ts';

/**
 * Why an interrupt does or does not reach its vCPU through KVM's vgic: by its queues and list registers. Source: the
 * delivery rules of the vgic; the order is that of the signal.
 */
export function explainVgic({ controller, intid, vcpu }: Question): Explanation {
  const { state } = controller;
  const slot = state.slot(intid, vcpu);
  const irq = irqState(state, slot);
  const names = new Names(controller, irq);
  const steps = [
    pending(irq, names),
    enabled(irq, names),
    notActive(irq, names),
    distributor(controller, names),
    target(controller, irq, names),
    queued(irq),
    listRegister(controller, slot, irq),
    ...cpuInterface(controller, irq, names),
  ];
  const broken = steps.find((step) => step.outcome === 'fail');
  const who = intid < PRIVATE_IRQS ? `INTID ${String(intid)} of vCPU ${String(vcpu)}` : `INTID ${String(intid)}`;
  return { verdict: verdict(who, broken, irq), steps };
}

function verdict(who: string, broken: ExplainStep | undefined, irq: IrqState): string {
  if (broken !== undefined) return `${who} does not fire: ${broken.evidence}`;
  if (irq.queuedOn === null) return `${who} is due.`;
  return `Nothing in the controller holds ${who} back: it waits for vCPU ${String(irq.queuedOn)} to take it.`;
}

/** Register names as this controller has them for an interrupt. */
class Names {
  readonly #prefix: string;
  readonly #select: string;
  readonly #irq: IrqState;
  readonly gic: 'v2' | 'v3';

  constructor(controller: Controller, irq: IrqState) {
    this.gic = controller.config.gic;
    this.#irq = irq;
    this.#prefix = irq.vcpu !== null && this.gic === 'v3' ? 'GICR' : 'GICD';
    this.#select = irq.vcpu === null ? '' : `cpu(${String(irq.vcpu)}).`;
  }

  /** "GICD_ISENABLER1 bit 1" */
  bit(register: string): string {
    return `${this.#prefix}_${register}${String(this.#irq.intid >> 5)} bit ${String(this.#irq.intid & 31)}`;
  }

  /** "GICD_ISENABLER[33]" */
  expression(register: string): string {
    return `${this.#select}${this.#prefix}_${register}[${String(this.#irq.intid)}]`;
  }
}

function pending(irq: IrqState, names: Names): ExplainStep {
  const question = 'Is it pending?';
  const expression = names.expression('ISPENDR');
  if (irq.pending) {
    const why =
      irq.config === 'edge' ? 'an edge or a write latched it' : irq.lineLevel ? 'its wire is high' : 'software set it';
    return { question, outcome: 'pass', evidence: `${names.bit('ISPENDR')} is 1: ${why}.`, expression };
  }
  let advice: string;
  if (irq.intid < SGIS) advice = 'No vCPU sent this SGI since it was last acknowledged.';
  else if (irq.config === 'level')
    advice = 'Its wire is low: look at the device, or at what clears its interrupt early.';
  else if (irq.lineLevel)
    advice = 'It is edge-triggered and its line was already high: a device that holds a level needs ICFGR level.';
  else advice = 'No rising edge was seen. If the device holds a level, set ICFGR to level.';
  return {
    question,
    outcome: 'fail',
    evidence: `it is not pending (${names.bit('ISPENDR')} is 0).`,
    expression,
    advice,
  };
}

function enabled(irq: IrqState, names: Names): ExplainStep {
  return {
    question: 'Is it enabled?',
    outcome: irq.enabled ? 'pass' : 'fail',
    evidence: irq.enabled ? `${names.bit('ISENABLER')} is 1.` : `it is disabled (${names.bit('ISENABLER')} is 0).`,
    expression: names.expression('ISENABLER'),
    ...(irq.enabled ? {} : { advice: `Write 1 to ${names.bit('ISENABLER')}.` }),
  };
}

function notActive(irq: IrqState, names: Names): ExplainStep {
  const question = 'Is it free of an earlier activation?';
  const expression = names.expression('ISACTIVER');
  if (!irq.active) return { question, outcome: 'pass', evidence: `${names.bit('ISACTIVER')} is 0.`, expression };
  return {
    question,
    outcome: 'fail',
    evidence: `it is still active (${names.bit('ISACTIVER')} is 1): its handler runs, or never ended it.`,
    expression,
    advice: 'Look for a missing EOI, or a missing write of the deactivate register where EOImode is 1.',
  };
}

function distributor(controller: Controller, names: Names): ExplainStep {
  const on = controller.state.get(GLOBAL_DIST_ENABLED) !== 0;
  const field = names.gic === 'v2' ? 'GICD_CTLR.Enable' : 'GICD_CTLR.EnableGrp1';
  return {
    question: 'Does the distributor forward interrupts?',
    outcome: on ? 'pass' : 'fail',
    evidence: on ? `${field} is 1.` : `the distributor is off (${field} is 0).`,
    expression: field,
    ...(on ? {} : { advice: `Set ${field}. Interrupts pending by then are queued at their next event only.` }),
  };
}

function target(controller: Controller, irq: IrqState, names: Names): ExplainStep {
  const question = 'Is it routed to a vCPU that exists?';
  if (irq.vcpu !== null) {
    return { question, outcome: 'pass', evidence: `It is private to vCPU ${String(irq.vcpu)}.` };
  }
  const route = `0x${irq.route.toString(16)}`;
  const register = names.gic === 'v2' ? 'ITARGETSR' : 'IROUTER';
  const written = `GICD_${register} of INTID ${String(irq.intid)} is ${route}`;
  const expression = names.expression(register);
  if (irq.target !== null) {
    return { question, outcome: 'pass', evidence: `${written}: vCPU ${String(irq.target)}.`, expression };
  }
  const advice =
    names.gic === 'v2'
      ? `Its lowest bit names a vCPU beyond ${String(controller.config.cpus - 1)}. ITARGETSR takes CPU interface bits, not an MPIDR.`
      : 'No vCPU has this affinity: write the Aff fields of an MPIDR that exists.';
  return { question, outcome: 'fail', evidence: `it goes nowhere (${written}).`, expression, advice };
}

function queued(irq: IrqState): ExplainStep {
  const question = 'Is it on a queue?';
  if (irq.queuedOn !== null)
    return { question, outcome: 'pass', evidence: `It waits on the queue of vCPU ${String(irq.queuedOn)}.` };
  return {
    question,
    outcome: 'fail',
    evidence: 'it is on no queue: nothing has queued it since it became due.',
    advice: 'Enabling the distributor queues nothing. The next wire change or ISENABLER or ISPENDR write does.',
  };
}

function listRegister(controller: Controller, slot: number, irq: IrqState): ExplainStep {
  const question = 'Is it in a list register?';
  const { state, config } = controller;
  if (irq.queuedOn === null) return { question, outcome: 'unknown', evidence: 'It is on no queue.' };
  const snapshot = new IrqSnapshot(state);
  snapshot.take(state);
  const lr = (snapshot.words[slot * IRQ_WORDS + 2] as number) >> 16;
  if (lr >= 0)
    return { question, outcome: 'pass', evidence: `List register ${String(lr)} of vCPU ${String(irq.queuedOn)}.` };
  const used = state.get(state.vcpuWord(irq.queuedOn, VCPU_USED_LRS));
  const full = used >= config.lrs;
  return {
    question,
    outcome: 'unknown',
    evidence: full
      ? `All ${String(config.lrs)} list registers of vCPU ${String(irq.queuedOn)} were taken at the last entry.`
      : `It enters one when vCPU ${String(irq.queuedOn)} next enters the guest.`,
    ...(full ? { advice: 'More urgent interrupts go first; it follows when one of them ends.' } : {}),
  };
}

function cpuInterface(controller: Controller, irq: IrqState, names: Names): ExplainStep[] {
  const { state } = controller;
  const vcpu = irq.queuedOn ?? irq.target;
  const v2 = names.gic === 'v2';
  const ctlr = vcpu === null ? 0 : state.get(state.vcpuWord(vcpu, VCPU_VM_CTLR));
  const pmr = vcpu === null ? 0 : state.get(state.vcpuWord(vcpu, VCPU_VM_PMR));
  if (vcpu === null || (ctlr === 0 && pmr === 0)) {
    const evidence = v2
      ? 'The virtual CPU interface has not been recorded: GICC_CTLR and GICC_PMR still read as after reset.'
      : 'ICC_IGRPEN1_EL1, ICC_PMR_EL1 and PSTATE.I are the guest’s: this recording does not hold them.';
    return [{ question: 'Does the CPU interface let it through?', outcome: 'unknown', evidence }];
  }
  return [groupEnable(controller, irq, names, vcpu, ctlr), priorityMask(irq, v2, vcpu, pmr)];
}

/** An interrupt of a group whose enable is 0 stays pending in its list register. */
function groupEnable(controller: Controller, irq: IrqState, names: Names, vcpu: number, ctlr: number): ExplainStep {
  const v2 = names.gic === 'v2';
  const { group } = irq;
  const other = 1 - group;
  const enable = (of: number): string =>
    v2 ? `GICC_CTLR.EnableGrp${String(of)}` : `ICC_IGRPEN${String(of)}_EL1.Enable`;
  const passes = (ctlr & (1 << group)) !== 0;
  // Where groups cannot be written, what the register reads as tells nothing.
  const movable = hasGroups(controller.profile, controller.config.gic);
  const its = movable
    ? `it is of group ${String(group)} (${names.bit('IGROUPR')} is ${String(group)})`
    : `every interrupt of this profile is of group ${String(group)}`;
  const only = (ctlr & (1 << other)) !== 0 ? `, and only ${enable(other)} is 1` : '';
  const move =
    movable && only !== ''
      ? `, or write ${String(other)} to ${names.bit('IGROUPR')} to have it in group ${String(other)}`
      : '';
  return {
    question: 'Does the CPU interface signal its group?',
    outcome: passes ? 'pass' : 'fail',
    evidence: `${its}: ${enable(group)} of vCPU ${String(vcpu)} is ${passes ? '1' : `0${only}`}.`,
    ...(v2 ? { expression: `cpu(${String(vcpu)}).${enable(group)}` } : {}),
    ...(passes ? {} : { advice: `Set ${enable(group)} on vCPU ${String(vcpu)}${move}.` }),
  };
}

function priorityMask(irq: IrqState, v2: boolean, vcpu: number, pmr: number): ExplainStep {
  const register = v2 ? 'GICC_PMR' : 'ICC_PMR_EL1';
  const passes = irq.priority < pmr;
  return {
    question: 'Is it more urgent than the priority mask?',
    outcome: passes ? 'pass' : 'fail',
    evidence: `its priority 0x${irq.priority.toString(16)} against a mask of 0x${pmr.toString(16)}: only lower values pass.`,
    ...(v2 ? { expression: `cpu(${String(vcpu)}).${register}` } : {}),
    ...(passes ? {} : { advice: `Raise ${register} of vCPU ${String(vcpu)}, or lower the priority's value.` }),
  };
}
