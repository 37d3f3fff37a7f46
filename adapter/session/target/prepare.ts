import type { GdbGuest } from '../../guest/gdb/gdb-guest.ts';
import type { Wanted } from '../../guest/gdb/shadow.ts';
import { GuestStateError } from '../../guest/guest.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { Arguments } from '../arguments.ts';
import type { Client } from '../client.ts';
import type { Debuggee } from '../debuggee.ts';
import { bankOf } from '../frames.ts';
import type { MachineFrames } from '../machine/frames.ts';
import { parseMemoryReference } from '../memory/reference.ts';
import { Progress } from '../progress.ts';
import { RequestError } from '../request-error.ts';
import { VIEW } from '../views/divergence.ts';
import { affinities, demandOf, fetchForExplanation } from './demand.ts';

/** Bytes of memory fetched for one request at most. */
const MOST_BYTES = 1 << 20;

/** The console's question why an interrupt does not fire. */
const EXPLAIN = /^\s*explain\s+(\d+)(?:\s+(\d+))?\s*$/;

/** An edit typed at the console: nothing is looked at more than that. */
const ASSIGNMENT = /[^=!<>]=[^=]/;

/** Requests that show a value, or change one, and not whether it is known. */
const SPOKEN: ReadonlySet<string> = new Set([
  'gic/preview',
  'gic/write',
  'evaluate',
  'setExpression',
  'dataBreakpointInfo',
]);

/** What requests look at, by their command. */
type Fetch = (args: Arguments, debuggee: Debuggee) => Promise<void>;

/**
 * Fetches from the target what a request is about to look at: its registers as far as they are concerned, its CPUs' stacks
 * and memory. What was fetched at this stop is not fetched again.
 */
