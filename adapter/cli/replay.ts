import type { Profile } from '../gic/profiles/profile.ts';
import { replay, type ReplayResult } from '../guest/trace/replay.ts';
import { openProgram } from './open.ts';
import { EXIT_MISMATCH, EXIT_OK, type Output } from './output.ts';

export interface ReplayOptions {
  readonly json: boolean;
  /** Mismatches printed a file. */
  readonly most: number;
  /** Null: the one the recording names. */
  readonly profile: Profile | null;
}

/** `gic replay FILE...`: exit code 0 without mismatches, 1 with. */
export async function replayCommand(files: readonly string[], options: ReplayOptions, output: Output): Promise<number> {
  let code = EXIT_OK;
  const results: unknown[] = [];
  for (const file of files) {
    const { program } = await openProgram(file, output);
    const result = replay(program, options.most, options.profile ?? undefined);
    if (result.mismatches > 0) code = EXIT_MISMATCH;
    if (options.json) results.push(asJson(file, result));
    else output.out(asText(file, result));
  }
  if (options.json) output.out(`${JSON.stringify(results, null, 2)}\n`);
  return code;
}

function asText(file: string, result: ReplayResult): string {
  const { operations, comparisons, mismatches, recordedOn, profile } = result;
  const lines = [
    `${file}: ${String(operations)} operations, ${String(comparisons)} comparisons, ${String(mismatches)} mismatches`,
  ];
  if (recordedOn !== null) lines.push(`  recorded on ${recordedOn}, replayed on profile ${profile}`);
  if (result.byRegister.size > 0) {
    lines.push('  mismatches by register:');
    for (const [register, count] of sorted(result.byRegister))
      lines.push(`    ${String(count).padStart(7)}  ${register}`);
  }
  for (const mismatch of result.shown) {
    lines.push(`  line ${String(mismatch.line)}: ${mismatch.text}`);
    for (const { subject, field, expected, got } of mismatch.differences) {
      lines.push(`    ${subject}${field === '' ? '' : ` ${field}`}: expected ${expected}, got ${got}`);
    }
  }
  if (result.shown.length < mismatches) lines.push(`  and ${String(mismatches - result.shown.length)} more`);
  if (result.unpredicted.size > 0) {
    lines.push('  not compared:');
    for (const [reason, count] of sorted(result.unpredicted)) lines.push(`    ${String(count).padStart(7)}  ${reason}`);
  }
  return `${lines.join('\n')}\n`;
}

function asJson(file: string, result: ReplayResult): unknown {
  return {
    file,
    profile: result.profile,
    recordedOn: result.recordedOn ?? result.profile,
    operations: result.operations,
    comparisons: result.comparisons,
    mismatches: result.mismatches,
    holes: result.holes,
    spurious: result.spurious,
    byRegister: Object.fromEntries(sorted(result.byRegister)),
    notCompared: Object.fromEntries(sorted(result.unpredicted)),
    shown: result.shown.map(({ line, text, register, differences }) => ({
      line,
      operation: text,
      register,
      differences,
    })),
  };
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
