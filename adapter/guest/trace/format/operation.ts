/** What an operation of a trace is. The numbers are those of the program's `kind` column. */
export const OpKind = {
  /** A guest's load from the controller. */
  Read: 0,
  /** A guest's store. */
  Write: 1,
  /** A wire into the controller changes. */
  Line: 2,
  /** A write to an SGI system register: ICC_SGI1R, ICC_SGI0R, ICC_ASGI1R. */
  Sgi: 3,
  /** A read by user space (KVM device attributes). */
  Uread: 4,
  Uwrite: 5,
  /** The list registers as entry into the guest populates them. */
  Flush: 6,
  /** The list registers as the guest left them, to fold back. */
  Sync: 7,
  /** A dump of the controller's state, to compare. */
  State: 8,
  /** A CPU interface system register. */
  Sysreg: 9,
  /** The level of a CPU's interrupt inputs. */
  Signal: 10,
  /** An operation this version does not know: kept and shown. */
  Other: 11,
} as const;
export type OpKind = (typeof OpKind)[keyof typeof OpKind];

/** Names as in the `op` field, by kind; Other has the name its record gives. */
export const OP_NAMES = [
  'read',
  'write',
  'line',
  'sgi',
  'uread',
  'uwrite',
  'flush',
  'sync',
  'state',
  'sysreg',
  'signal',
  'other',
] as const;

/** EL3, Secure EL1, or Non-secure. */
export type AccessOrigin = 'el3' | 's1' | 'ns';

/** A JSON object as it was recorded. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One interrupt of a state record; recorders tell what they know, so every field but the INTID may be missing. */
export interface StateIrq extends JsonObject {
  readonly intid: number;
  /** The vCPU of a private interrupt, null or missing for a shared one. */
  readonly cpu?: number | null;
}

/** A state record, shape checked: see `gic-trace.ts`. Unknown fields are still in it. */
export interface StateRecord extends JsonObject {
  readonly distEnabled?: boolean;
  readonly apLists?: readonly (readonly number[])[];
  readonly irqs?: readonly StateIrq[];
}

/**
 * What an operation has beyond the columns. Immutable, and shared between operations where it is the same
 * (`{reg, rw}` of system registers): never modify one.
 */
export interface OpExtra {
  /** Sgi, Sysreg: name of the system register. */
  readonly reg?: string;
  /** Sysreg: direction. */
  readonly rw?: 'r' | 'w';
  /** Line, Uread, Uwrite: negative errno of a refusal; missing = accepted. */
  readonly ret?: number;
  /** Uread, Uwrite: `dist`, `redist`, `cpuif`, `level`. */
  readonly frame?: string;
  /** Instead of, or beside, a value: `external-abort`, `undef`, `trap-el3`. */
  readonly fault?: string;
  /** Accesses of machines with EL3: from where the CPU made it. Its field in a record is `state`. */
  readonly from?: AccessOrigin;
  readonly note?: string;
  /** Flush: list registers in use. */
  readonly used?: number;
  /** Flush: HCR.UIE is set. */
  readonly underflow?: boolean;
  /** Flush, Sync: list registers as word pairs lo, hi. */
  readonly lrs?: Int32Array;
  /** Sync: SPIs whose end-of-interrupt notification fired. */
  readonly acked?: readonly number[];
  /** State: the whole record. */
  readonly state?: StateRecord;
  /** Other: the whole record. */
  readonly raw?: JsonObject;
  /** Fields this version does not know. */
  readonly fields?: JsonObject;
}

interface OpBase {
  readonly index: number;
  /** Line in the original file, from 1. */
  readonly line: number;
  readonly note: string | null;
  readonly fault: string | null;
  readonly fields: JsonObject;
}

/** An operation for display. */
export type TraceOp =
  | (OpBase & {
      readonly op: 'read' | 'write' | 'uread' | 'uwrite';
      /** Null: the recording does not tell. */
      readonly cpu: number | null;
      readonly address: number;
      /** Bytes. */
      readonly len: number;
      /** Null: a read without a recorded value. */
      readonly value: bigint | null;
      readonly frame: string | null;
      readonly ret: number | null;
    })
  | (OpBase & {
      readonly op: 'line';
      readonly intid: number;
      readonly cpu: number | null;
      readonly level: 0 | 1;
      readonly ret: number | null;
    })
  | (OpBase & { readonly op: 'sgi'; readonly cpu: number | null; readonly reg: string; readonly value: bigint })
  | (OpBase & {
      readonly op: 'sysreg';
      readonly cpu: number | null;
      readonly reg: string;
      readonly rw: 'r' | 'w';
      readonly value: bigint | null;
    })
  | (OpBase & {
      readonly op: 'flush';
      readonly cpu: number;
      readonly used: number;
      readonly underflow: boolean;
      readonly lrs: readonly bigint[];
    })
  | (OpBase & {
      readonly op: 'sync';
      readonly cpu: number;
      readonly lrs: readonly bigint[];
      readonly acked: readonly number[] | null;
    })
  | (OpBase & { readonly op: 'state'; readonly state: StateRecord })
  | (OpBase & { readonly op: 'signal'; readonly cpu: number; readonly irq: 0 | 1; readonly fiq: 0 | 1 })
  | (OpBase & { readonly op: 'other'; readonly name: string; readonly raw: JsonObject });
