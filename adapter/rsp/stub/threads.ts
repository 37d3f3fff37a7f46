import { BAD_REQUEST, NO_SUCH_THREAD, OK, threadExists, type Command } from './context.ts';
import { toHex } from '../hex.ts';

/** A thread as packets name it: -1 for all, 0 for any; null for what is none. */
export function parseThread(text: string | undefined): number | null {
  if (text === '-1') return -1;
  return text !== undefined && /^[0-9a-fA-F]{1,7}$/.test(text) ? parseInt(text, 16) : null;
}

/** H: the thread that packets behind it mean. */
export const select: Command = (context, data) => {
  const thread = parseThread(data.slice(1));
  if (thread === null) return BAD_REQUEST;
  if (thread > 0 && !threadExists(context, thread)) return NO_SUCH_THREAD;
  if (data.startsWith('c')) context.continued = thread;
  else if (!data.startsWith('g')) return BAD_REQUEST;
  else if (thread > 0) context.general = thread;
  return OK;
};

export const alive: Command = (context, data) => (threadExists(context, parseThread(data) ?? 0) ? OK : NO_SUCH_THREAD);

export const firstThreads: Command = ({ target }) => `m${target.threads.map(({ id }) => id.toString(16)).join(',')}`;
export const moreThreads: Command = () => 'l';
export const current: Command = ({ general }) => `QC${general.toString(16)}`;

export const extraInfo: Command = ({ target }, data) => {
  const thread = target.threads.find(({ id }) => id === parseThread(data));
  return thread === undefined ? NO_SUCH_THREAD : toHex(`${thread.name}: ${target.activity(thread.id)}`);
};
