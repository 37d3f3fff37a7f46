import { NoOperationsError } from '../format/errors.ts';
import { GicTraceParser } from '../format/gic-trace.ts';
import type { TraceHeader } from '../format/header.ts';
import { readLines } from '../format/lines.ts';
import type { OpExtra, OpKind } from '../format/operation.ts';
import { TraceProgramBuilder } from '../format/program.ts';
import type { TraceProgram } from '../format/program.ts';
import { serialiseFields, serialiseHeader } from '../format/serialise.ts';
import type { OperationSink } from '../format/sink.ts';
import type { TextSource } from '../format/text-source.ts';
import { FormatDetector } from './detect.ts';
import { importFtrace } from './ftrace.ts';
import type { Importer, ImportInput, ImportOptions } from './options.ts';
import { importQemu } from './qemu.ts';
import { ReportBuilder } from './report.ts';
import type { ImportReport, LogFormat } from './report.ts';
import { importVgicState } from './vgic-state.ts';

const IMPORTERS: Readonly<Record<LogFormat, Importer>> = {
  'gic-trace': readGicTrace,
  qemu: importQemu,
  ftrace: importFtrace,
  'vgic-state': importVgicState,
};

/**
 * Reads a recording of any kind into a program.
 * @throws TraceFormatError for a malformed line, NoOperationsError where there is nothing to execute, TextSourceError
 *   where the text cannot be read.
 */
export async function loadProgram(
  source: TextSource,
  options: ImportOptions = {},
): Promise<{ program: TraceProgram; report: ImportReport }> {
  const builder = new TraceProgramBuilder(source.name);
  const report = await run(source, options, builder);
  return { program: builder.finish(), report };
}

/**
 * Turns a log of any kind into lines of gic-trace/1 (without newlines), the header first, in bounded memory: `sink` is
 * awaited, and nothing but the piece of the log in hand is held.
 * @throws as `loadProgram`. For logs that are read twice, before anything was written.
 */
export async function importLog(
  source: TextSource,
  sink: (jsonLine: string) => void | Promise<void>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const lines = new JsonLineSink();
  const write = async (texts: readonly string[]): Promise<void> => {
    for (const text of texts) {
      const wait = sink(text);
      if (wait) await wait;
    }
  };
  const report = await run(source, options, lines, () => write(lines.take()));
  await write(lines.finish());
  return report;
}

async function run(
  source: TextSource,
  options: ImportOptions,
  sink: OperationSink,
  drain?: () => Promise<void>,
): Promise<ImportReport> {
  const format = await detect(source);
  const report = new ReportBuilder();
  const input: ImportInput = {
    source,
    options,
    sink,
    report,
    read: (pass, passes, onLine) =>
      readLines(source, onLine, {
        afterChunk: drain,
        onProgress: (bytesRead) => options.onProgress?.({ pass, passes, bytesRead, sizeBytes: source.sizeBytes }),
      }),
  };
  const header = await IMPORTERS[format](input);
  // A gic-trace may be empty: somebody has only just begun to write it.
  if (sink.count === 0 && format !== 'gic-trace') {
    throw new NoOperationsError(source.name, report.summary() || 'it is empty');
  }
  return report.finish(format, sink.count, header);
}

async function detect(source: TextSource): Promise<LogFormat> {
  const detector = new FormatDetector();
  const found: { format: LogFormat | null } = { format: null };
  let lines = 0;
  await readLines(source, (text) => {
    lines++;
    found.format = detector.push(text);
    return found.format !== null;
  });
  if (found.format !== null) return found.format;
  const why = 'it is not a gic-trace, a QEMU trace log, a Linux trace with KVM events or a vgic-state dump';
  throw new NoOperationsError(source.name, lines === 0 ? 'it is empty' : why);
}

async function readGicTrace(input: ImportInput): Promise<TraceHeader> {
  const seen: { header: TraceHeader | null } = { header: null };
  const sink = input.sink;
  const parser = new GicTraceParser(input.source.name, {
    get count() {
      return sink.count;
    },
    header(header) {
      seen.header = header;
      sink.header(header);
    },
    add: sink.add.bind(sink),
  });
  await input.read(1, 1, (text, line) => parser.push(text, line));
  parser.end();
  if (seen.header === null) throw new Error('a parser that ends has a header');
  return seen.header;
}

/** Makes lines of JSON and holds them until they are taken. */
class JsonLineSink implements OperationSink {
  #count = 0;
  #gic: 'v2' | 'v3' = 'v2';
  /** Held back until something follows: a log without operations leaves no output. */
  #header: string | null = null;
  #lines: string[] = [];

  get count(): number {
    return this.#count;
  }

  header(header: TraceHeader): void {
    this.#gic = header.gic;
    this.#header = serialiseHeader(header);
  }

  add(
    kind: OpKind,
    cpu: number,
    len: number,
    address: number,
    lo: number,
    hi: number,
    compared: 0 | 1,
    _line: number,
    extra?: OpExtra,
  ): void {
    this.#count++;
    if (this.#header !== null) this.#flushHeader();
    this.#lines.push(serialiseFields(this.#gic, kind, cpu, len, address, lo, hi, compared === 1, extra));
  }

  /** What is left at the end, the header at least. */
  finish(): string[] {
    this.#flushHeader();
    return this.take();
  }

  #flushHeader(): void {
    if (this.#header !== null) this.#lines.push(this.#header);
    this.#header = null;
  }

  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}
