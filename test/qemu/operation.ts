/** Where an access of a machine with EL3 is made: EL3, secure EL1, non-secure EL1. */
export type State = 'el3' | 's1' | 'ns';
export type Fault = 'external-abort' | 'undef' | 'trap-el3';

interface Answered {
  readonly state?: State;
  /** Written; or, of a recording, read. */
  readonly value?: bigint;
  /** Of a write that is to be made: the value is what that earlier operation of the same run read. */
  readonly answerOf?: number;
  readonly fault?: Fault;
}

export interface Access extends Answered {
  readonly op: 'read' | 'write';
  readonly cpu: number;
  readonly addr: number;
  /** Bytes. */
  readonly len: number;
}

export interface SystemAccess extends Answered {
  readonly op: 'sysreg';
  readonly cpu: number;
  readonly reg: string;
  readonly rw: 'read' | 'write';
}

export interface Line {
  readonly op: 'line';
  readonly intid: number;
  /** Of a PPI; 0 of an SPI. */
  readonly cpu: number;
  readonly level: 0 | 1;
}

/** A CPU's interrupt inputs after the operation before it. */
export interface Signal {
  readonly op: 'signal';
  readonly cpu: number;
  readonly irq: 0 | 1;
  readonly fiq: 0 | 1;
}

/** What can be asked for. */
export type Operation = Access | SystemAccess | Line;
/** The same with answers, and what it did to the CPUs. */
export type Recorded = Operation | Signal;

export function isRead(one: Recorded): boolean {
  return one.op === 'read' || (one.op === 'sysreg' && one.rw === 'read');
}
