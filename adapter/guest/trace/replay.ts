import type { Controller } from '../../gic/controller.ts';
import { Outcome } from '../guest.ts';
import type { Difference } from './compare.ts';
import { describeOperation } from './describe.ts';
import { TraceExecutor } from './executor.ts';
import type { TraceProgram } from './format/program.ts';
import { controllerFor, profileFor } from './trace-guest.ts';

/** An operation whose recorded answer is not the model's. */
export interface Mismatch {
  /** Line in the recording, from 1. */
  readonly line: number;
  /** Operation, decoded: "read GICD_TYPER → 0x7". */
  readonly text: string;
  readonly register: string | null;
  readonly differences: readonly Difference[];
}

export interface ReplayResult {
  readonly name: string;
  readonly profile: string;
  /** Whose answers the recording holds, where that is not the profile's machine; else null. */
  readonly recordedOn: string | null;
  readonly operations: number;
  /** Operations whose recorded answer was compared. */
  readonly comparisons: number;
  readonly mismatches: number;
  /** The first mismatches, at most as many as asked for. */
  readonly shown: readonly Mismatch[];
  /** Mismatches by what differs: a register's field, or the subject. */
  readonly byRegister: ReadonlyMap<string, number>;
  /** Operations neither compared nor applied, by reason. */
  readonly unpredicted: ReadonlyMap<string, number>;
  /** Acknowledges that were answered by a special INTID, and accesses to holes or of a bad width. */
  readonly spurious: number;
  readonly holes: number;
}

/** Executes a whole program and compares. @param most mismatches to keep in full */
export function replay(program: TraceProgram, most = 20, profile = profileFor(program.header)): ReplayResult {
  const controller = controllerFor(program, profile);
  const executor = new TraceExecutor(program, controller);
  const shown: Mismatch[] = [];
  const byRegister = new Map<string, number>();
  const unpredicted = new Map<string, number>();
  const counts = new Uint32Array(Object.keys(Outcome).length);
  let comparisons = 0;
  for (let i = 0; i < program.length; i++) {
    const outcome = executor.execute(i);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (outcome === Outcome.Unpredicted) count(unpredicted, generalised(executor.reason ?? ''));
    else if (outcome !== Outcome.Spurious) comparisons += program.compared[i] as number;
    if (outcome !== Outcome.Mismatch) continue;
    const mismatch = mismatchAt(controller, program, executor, i);
    for (const key of new Set(executor.differences.map((one) => `${one.subject} ${perIntid(one.field)}`.trim()))) {
      count(byRegister, key);
    }
    if (shown.length < most) shown.push(mismatch);
  }
  return {
    name: program.name,
    profile: profile.name,
    recordedOn: program.header.semantics === profile.name ? null : program.header.semantics,
    operations: program.length,
    comparisons,
    mismatches: counts[Outcome.Mismatch] ?? 0,
    shown,
    byRegister,
    unpredicted,
    spurious: counts[Outcome.Spurious] ?? 0,
    holes: counts[Outcome.Hole] ?? 0,
  };
}

function mismatchAt(controller: Controller, program: TraceProgram, executor: TraceExecutor, index: number): Mismatch {
  const { text, register, line } = describeOperation(controller, program, index, index);
  return { line: line ?? 0, text, register, differences: executor.differences };
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

/** Interrupts of one register differ in the same way: counted together. */
function perIntid(field: string): string {
  return field.startsWith('INTID ') ? '' : field;
}

/** Numbers taken out, so that reasons can be counted. */
function generalised(reason: string): string {
  return reason.replace(/INTID \d+/, 'an INTID').replace(/vCPU \d+/, 'its vCPU');
}
