import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { TraceFormatError } from '../../../../adapter/guest/trace/format/errors.ts';
import { GicTraceParser } from '../../../../adapter/guest/trace/format/gic-trace.ts';
import { LineSplitter } from '../../../../adapter/guest/trace/format/lines.ts';
import type { TraceProgram } from '../../../../adapter/guest/trace/format/program.ts';
import { TraceProgramBuilder } from '../../../../adapter/guest/trace/format/program.ts';
import { stringSource } from '../../../../adapter/guest/trace/format/text-source.ts';
import type { TextSource } from '../../../../adapter/guest/trace/format/text-source.ts';
import { importLog } from '../../../../adapter/guest/trace/import/import-log.ts';
import type { ImportOptions } from '../../../../adapter/guest/trace/import/options.ts';
import type { ImportReport } from '../../../../adapter/guest/trace/import/report.ts';

/** Path of a file under test/data. */
export function dataFile(path: string): string {
  return fileURLToPath(new URL(`../../../data/${path}`, import.meta.url));
}

export const HEADER_V2 =
  '{"format":"gic-trace/1","gic":"v2","cpus":2,"spis":64,"dist":"0x08000000","cpuif":"0x08010000",' +
  '"redist":"0x080a0000","semantics":"kvm-4.10"}';

/** Parses a text at once, with or without the shortcut for common lines. */
export function parse(text: string, way: 'push' | 'pushSlowly' = 'push'): TraceProgram {
  const builder = new TraceProgramBuilder('t.gictrace');
  const parser = new GicTraceParser('t.gictrace', builder);
  const splitter = new LineSplitter('t.gictrace', (line, number) => parser[way](line, number));
  splitter.push(text);
  splitter.end();
  parser.end();
  return builder.finish();
}

/** What `importLog` writes, and its report. */
export async function imported(
  source: TextSource,
  options?: ImportOptions,
): Promise<{ lines: string[]; report: ImportReport }> {
  const lines: string[] = [];
  const report = await importLog(source, (line) => void lines.push(line), options);
  return { lines, report };
}

/** Imports a log written in a test: lines are joined, the name is t.log. */
export function importedText(
  lines: readonly string[],
  options?: ImportOptions,
): Promise<{ lines: string[]; report: ImportReport }> {
  return imported(stringSource('t.log', lines.map((line) => `${line}\n`).join('')), options);
}

/** Expects a TraceFormatError with this line, whose reason contains a text. */
export function formatError(line: number, reason: string): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof TraceFormatError, String(error));
    assert.ok(error.reason.includes(reason), `"${error.reason}" does not contain "${reason}"`);
    assert.equal(error.line, line, error.message);
    assert.equal(error.message, `${error.file}:${line}: ${error.reason}`);
    return true;
  };
}
