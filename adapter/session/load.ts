import { basename } from 'node:path';
import { importOptionsOf, type LaunchConfiguration } from './launch-configuration.ts';
import { TraceFormatError } from '../guest/trace/format/errors.ts';
import { TextSourceError } from '../guest/trace/format/text-source.ts';
import { loadProgram } from '../guest/trace/import/import-log.ts';
import type { ImportReport } from '../guest/trace/import/report.ts';
import { TraceGuest } from '../guest/trace/trace-guest.ts';
import { FrameMapError } from '../gic/mmio/dispatcher.ts';
import { GicConfigError } from '../gic/config.ts';
import type { Progress } from './progress.ts';
import { RequestError } from './request-error.ts';
import { fileSource } from './source/file-source.ts';
import { openTextSource } from './text-source.ts';

/** A loaded recording, and what its import has to say. */
export interface Loaded {
  readonly guest: TraceGuest;
  readonly report: ImportReport;
}

/**
 * Loads the recording of a launch configuration.
 * @param isCancelled asked now and then
 * @throws RequestError saying what is wrong with which file, and in which line
 */
export async function loadGuest(
  configuration: LaunchConfiguration,
  progress: Progress,
  isCancelled: () => boolean,
): Promise<Loaded> {
  const { program: path } = configuration;
  try {
    const { program, report } = await loadProgram(openTextSource(path), {
      ...importOptionsOf(configuration),
      onProgress({ pass, passes, bytesRead, sizeBytes }) {
        if (isCancelled()) throw new RequestError('cancelled');
        const part = sizeBytes === null || sizeBytes === 0 ? null : (pass - 1 + bytesRead / sizeBytes) / passes;
        progress.update(part, basename(path));
      },
    });
    if (isCancelled()) throw new RequestError('cancelled');
    return { guest: new TraceGuest(program, { title: basename(path), source: await fileSource(path) }), report };
  } catch (error) {
    if (isReason(error)) throw new RequestError(error.message, true);
    throw error;
  }
}

/** True for what a file or a configuration can be guilty of. */
function isReason(error: unknown): error is Error {
  return [TraceFormatError, TextSourceError, GicConfigError, FrameMapError].some((kind) => error instanceof kind);
}

/** What an import took for granted and left out, a sentence each. */
export function reportLines({ format, operations, assumptions, skipped }: ImportReport): string[] {
  if (format === 'gic-trace') return [];
  const lines = [`Imported ${operations} operations from a log (${format}).`, ...assumptions];
  const entries = Object.entries(skipped);
  for (const [name, { count, reason }] of entries.slice(0, MOST_SKIPPED))
    lines.push(`Left out ${count} × ${name}: ${reason}`);
  if (entries.length > MOST_SKIPPED) lines.push(`Left out ${entries.length - MOST_SKIPPED} further kinds of lines.`);
  return lines;
}

const MOST_SKIPPED = 8;
