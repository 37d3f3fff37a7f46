import { Editor } from '../gic/edit/editor.ts';
import { ExplainError, explainInterrupt } from '../gic/explain/explain.ts';
import { ExpressionError } from '../gic/expression/errors.ts';
import { compile, evaluate, splitAssignment } from '../gic/expression/evaluate.ts';
import type { Scope } from '../gic/expression/scope.ts';
import { formatValue } from '../gic/expression/value.ts';
import { irqTable } from '../gic/inspect/irq-table.ts';
import { GuestStateError } from '../guest/guest.ts';
import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import { registerTree } from './register-tree.ts';

const HELP = `monitor gic irqs              interrupts that are enabled or not idle; irqs all: every one
monitor gic tree              the controller's register frames
monitor gic tree GICD         a frame's registers that are not zero; tree GICD all: every one
monitor gic read EXPR         a register, field, or property: GICD_CTLR, irq(33).priority, cpu(1).GICD_ISENABLER0
monitor gic write EXPR = N    sets it, and says what became of it
monitor gic explain N [CPU]   why INTID N does not fire
monitor help                  this text
Names without cpu() mean the registers of the selected thread's vCPU.
`;

const MARKS = { pass: 'ok ', fail: 'NO ', unknown: ' ? ' } as const;

/** GDB's `monitor` on a simulated guest: the interrupt controller, in the same words as elsewhere. */
export class Monitor {
  readonly #guest: SimulatedGuest;
  readonly #editor: Editor;

  constructor(guest: SimulatedGuest) {
    this.#guest = guest;
    this.#editor = new Editor(guest.controller);
  }

  /** Whether a command changes the guest. */
  changes(text: string): boolean {
    return /^\s*gic\s+write\b/.test(text);
  }

  /** What the user reads: never an exception. */
  answer(text: string, vcpu: number): string {
    const match = /^\s*(?:gic\s+)?(\S*)\s*([^]*?)\s*$/.exec(text);
    const [word = '', rest = ''] = match?.slice(1) ?? [];
    this.#guest.refresh();
    try {
      return this.#carryOut(word, rest, vcpu);
    } catch (error) {
      if (error instanceof ExpressionError || error instanceof ExplainError || error instanceof GuestStateError) {
        return `${error.message}\n`;
      }
      throw error;
    }
  }

  #carryOut(word: string, rest: string, vcpu: number): string {
    switch (word) {
      case 'irqs':
        return irqTable(this.#guest.controller, rest === 'all');
      case 'tree':
        return registerTree(this.#guest, rest, vcpu);
      case 'read':
        return `${formatValue(evaluate(compile(rest), this.#scope(vcpu)))}\n`;
      case 'write':
        return this.#write(rest, vcpu);
      case 'explain':
        return this.#explain(rest, vcpu);
      case 'help':
      case '':
        return HELP;
      default:
        return `There is no "${word}".\n${HELP}`;
    }
  }

  #write(text: string, vcpu: number): string {
    const sides = splitAssignment(compile(text));
    if (sides === null) return 'What is to be written? Write for example: monitor gic write irq(33).priority = 0x80\n';
    const edit = this.#editor.rehearse(sides.target, sides.value, this.#scope(vcpu));
    if (edit.ok && edit.steps.length > 0) this.#guest.edit(edit.steps, edit.text);
    return [
      ...edit.steps.map((step) => step.text),
      ...edit.problems.map(({ message }) => message),
      ...(edit.ok ? [`${sides.target}: 0x${hex(edit.before)} -> 0x${hex(edit.after)}`] : []),
      '',
    ].join('\n');
  }

  #explain(text: string, vcpu: number): string {
    const match = /^(\d{1,5})(?:\s+(\d{1,3}))?$/.exec(text);
    if (match === null) return 'Explain which interrupt? Write explain 33, or explain 27 1 for that of vCPU 1.\n';
    const [, intid, cpu] = match;
    const { verdict, steps } = explainInterrupt(this.#guest.controller, Number(intid), Number(cpu ?? vcpu));
    const lines = steps.map(({ question, outcome, evidence, advice }) => {
      return `  ${MARKS[outcome]} ${question} ${evidence}${outcome === 'fail' && advice !== undefined ? ` ${advice}` : ''}`;
    });
    return [verdict, ...lines, ''].join('\n');
  }

  #scope(vcpu: number): Scope {
    const { controller, registers } = this.#guest;
    return { controller, registers, state: controller.state, vcpu, access: null };
  }
}

function hex(value: bigint): string {
  return (value < 0n ? BigInt.asUintN(32, value) : value).toString(16);
}
