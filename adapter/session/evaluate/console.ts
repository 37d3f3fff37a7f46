import { ExplainError, explainInterrupt } from '../../gic/explain/explain.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestError } from '../request-error.ts';
import { busyInterrupts } from '../variables/interrupts.ts';

const HELP = `Type an expression, or an assignment to one:
  GICD_CTLR                     a register; cpu(1).GICD_ISENABLER0 as vCPU 1 sees it
  GICD_CTLR.Enable = 1          a field
  GICD_ISENABLER[33] = 1        one interrupt's share of a register
  irq(33).priority = 0xa0       an interrupt; irq(27, 1) that of vCPU 1
  access.register, access.intid the access about to be made
or one of these words:
  irqs                          the interrupts that are not idle
  explain 33                    why INTID 33 does not fire; explain 27 1 that of vCPU 1
  help                          this text`;

/** Carries out one of the console's few words; null where the text is an expression. */
export function consoleCommand(debuggee: Debuggee, text: string, vcpu: number): string | null {
  const words = text.trim().split(/\s+/);
  const [word, first, second] = words;
  if (word === 'help' && words.length === 1) return HELP;
  if (word === 'irqs' && words.length === 1) {
    return busyInterrupts(debuggee.guest)
      .map((node) => `${node.name}: ${node.value()}`)
      .join('\n');
  }
  if (word !== 'explain') return null;
  if (first === undefined || !/^\d+$/.test(first) || !/^\d*$/.test(second ?? '') || words.length > 3) {
    throw new RequestError('explain which interrupt? Write explain 33, or explain 27 1 for that of vCPU 1');
  }
  return explain(debuggee, Number(first), second === undefined ? vcpu : Number(second));
}

const MARKS = { pass: '✓', fail: '✗', unknown: '?' } as const;

function explain({ guest }: Debuggee, intid: number, vcpu: number): string {
  try {
    const { verdict, steps } = explainInterrupt(guest.controller, intid, vcpu, guest);
    const lines = steps.map(
      ({ question, outcome, evidence, advice }) =>
        `  ${MARKS[outcome]} ${question} ${evidence}${outcome === 'fail' && advice !== undefined ? ` ${advice}` : ''}`,
    );
    return [verdict, ...lines].join('\n');
  } catch (error) {
    throw error instanceof ExplainError ? new RequestError(error.message) : error;
  }
}
