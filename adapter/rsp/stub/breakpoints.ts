import { BAD_REQUEST, OK, requireStopped, type Command, type StubContext } from './context.ts';
import { parseAddress, parseNumber } from '../hex.ts';
import { TargetError, type WatchKind } from './target.ts';

const WATCHES: Readonly<Record<string, WatchKind>> = { '2': 'write', '3': 'read', '4': 'access' };
/** Bytes a watchpoint covers at most: whole register frames, more than GDB ever asks of one. */
const WIDEST = 16 * 1024 * 1024;

export const insert: Command = (context, data) => change(context, data, true);
export const remove: Command = (context, data) => change(context, data, false);

/** "type,address,kind[;conditions]". Conditions are GDB's to evaluate: none were offered. */
function change(context: StubContext, data: string, set: boolean): string {
  requireStopped(context);
  const [type = '', where, width] = (data.split(';')[0] ?? '').split(',');
  const address = parseAddress(where);
  const length = parseNumber(width);
  if (address === null || length === null) return BAD_REQUEST;
  const watch = WATCHES[type];
  if (watch === undefined) {
    // Other kinds do not exist here.
    if (type !== '0' && type !== '1') return '';
    const kind = type === '0' ? 'software' : 'hardware';
    return apply(context, context.breakpoints, `${type},${address}`, set ? { kind, address } : null);
  }
  if (length < 1 || length > WIDEST) return BAD_REQUEST;
  const key = `${type},${address},${length}`;
  return apply(context, context.watchpoints, key, set ? { kind: watch, address, length } : null);
}

/** @param key what names it however it was written: digits and conditions may differ between Z and z */
function apply<T>(context: StubContext, map: Map<string, T>, key: string, value: T | null): string {
  const before = map.get(key);
  if (value === null) map.delete(key);
  else map.set(key, value);
  try {
    context.target.setStops([...context.breakpoints.values()], [...context.watchpoints.values()]);
    return OK;
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    if (before === undefined) map.delete(key);
    else map.set(key, before);
    throw error;
  }
}
