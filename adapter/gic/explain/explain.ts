import { PRIVATE_IRQS } from '../config.ts';
import type { Controller } from '../controller.ts';
import type { Explanation, Witness } from './explanation.ts';

/** The INTID or vCPU asked about does not exist. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
}

/**
 * Why an interrupt does or does not reach its vCPU: every link in order, the first that fails is the verdict. Which links
 * there are is the profile's to say.
 * @param witness what is known of the controller besides its state; null: the state is all there is
 * @throws ExplainError where there is no such interrupt
 */
export function explainInterrupt(
  controller: Controller,
  intid: number,
  vcpu = 0,
  witness: Witness | null = null,
): Explanation {
  const why = whyAbsent(controller, intid, vcpu);
  if (why !== null) throw new ExplainError(why);
  return controller.profile.explain({ controller, intid, vcpu, witness });
}

/** Why there is no such interrupt, or null. */
export function whyAbsent({ config }: Controller, intid: number, vcpu: number): string | null {
  const last = PRIVATE_IRQS + config.spis - 1;
  if (!Number.isInteger(intid) || intid < 0 || intid > last) {
    return `There is no INTID ${String(intid)}: this controller has 0 to ${String(last)}.`;
  }
  if (!Number.isInteger(vcpu) || vcpu < 0 || vcpu >= config.cpus) {
    return `There is no vCPU ${String(vcpu)}: this guest has 0 to ${String(config.cpus - 1)}.`;
  }
  return null;
}
