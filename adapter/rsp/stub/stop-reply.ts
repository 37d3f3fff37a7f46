import type { StubContext } from './context.ts';
import { valueToHex } from '../hex.ts';
import type { StubWatchpoint, TargetStop } from './target.ts';

const SIGINT = '02';
const SIGTRAP = '05';
/** Registers told with a stop: what GDB looks at to decide whether to go on, so that it need not ask. */
const EXPEDITED: ReadonlySet<string> = new Set(['x29', 'sp', 'pc']);

/** A stop as the protocol tells it ("Stop Reply Packets"). */
export function stopReply(context: StubContext, stop: TargetStop): string {
  if (stop.kind === 'exited') return `W${(stop.code & 0xff).toString(16).padStart(2, '0')}`;
  return `${bareStop(stop)}${reason(context, stop)}${expedited(context, stop.thread)}`;
}

/** The signal and the thread alone: what can be told without asking the target. */
export function bareStop(stop: Exclude<TargetStop, { kind: 'exited' }>): string {
  const signal = stop.kind === 'interrupted' ? SIGINT : SIGTRAP;
  return `T${signal}thread:${stop.thread.toString(16)};`;
}

/** "n:value;" of each, by register number. */
function expedited({ target }: StubContext, thread: number): string {
  return target.registers
    .map((register, number) => {
      if (!EXPEDITED.has(register.name)) return '';
      return `${number.toString(16)}:${valueToHex(register.read(thread), register.bits)};`;
    })
    .join('');
}

function reason(context: StubContext, stop: TargetStop): string {
  if (stop.kind === 'breakpoint') return breakpointReason(context, stop.thread);
  if (stop.kind !== 'watchpoint') return '';
  const hit = [...context.watchpoints.values()].find(
    ({ kind, address, length }) =>
      (kind === 'access' || (kind === 'write') === stop.write) &&
      // An access of up to 16 bytes may begin before what is watched.
      stop.address < address + BigInt(length) &&
      stop.address + 16n > address,
  );
  const word = { read: 'rwatch', write: 'watch', access: 'awatch' }[hit?.kind ?? (stop.write ? 'write' : 'read')];
  return `${word}:${inside(hit, stop.address).toString(16)};`;
}

/** GDB finds its watchpoint by an address within it. */
function inside(hit: StubWatchpoint | undefined, address: bigint): bigint {
  return hit !== undefined && address < hit.address ? hit.address : address;
}

function breakpointReason({ target, breakpoints, understands }: StubContext, thread: number): string {
  const pc = target.registers.find(({ name }) => name === 'pc')?.read(thread);
  const at = [...breakpoints.values()].filter(({ address }) => address === pc);
  if (at.some(({ kind }) => kind === 'hardware')) return understands.hwbreak ? 'hwbreak:;' : '';
  return at.length > 0 && understands.swbreak ? 'swbreak:;' : '';
}
