import type { TraceHeader } from './header.ts';
import type { OpExtra, OpKind } from './operation.ts';

/**
 * Takes operations in order: the program builder and the serialiser alike, so that an importer is written once.
 * Arguments are plain numbers because there are millions of calls.
 */
export interface OperationSink {
  /** Operations taken so far. */
  readonly count: number;
  /** Once, before the first operation. */
  header(header: TraceHeader): void;
  /**
   * @param cpu vCPU, or -1 where the recording does not tell.
   * @param len bytes of an access, else 0.
   * @param address guest physical address; INTID of a Line; 0 otherwise.
   * @param lo value bits 31:0 as int32; level of a Line; IRQ input of a Signal.
   * @param hi value bits 63:32 as int32; FIQ input of a Signal.
   * @param compared 1 where the recording has an answer to compare.
   * @param line in the original file, from 1.
   */
  add(
    kind: OpKind,
    cpu: number,
    len: number,
    address: number,
    lo: number,
    hi: number,
    compared: 0 | 1,
    line: number,
    extra?: OpExtra,
  ): void;
}