export function preparation(
  guest: GdbGuest,
  frames: MachineFrames,
  client: Client,
): (command: string, args: Arguments, debuggee: Debuggee) => Promise<void> {
  const { shadow, cpus } = guest;
  let reads = 0;
  /** Slow stubs take a while for a frame: how far it has got is shown. */
  const bring = async (wanted: readonly Wanted[]): Promise<void> => {
    const progress = new Progress(client, 'Reading registers', --reads, false);
    try {
      await shadow.bring(wanted, (done) => {
        progress.update(done, `${Math.round(done * 100)} %`);
        return true;
      });
    } finally {
      progress.end();
    }
  };
  const speaksOf =
    (...names: string[]): Fetch =>
    (args) =>
      fetchWords(names.map((name) => args.optionalString(name) ?? '').join(' '));
  const fetches: Readonly<Record<string, Fetch>> = {
    'gic/read': (args) => bring(shadow.ofFrames(args.strings('frames'), registersOf(args))),
    'gic/irqs': () => bring(shadow.ofInterrupts()),
    'gic/explain': (args) =>
      fetchForExplanation(guest, args.optionalInteger('intid') ?? -1, args.optionalInteger('vcpu') ?? 0),
    'gic/divergence': (args) => {
      if (args.has('watch')) guest.divergence.watch(VIEW, args.boolean('watch', false));
      return guest.divergence.look();
    },
    'gic/preview': (args) => fetchEdit(args, 'target', 'value'),
    'gic/write': (args) => fetchEdit(args, 'target', 'value'),
    'gic/line': () => shadow.bring(shadow.ofInterrupts()),
    evaluate: async (args) => {
      const text = args.optionalString('expression') ?? '';
      const [, intid, vcpu] = EXPLAIN.exec(text) ?? [];
      if (intid !== undefined) {
        await fetchForExplanation(guest, Number(intid), Number(vcpu ?? bankOf(frames.currentFrame)));
      } else if (/^\s*irqs\b/.test(text)) await shadow.bring(shadow.ofInterrupts());
      else {
        if (ASSIGNMENT.test(text) && !guest.running) await guest.divergence.prepare();
        await fetchWords(text);
      }
    },
    setExpression: (args) => fetchEdit(args, 'expression', 'value'),
    dataBreakpointInfo: speaksOf('name'),
    setVariable: fetchNode,
    variables: fetchNode,
    stackTrace: stack,
    scopes: async (args) => {
      const id = args.optionalInteger('frameId') ?? 0;
      await cpus.fetchAll();
      await cpus.withMemory(() => frames.frame(id));
    },
    stepOut: stack,
    next: stack,
    stepIn: stack,
    readMemory: readMemory,
  };

  /** The same for edits, and a model that foretells what they do. */
  async function fetchEdit(args: Arguments, ...names: string[]): Promise<void> {
    if (!guest.running) await guest.divergence.prepare();
    await fetchWords(names.map((name) => args.optionalString(name) ?? '').join(' '));
  }

  /** What an expression speaks of: where that cannot be had, there is no value to show. */
  async function fetchWords(text: string): Promise<void> {
    const wanted = demandOf(text, guest);
    if (!guest.running) await shadow.bring(wanted);
    const why = shadow.unread(wanted);
    if (why !== null) throw new RequestError(why);
  }

  async function fetchNode(args: Arguments, debuggee: Debuggee): Promise<void> {
    const node = debuggee.handles.get(args.optionalInteger('variablesReference') ?? 0);
    if (node === null) return;
    await node.prepare?.();
    if (node.frame !== undefined) await shadow.bring(shadow.ofFrames([node.frame]));
    else if (node.name === 'Interrupts') await shadow.bring(shadow.ofInterrupts());
  }

  async function stack(args: Arguments): Promise<void> {
    const thread = args.optionalInteger('threadId') ?? frames.currentThread;
    if (!frames.hasThread(thread)) return;
    // They are there already, unless something went wrong at the stop.
    await cpus.fetchAll(thread - 1);
    if (cpus.byNumber(thread - 1, cpus.names.pc) === null) {
      throw new RequestError(`the stub does not tell where vCPU ${thread - 1} is`);
    }
    await cpus.withMemory(() => frames.stack(thread, client));
  }

  async function readMemory(args: Arguments): Promise<void> {
    const reference = args.optionalString('memoryReference') ?? '';
    const count = Math.min(args.optionalInteger('count', 0) ?? 0, MOST_BYTES);
    const offset = args.optionalInteger('offset') ?? 0;
    const plain = /^\s*(0x[0-9a-f]{1,16}|\d{1,20})\s*$/i.exec(reference)?.[1];
    const start = plain === undefined ? null : BigInt(plain);
    const inFrame = guest.registers.devices.find(({ base, size }) => {
      const address = start === null ? addressOf(reference, guest) : Number(start);
      return address >= base && address < base + size;
    });
    if (inFrame !== undefined) await shadow.bring(shadow.ofFrames([inFrame.id]));
    else if (start !== null) {
      const vcpu = bankOf(frames.currentFrame);
      await cpus.withMemory(() => cpus.readMemory(vcpu, BigInt.asUintN(64, start + BigInt(offset)), count));
    }
  }

  return async (command, args, debuggee) => {
    const fetch = Object.hasOwn(fetches, command) ? fetches[command] : undefined;
    if (fetch === undefined || (guest.running && !SPOKEN.has(command))) return;
    try {
      if (!guest.running) await shadow.bring(affinities(guest));
      await fetch(args, debuggee);
    } catch (error) {
      // A target that has been set going meanwhile: handlers say so.
      if (error instanceof RspError && error.kind === 'running') return;
      if (error instanceof RspError || error instanceof GuestStateError) throw new RequestError(error.message);
      throw error;
    }
  };
}

function registersOf(args: Arguments): ReadonlySet<string> | null {
  return args.has('registers') ? new Set(args.strings('registers')) : null;
}

function addressOf(reference: string, guest: GdbGuest): number {
  try {
    return parseMemoryReference(reference, guest.controller.config.cpus).address;
  } catch {
    return -1;
  }
}
