import { importLog } from '../guest/trace/import/import-log.ts';
import type { ImportOptions } from '../guest/trace/import/options.ts';
import type { ImportReport } from '../guest/trace/import/report.ts';
import { openTextSource } from '../session/text-source.ts';
import { EXIT_OK, type Output } from './output.ts';
import { Progress } from './progress.ts';

/** Where lines go: resolves when it can take more. */
export interface LineSink {
  write(line: string): void | Promise<void>;
  close(): Promise<void>;
}

/** `gic import LOG [-o FILE]`: a log as a gic-trace, line by line; what was left out on standard error. */
export async function importCommand(
  log: string,
  options: ImportOptions,
  sink: LineSink,
  output: Output,
): Promise<number> {
  const source = openTextSource(log);
  const progress = new Progress(output, log);
  let report: ImportReport;
  try {
    report = await importLog(source, (line) => sink.write(line), {
      ...options,
      onProgress: (progressed) => progress.at(progressed),
    });
  } finally {
    progress.end();
    await sink.close();
  }
  output.err(reportText(log, report));
  return EXIT_OK;
}

function reportText(log: string, report: ImportReport): string {
  const { gic, cpus, spis } = report.header;
  const lines = [
    `${log}: ${report.format}, GIC${gic}, ${String(cpus)} vCPU${cpus === 1 ? '' : 's'}, ${String(spis)} SPIs, ${String(report.operations)} operations`,
  ];
  for (const assumption of report.assumptions) lines.push(`  assumed: ${assumption}`);
  for (const [event, { count, reason }] of Object.entries(report.skipped)) {
    lines.push(`  left out: ${String(count)} ${event} (${reason})`);
  }
  return `${lines.join('\n')}\n`;
}
