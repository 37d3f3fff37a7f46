import type { PreviewResponse, WriteResponse } from '../../../protocol.ts';
import type { Arguments } from '../../arguments.ts';
import { previewEdit, tryEdit } from '../../edits.ts';
import { bankOf } from '../../frames.ts';
import type { HandlerTable } from '../../request.ts';
import type { Session } from '../../session-state.ts';

/** Custom requests that edit, or say what an edit would do. A refusal is an answer here: its problems say why. */
export const EDIT: HandlerTable = {
  'gic/preview'(session, args): PreviewResponse {
    return previewEdit(session.debuggee, args.string('target'), args.string('value'), currentBank(session));
  },

  'gic/write'(session, args): Promise<WriteResponse> {
    return tryEdit(session.stopped, args.string('target'), args.string('value'), currentBank(session));
  },

  'gic/line'(session, args): Promise<WriteResponse> {
    const target = lineTarget(args);
    return tryEdit(session.stopped, target, String(args.integer('level', 0, 1)), currentBank(session));
  },
};

/** The wire of an interrupt, as the expression language has it. */
function lineTarget(args: Arguments): string {
  const intid = args.integer('intid', 0);
  const vcpu = args.optionalInteger('vcpu', 0);
  return vcpu === undefined ? `irq(${intid}).line` : `irq(${intid}, ${vcpu}).line`;
}

function currentBank(session: Session): number {
  return bankOf(session.debuggee.frames.currentFrame);
}
