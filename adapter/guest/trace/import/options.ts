import type { TextSource } from '../format/text-source.ts';
import type { TraceHeader } from '../format/header.ts';
import type { LineHandler } from '../format/lines.ts';
import type { OperationSink } from '../format/sink.ts';
import type { ReportBuilder } from './report.ts';

/** Guest physical addresses of the frames. */
export interface FrameBases {
  readonly dist: number;
  readonly cpuif: number;
  readonly redist: number;
  readonly its: number;
  /** v2: the hypervisor's interface and its guests'. */
  readonly gich?: number;
  readonly gicv?: number;
}

export interface ImportProgress {
  /** From 1; logs are read twice. */
  readonly pass: number;
  readonly passes: number;
  readonly bytesRead: number;
  /** Null while unknown (a pipe). */
  readonly sizeBytes: number | null;
}

/** What a log does not tell and its reader knows. All of it is ignored for a gic-trace, whose header tells. */
export interface ImportOptions {
  readonly bases?: Partial<FrameBases> | undefined;
  readonly gic?: 'v2' | 'v3' | undefined;
  readonly cpus?: number | undefined;
  readonly spis?: number | undefined;
  /** False: there is no Secure software, and all accesses of a machine with two security states are Non-secure. */
  readonly firmware?: boolean | undefined;
  /** `semantics` of the header instead of `qemu` or `kvm`. */
  readonly semantics?: string | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/** What an importer works with. */
export interface ImportInput {
  readonly source: TextSource;
  readonly options: ImportOptions;
  readonly sink: OperationSink;
  readonly report: ReportBuilder;
  /** Reads the source once more, with progress and back-pressure. */
  read(pass: number, passes: number, onLine: LineHandler): Promise<void>;
}

/** Turns a log into operations in `input.sink`. */
export type Importer = (input: ImportInput) => Promise<TraceHeader>;
