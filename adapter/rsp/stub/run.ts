import { BAD_REQUEST, OK, requireStopped, threadExists, type Command, type StubContext } from './context.ts';
import { parseAddress } from '../hex.ts';
import { parseThread } from './threads.ts';

export const whyStopped: Command = (context) => context.stopReply();

export const offered: Command = () => 'vCont;c;C;s;S';

/** vCont: the leftmost action that names a thread is the thread's. Signals are for processes: they are passed over. */
export const resume: Command = (context, data) => {
  requireStopped(context);
  const run = new Set<number>();
  const step = new Set<number>();
  for (const action of data.split(';')) {
    const [verb = '', who] = action.split(':');
    const thread = who === undefined ? -1 : parseThread(who);
    if (thread === null || !/^([cs]|[CS][0-9a-fA-F]{2})$/.test(verb)) return BAD_REQUEST;
    if (thread > 0 && !threadExists(context, thread)) return BAD_REQUEST;
    const chosen = verb.toLowerCase().startsWith('c') ? run : step;
    for (const { id } of context.target.threads) {
      if ((thread > 0 && thread !== id) || run.has(id) || step.has(id)) continue;
      chosen.add(id);
      if (thread === 0) break;
    }
  }
  context.resume({ run: [...run], step: [...step] });
  return null;
};

/** c, optionally from another address; C with a signal before it. */
export const continueAll: Command = (context, data) => {
  if (!jump(context, data)) return BAD_REQUEST;
  const { continued, target } = context;
  context.resume({ run: continued > 0 ? [continued] : target.threads.map(({ id }) => id), step: [] });
  return null;
};

export const stepOne: Command = (context, data) => {
  if (!jump(context, data)) return BAD_REQUEST;
  const { continued, general } = context;
  context.resume({ run: [], step: [continued > 0 ? continued : general] });
  return null;
};

export const continueSignal: Command = (context, data) => continueAll(context, withoutSignal(data));
export const stepSignal: Command = (context, data) => stepOne(context, withoutSignal(data));

/** "sig" or "sig;address". */
function withoutSignal(data: string): string {
  return data.split(';')[1] ?? '';
}

function jump(context: StubContext, data: string): boolean {
  requireStopped(context);
  if (data === '') return true;
  const address = parseAddress(data);
  const pc = context.target.registers.find(({ name }) => name === 'pc');
  return address !== null && pc?.write?.(context.general, address) === true;
}

/** D, or "D;pid": the target goes on, without a debugger. */
export const detach: Command = (context, data) => {
  if (!/^(;[0-9a-fA-F]+)?$/.test(data)) return '';
  context.leave();
  return OK;
};

/** k: nobody waits for an answer. */
export const kill: Command = ({ target }) => {
  target.kill();
  return null;
};

/** vKill: the same, with one. */
export const killProcess: Command = ({ target }) => {
  target.kill();
  return OK;
};
