import { Random } from '../oracle/generate/random.ts';
import { generate, machineFor } from './generate.ts';
import { QemuEnded } from './bell.ts';
import { LiveQemu, type LiveOptions } from './live-qemu.ts';
import type { Disagreement, Judge } from './model.ts';
import { isRead, type Operation } from './operation.ts';
import { headerOf, operationsOf, type Recording } from './recording.ts';
import { shrink } from './shrink.ts';

/** Of the operations of a stream. */
export const STREAM_LENGTH = 4000;
const GICD_TYPER = 0x08000004;

export interface Plan {
  readonly seed: number;
  /** Number of the first stream. */
  readonly from: number;
  readonly gics: readonly ('v2' | 'v3')[];
  /** At least so many operations, in whole streams. */
  readonly operations: number;
  readonly judge: Judge;
  /** Name of the profile, for recordings. */
  readonly semantics: string;
  /** QEMU's program; the one on the path unless given. */
  readonly binary?: string;
  readonly onProgress?: (result: Counts) => void;
}

export interface Counts {
  readonly streams: number;
  readonly operations: number;
  readonly comparisons: number;
  /** Streams that differ. */
  readonly differences: number;
  /** Streams over which QEMU itself ended: their numbers, and how. */
  readonly deaths: ReadonlyMap<number, string>;
  /** Records that the model did not answer, by reason. */
  readonly unpredicted: ReadonlyMap<string, number>;
}

export interface Difference extends Disagreement {
  readonly stream: number;
  readonly recording: Recording;
}

/** Works with a QEMU that has just been started, and ends it. */
async function withQemu<T>(options: LiveOptions, work: (live: LiveQemu) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  try {
    return await work(await LiveQemu.start({ after: (end) => ends.push(end) }, options));
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

function streamOf(plan: Plan, number: number): { options: LiveOptions; operations: Operation[] } {
  const { seed, gics, binary } = plan;
  // Another sequence than that of the operations.
  const machine = machineFor(new Random(seed, -1 - number), gics[number % gics.length] ?? 'v2');
  const options = { ...machine, ...(binary === undefined ? {} : { binary }) };
  return { options, operations: generate(options, seed, number, STREAM_LENGTH) };
}

/**
 * Compares stream after stream.
 * @param onDifference is given each stream that differs, made as short as it gets; false: compare no more
 */
export async function compareStreams(plan: Plan, onDifference: (difference: Difference) => boolean): Promise<Counts> {
  const deaths = new Map<number, string>();
  const unpredicted = new Map<string, number>();
  let counts: Counts = { streams: 0, operations: 0, comparisons: 0, differences: 0, deaths, unpredicted };
  for (let number = plan.from; counts.operations < plan.operations; number++) {
    const { options, operations } = streamOf(plan, number);
    const fresh = (some: readonly Operation[]): Promise<Judged> =>
      withQemu(options, (live) => judged(plan, live, some));
    const found = await fresh(operations).catch((error: unknown) => {
      if (!(error instanceof QemuEnded)) throw error;
      deaths.set(number, error.message);
      return null;
    });
    for (const [reason, times] of found?.unpredicted ?? []) {
      unpredicted.set(reason, (unpredicted.get(reason) ?? 0) + times);
    }
    const { difference } = found ?? { difference: null };
    counts = {
      ...counts,
      streams: counts.streams + 1,
      operations: counts.operations + operations.length,
      comparisons: counts.comparisons + (found?.comparisons ?? 0),
      differences: counts.differences + (difference === null ? 0 : 1),
    };
    plan.onProgress?.(counts);
    if (difference === null) continue;
    const least = await withQemu(options, (live) => shortest(plan, live, difference));
    // A machine that was reset is perhaps not what it was at its start: then the whole stream is all that is certain.
    const again = (await fresh(given(least))).difference;
    if (!onDifference({ stream: number, ...(again ?? difference) })) break;
  }
  return counts;
}

type Found = Disagreement & { readonly recording: Recording };

interface Judged {
  readonly difference: Found | null;
  readonly comparisons: number;
  readonly unpredicted: ReadonlyMap<string, number>;
}

/** The model believes this register of a recording about what the controller has, whatever comes later. */
function readTyper(options: LiveOptions): Operation {
  return { op: 'read', cpu: 0, addr: GICD_TYPER, len: 4, ...(options.security ? { state: 'el3' } : {}) };
}

async function judged(plan: Plan, live: LiveQemu, operations: readonly Operation[]): Promise<Judged> {
  const records = [...(await live.run([readTyper(live.options)])), ...(await live.run(operations))];
  const recording = { header: headerOf(live.options, plan.semantics), records };
  const { disagreement, comparisons, unpredicted } = await plan.judge(recording);
  const difference = disagreement && { ...disagreement, at: Math.max(0, disagreement.at - 1), recording };
  return { difference, comparisons, unpredicted };
}

/** The operations again that `judged` was given, with the values that were written. */
function given({ recording }: Found): Operation[] {
  return operationsOf(recording.records).slice(1);
}

async function shortest(plan: Plan, live: LiveQemu, first: Found): Promise<Found> {
  const attempt = async (operations: readonly Operation[]): Promise<Found | null> => {
    await live.reset();
    return (await judged(plan, live, operations)).difference;
  };
  const { items: least, failure } = await shrink({ items: given(first), failure: first }, attempt, simplerOperations);
  // The records up to the failure only.
  return (await attempt(least)) ?? failure;
}

/** With less to write. */
function simplerOperations(one: Operation): Operation[] {
  if (one.op === 'line' || isRead(one) || one.value === undefined || one.value === 0n) return [];
  const { value } = one;
  const simpler: Operation[] = [{ ...one, value: 0n }];
  for (let bit = 63n; bit >= 0n; bit--) {
    const without = value & ~(1n << bit);
    if (without !== value && without !== 0n) simpler.push({ ...one, value: without });
  }
  return simpler;
}
