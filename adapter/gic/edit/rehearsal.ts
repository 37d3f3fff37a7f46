import { Controller } from '../controller.ts';
import { hexOf, list } from '../inspect/decode.ts';
import { IRQ_WORDS, IrqSnapshot, irqState, slotExists, type IrqState } from '../inspect/irq-state.ts';
import type { GicState } from '../state/state.ts';
import { applyStep, type EditStep } from './step.ts';

/** Effects told one by one; more are counted. */
const MOST_EFFECTS = 20;

/** A second controller on which edits are tried, so that what they do is known before they are made. */
export class Rehearsal {
  readonly #real: GicState;
  readonly #scratch: Controller;
  readonly #before: IrqSnapshot;
  readonly #after: IrqSnapshot;

  constructor(controller: Controller) {
    this.#real = controller.state;
    this.#scratch = new Controller(controller.config, controller.profile);
    this.#before = new IrqSnapshot(controller.state);
    this.#after = new IrqSnapshot(controller.state);
  }

  /** Makes the accesses, from the present state on. Answers the state they lead to, good until the next call. */
  run(steps: readonly EditStep[]): GicState {
    this.#scratch.state.copyFrom(this.#real);
    for (const step of steps) applyStep(this.#scratch, step);
    return this.#scratch.state;
  }

  /** What the last run changed in interrupts: "INTID 33: enabled, queued on vCPU 0". */
  effects(): string[] {
    this.#before.take(this.#real);
    this.#after.take(this.#scratch.state);
    const changed: number[] = [];
    for (let slot = 0; slot < this.#real.at.slots && slotExists(this.#real, slot); slot++) {
      if (this.#differs(slot)) changed.push(slot);
    }
    const texts = changed.slice(0, MOST_EFFECTS).map((slot) => this.#effect(slot));
    const more = changed.length - texts.length;
    return more > 0 ? [...texts, `and ${String(more)} more ${more === 1 ? 'interrupt' : 'interrupts'}`] : texts;
  }

  #differs(slot: number): boolean {
    for (let i = slot * IRQ_WORDS; i < (slot + 1) * IRQ_WORDS; i++) {
      if (this.#before.words[i] !== this.#after.words[i]) return true;
    }
    return false;
  }

  #effect(slot: number): string {
    const before = irqState(this.#real, slot);
    const after = irqState(this.#scratch.state, slot);
    const owner = after.vcpu === null || this.#real.config.cpus === 1 ? '' : ` of vCPU ${String(after.vcpu)}`;
    return `${list([after.intid])}${owner}: ${changes(before, after).join(', ') || 'moves in its queue'}`;
  }
}

function changes(before: IrqState, after: IrqState): string[] {
  const texts: string[] = [];
  const flag = (key: 'enabled' | 'pending' | 'active' | 'lineLevel', yes: string, no: string): void => {
    if (before[key] !== after[key]) texts.push(after[key] ? yes : no);
  };
  flag('enabled', 'enabled', 'disabled');
  flag('lineLevel', 'line high', 'line low');
  flag('pending', 'pending', 'no longer pending');
  flag('active', 'active', 'no longer active');
  if (before.softPending !== after.softPending && before.pending === after.pending) {
    texts.push(after.softPending ? 'pending by software too' : 'no longer pending by software');
  }
  if (before.priority !== after.priority) texts.push(`priority ${hexOf(before.priority)} → ${hexOf(after.priority)}`);
  if (before.group !== after.group) texts.push(`group ${String(after.group)}`);
  if (before.config !== after.config) texts.push(`${after.config}-triggered`);
  if (before.target !== after.target) {
    texts.push(after.target === null ? 'goes to nobody' : `goes to vCPU ${String(after.target)}`);
  } else if (before.route !== after.route)
    texts.push(`route ${hexOf(before.route >>> 0)} → ${hexOf(after.route >>> 0)}`);
  if (before.sources !== after.sources) texts.push(`senders ${hexOf(after.sources)}`);
  if (before.queuedOn !== after.queuedOn) {
    texts.push(after.queuedOn === null ? 'leaves its queue' : `queued on vCPU ${String(after.queuedOn)}`);
  }
  return texts;
}
