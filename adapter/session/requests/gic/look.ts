import { ExplainError, explainInterrupt } from '../../../gic/explain/explain.ts';
import type {
  DescribeResponse,
  ExplainResponse,
  IrqsResponse,
  JournalResponse,
  ReadResponse,
} from '../../../protocol.ts';
import { RequestError } from '../../request-error.ts';
import type { HandlerTable } from '../../request.ts';
import { describeGuest } from '../../views/describe.ts';
import { journalEntry } from '../../views/journal.ts';

/** Journal entries answered at most. */
const MOST_ENTRIES = 1000;

/** Custom requests that look: none of them disturbs anything, and all work while the guest runs. */
export const LOOK: HandlerTable = {
  'gic/describe'(session): DescribeResponse {
    const { guest, publisher } = session.debuggee;
    return { version: publisher.version, ...describeGuest(guest) };
  },

  'gic/read'(session, args): ReadResponse {
    const { guest, publisher, registerValues } = session.debuggee;
    const only = args.has('registers') ? new Set(args.strings('registers')) : null;
    const values = args.strings('frames').flatMap((id) => {
      const device = guest.registers.devices.find((one) => one.id === id);
      if (device === undefined) throw new RequestError(`there is no frame "${id}"`);
      return registerValues.read(device, only);
    });
    return { version: publisher.version, values };
  },

  'gic/irqs'(session, args): IrqsResponse {
    const { publisher, irqTable } = session.debuggee;
    return irqTable.read(publisher.version, args.optionalInteger('since'));
  },

  'gic/explain'(session, args): ExplainResponse {
    const { guest, publisher } = session.debuggee;
    const intid = args.integer('intid');
    const vcpu = args.optionalInteger('vcpu') ?? 0;
    try {
      const { verdict, steps } = explainInterrupt(guest.controller, intid, vcpu, guest);
      return { version: publisher.version, verdict, steps: [...steps] };
    } catch (error) {
      throw error instanceof ExplainError ? new RequestError(error.message) : error;
    }
  },

  'gic/journal'(session, args): JournalResponse {
    const { guest, face, publisher } = session.debuggee;
    const start = Math.max(args.integer('start', 0), guest.first);
    const count = Math.min(args.integer('count', 0), MOST_ENTRIES, Math.max(0, guest.total - start));
    const entries = Array.from({ length: count }, (_, i) => journalEntry(guest, face, start + i));
    return { version: publisher.version, total: guest.total, position: guest.position, entries };
  },
};
