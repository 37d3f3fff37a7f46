import { loadProgram } from '../guest/trace/import/import-log.ts';
import type { ImportReport } from '../guest/trace/import/report.ts';
import type { TraceProgram } from '../guest/trace/format/program.ts';
import { openTextSource } from '../session/text-source.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** Opens a recording: a gic-trace or any importable log, gzipped or not, `-` for standard input. */
export async function openProgram(
  file: string,
  output: Output,
): Promise<{ program: TraceProgram; report: ImportReport }> {
  const source = openTextSource(file);
  const progress = new Progress(output, file);
  try {
    return await loadProgram(source, { onProgress: (progressed) => progress.at(progressed) });
  } finally {
    progress.end();
  }
}
