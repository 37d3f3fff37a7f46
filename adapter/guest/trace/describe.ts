import type { Controller } from '../../gic/controller.ts';
import {
  NOTHING,
  count,
  describeAccess,
  describeSgi,
  describeSystemRegister,
  describeWire,
  type Described,
} from '../describe.ts';
import type { Operation } from '../guest.ts';
import type { TraceOp } from './format/operation.ts';
import type { TraceProgram } from './format/program.ts';

/** A recorded operation, decoded. */
export function describeOperation(
  controller: Controller,
  program: TraceProgram,
  nth: number,
  index: number,
): Operation {
  const op = program.op(nth);
  const described = describe(controller, op);
  const alone = controller.config.cpus === 1 && described.vcpu === null && described.address !== null;
  return {
    ...described,
    ...(alone ? { vcpu: 0 } : {}),
    index,
    origin: 'guest',
    line: op.line,
    note: op.note,
    pc: null,
  };
}

function describe(controller: Controller, op: TraceOp): Described {
  switch (op.op) {
    case 'read':
    case 'write':
    case 'uread':
    case 'uwrite':
      return describeAccess(controller, op.op, op.cpu, op.address, op.len, op.value);
    case 'line':
      return describeWire(op.intid, op.intid < 32 ? op.cpu : null, op.level === 1);
    case 'sgi':
      return describeSgi(op.cpu, op.reg, op.value);
    case 'sysreg':
      return describeSystemRegister(op);
    case 'flush':
      return {
        ...NOTHING,
        op: op.op,
        vcpu: op.cpu,
        text: `enter vCPU ${String(op.cpu)}: ${count(op.used, 'list register')} populated`,
      };
    case 'sync':
      return { ...NOTHING, op: op.op, vcpu: op.cpu, text: `leave vCPU ${String(op.cpu)}: list registers folded back` };
    case 'state':
      return { ...NOTHING, op: op.op, text: `state record: ${count(op.state.irqs?.length ?? 0, 'interrupt')}` };
    case 'signal':
      return {
        ...NOTHING,
        op: op.op,
        vcpu: op.cpu,
        text: `inputs of CPU ${String(op.cpu)}: IRQ ${String(op.irq)}, FIQ ${String(op.fiq)}`,
      };
    case 'other':
      return { ...NOTHING, op: op.name, text: `${op.name} ${JSON.stringify(op.raw)}`.slice(0, 200) };
  }
}
