/**
 * The custom requests and events of the `gic` debug type: the contract between adapter, extension and webview.
 * Types only; nothing here runs. DESIGN's rule for every number that may exceed 53 bits or that Arm writes in hex:
 * it travels as a `"0x…"` string; INTIDs, vCPU numbers, lengths and counters travel as numbers.
 *
 * One language addresses everything that can be read or edited: the expression language (`adapter/gic/expression`).
 * A view never composes an MMIO access itself; it sends an expression and a value, and the adapter plans the accesses.
 */

/** A 64-bit or smaller value, `"0x"` and lower-case hex digits without padding. */
export type Hex = string;

/** A vCPU number, or null where the recording does not tell it ("CPU unknown"), or where none is concerned. */
export type Vcpu = number | null;

/** Custom requests by command name: what they take and what they answer. */
export interface GicRequests {
  'gic/describe': { arguments: Record<string, never>; response: DescribeResponse };
  'gic/read': { arguments: ReadArguments; response: ReadResponse };
  'gic/write': { arguments: EditArguments; response: WriteResponse };
  'gic/preview': { arguments: EditArguments; response: PreviewResponse };
  'gic/irqs': { arguments: IrqsArguments; response: IrqsResponse };
  'gic/explain': { arguments: ExplainArguments; response: ExplainResponse };
  'gic/divergence': { arguments: DivergenceArguments; response: DivergenceResponse };
  'gic/journal': { arguments: JournalArguments; response: JournalResponse };
  'gic/line': { arguments: LineArguments; response: WriteResponse };
  'gic/step': { arguments: StepArguments; response: StepResponse };
  'gic/input': { arguments: InputArguments; response: Record<string, never> };
}

export type GicCommand = keyof GicRequests;

/** Event `gic/changed`: sent after each stop and each accepted edit. */
export interface ChangedEvent {
  /** Version of the controller's state: grows with every change, going back in time included. */
  version: number;
  /** Position in the journal after the change (see JournalEntry.index). */
  position: number;
  cause: 'step' | 'edit' | 'start';
}

/* ---- describe ------------------------------------------------------------------------------------------------ */

export interface DescribeResponse {
  version: number;
  gic: 'v2' | 'v3';
  /** Semantics profile, such as "kvm-4.10". */
  profile: string;
  cpus: number;
  /** Number of SPIs; the highest INTID is 31 + spis. */
  spis: number;
  /** Name of what is debugged, for titles: the recording's file name. */
  title: string;
  /** What kind of guest it is: a recorded run, a machine that executes a program, or a target behind a GDB stub. */
  kind: 'trace' | 'simulated' | 'gdb';
  canStepBack: boolean;
  /** What is known besides registers. Of a target behind a GDB stub, nothing of it. */
  knows: {
    /** Levels of the wires, and what software made pending: `IrqRow.line`, `IrqRow.softPending`. */
    wires: boolean;
    /** Queues and list registers: `IrqRow.queuedOn`, `queueIndex`, `listRegister`. */
    queues: boolean;
    /** What reset makes of registers: `RegisterValue.reset`. */
    reset: boolean;
  };
  /** The frames in address order. */
  frames: FrameInfo[];
  /** Register tables by `FrameInfo.table`: the redistributors of all vCPUs share one. */
  tables: Record<string, RegisterInfo[]>;
}

export interface FrameInfo {
  /** Unique: "GICD", "GICC", "GICR0.RD", "GICR0.SGI", "GITS". */
  id: string;
  /** For people: "Distributor", "Redistributor of vCPU 0, RD frame". */
  title: string;
  base: Hex;
  size: number;
  /** Key into `DescribeResponse.tables`. */
  table: string;
  /** The vCPU a redistributor or CPU interface frame belongs to; null for shared frames. */
  vcpu: Vcpu;
}

export type Access = 'rw' | 'ro' | 'wo' | 'w1s' | 'w1c' | 'raz/wi' | 'rao/wi';

export interface RegisterInfo {
  /** As Arm writes it, index included: "GICD_ISENABLER1". Unique within its table. */
  name: string;
  /** Array name and index where it is one of several: "GICD_ISENABLER", 1. Views group by it. */
  group?: string;
  index?: number;
  /** Bytes from the frame's base. */
  offset: number;
  bits: 32 | 64;
  access: Access;
  /** True: every vCPU sees a copy of its own; `read` answers one value per vCPU. */
  banked: boolean;
  /** Set where reading through the bus changes state: what it does. Views show the mark; reading here never disturbs. */
  readEffect?: string;
  /** False: the architecture has it, this profile answers zero and ignores writes. */
  implemented: boolean;
  /** Bits each interrupt occupies, and the first INTID in this register. */
  bitsPerIrq?: 1 | 2 | 8 | 64;
  firstIntid?: number;
  fields: FieldInfo[];
  doc: string;
  /** Where the architecture describes it: "IHI 0069, 12.9.26". */
  section: string;
}

export interface FieldInfo {
  name: string;
  msb: number;
  lsb: number;
  access: Access;
  doc: string;
  enum?: { value: number; name: string; doc?: string }[];
  /** The INTID whose bits these are, for per-interrupt fields. */
  intid?: number;
}

/* ---- read ---------------------------------------------------------------------------------------------------- */

export interface ReadArguments {
  /** Frames to read, by `FrameInfo.id`; each answers all its registers, side-effect free. */
  frames: string[];
  /** Only these registers (names), where a view needs no more. */
  registers?: string[];
}

export interface ReadResponse {
  version: number;
  values: RegisterValue[];
}

export interface RegisterValue {
  frame: string;
  register: string;
  /** The bank for banked registers, the owner for private frames, null for shared registers. */
  vcpu: Vcpu;
  /** Absent where it could not be read: `unavailable` then says why. */
  value?: Hex;
  unavailable?: string;
  /** The value at the previous stop, where it was read there and differs. */
  previous?: Hex;
  /** Set where the value is known to differ from reset: the reset value. */
  reset?: Hex;
}

/* ---- write and preview ---------------------------------------------------------------------------------------- */

export interface EditArguments {
  /**
   * What to edit, in the expression language: `GICD_ISENABLER1`, `GICD_CTLR.EnableGrp1`, `GICD_ISENABLER[33]`,
   * `cpu(1).GICR_IPRIORITYR[27]`, `irq(33).priority`, `irq(27, 1).enabled`.
   */
  target: string;
  /** The new value: a number in any base ("0x20", "32", "0b1"), an enum name ("edge"), "true" or "false". */
  value: string;
}

/** One access an edit turns into (or would turn into), and what came of it. */
export interface EditAccess {
  kind: 'write' | 'uwrite' | 'line' | 'sgi';
  vcpu: Vcpu;
  address: Hex;
  length: number;
  value: Hex;
  /** Register name the access hits, such as "GICD_ICENABLER1"; null for wires. */
  register: string | null;
  /** A sentence for the user: "write 0x2 to GICD_ISENABLER1 (clears nothing, sets INTID 33)". */
  text: string;
}

export type Verdict = 'applied' | 'narrowed' | 'ignored';

export interface Problem {
  severity: 'error' | 'warning' | 'info';
  /** "Priority 0x13 keeps 5 bits: 0x10 will be stored." */
  message: string;
}

export interface PreviewResponse {
  /** False where an error among `problems` would make the write be refused. */
  ok: boolean;
  accesses: EditAccess[];
  verdict: Verdict;
  /** Value now, and after the edit, of the target. */
  before: Hex;
  after: Hex;
  problems: Problem[];
  /** Interrupts whose state would change: "INTID 33: enabled". */
  effects: string[];
}

export interface WriteResponse extends PreviewResponse {
  version: number;
}

/* ---- irqs ---------------------------------------------------------------------------------------------------- */

export interface IrqsArguments {
  /** Answer only rows that changed after this version; all rows where absent or too old. */
  since?: number;
}

/** Refused only where not one interrupt could be read: see `IrqRow.unavailable`. */
export interface IrqsResponse {
  version: number;
  /** True: `rows` is the whole table. False: only the rows that changed. */
  full: boolean;
  rows: IrqRow[];
}

export type IrqType = 'SGI' | 'PPI' | 'SPI' | 'LPI';

/** One interrupt. Private interrupts (INTID 0 to 31) have a row per vCPU. */
export interface IrqRow {
  intid: number;
  type: IrqType;
  /** The vCPU of a private interrupt; null for SPIs. */
  vcpu: Vcpu;
  /** Set where its registers could not all be read: why. What follows then means nothing, and is not to be shown. */
  unavailable?: string;
  enabled: boolean;
  pending: boolean;
  active: boolean;
  /** Pending by software on a level interrupt (ISPENDR), and the level of its wire. */
  softPending: boolean;
  line: boolean;
  /** "level" or "edge". */
  trigger: 'level' | 'edge';
  /** 0 to 255, lower is more urgent. */
  priority: number;
  group: 0 | 1;
  /** The vCPU the interrupt goes to; null: nobody. */
  target: Vcpu;
  /** The routing register as written: ITARGETSR byte (v2) or IROUTER affinity (v3); null for private interrupts. */
  route: Hex | null;
  /** The vCPU on whose queue (ap_list) it waits, and its place there from 0; null: not queued. */
  queuedOn: Vcpu;
  queueIndex: number | null;
  /** The list register that holds it now, on the vCPU of `queuedOn`; null: none. */
  listRegister: number | null;
  /** GICv2 SGIs: bit map of the vCPUs that sent it. */
  sources: number;
  /** A word on where the interrupt is: "idle", "pending", "active", "pending and active". */
  state: 'idle' | 'pending' | 'active' | 'pending+active';
  /** True where something in this row changed since the previous stop. */
  changed: boolean;
}

/* ---- explain -------------------------------------------------------------------------------------------------- */

export interface ExplainArguments {
  intid: number;
  /** The bank of a private interrupt. */
  vcpu?: number;
}

export interface ExplainStep {
  /** "Is it enabled?" */
  question: string;
  outcome: 'pass' | 'fail' | 'unknown';
  /** "GICD_ISENABLER1 bit 1 is 0." */
  evidence: string;
  /** An expression a click may edit or show: "GICD_ISENABLER[33]". */
  expression?: string;
  /** What to do where it failed. */
  advice?: string;
}

export interface ExplainResponse {
  version: number;
  /** One sentence: "INTID 33 is pending, but disabled." */
  verdict: string;
  steps: ExplainStep[];
}

/* ---- divergence: where a target behind a GDB stub and the model differ ------------------------------------------ */

export interface DivergenceArguments {
  /** True: at each stop from now on, the target is compared with the model. False: no view looks any more. */
  watch?: boolean;
  /** Forgets the findings there are. */
  clear?: boolean;
}

/** Refused for guests that are no target behind a GDB stub. */
export interface DivergenceResponse {
  version: number;
  /** Profile of the model; absent before there is one. */
  profile?: string;
  /** What the latest look was able to tell, a sentence: what was compared, or why nothing. */
  note: string;
  /** The latest first. */
  findings: Divergence[];
}

/** A register, or a part of one, of which the target has something else than the model. */
export interface Divergence {
  id: number;
  frame: string;
  register: string;
  /** Bank or owner; null for registers that all share. */
  vcpu: Vcpu;
  /** Addresses the register, or the interrupt's part of it, in the expression language. */
  expression: string;
  /** "INTID 33", "INTIDs 33-35", names of fields; empty: the whole register. */
  part: string;
  intids: number[];
  /** Values of the part. */
  model: Hex;
  target: Hex;
  /** The last access seen that the register depends on. Absent: it changed without one. */
  access?: { index: number; text: string };
  /** Position in the journal of the stop at which it was found. */
  position: number;
  /** Found at the stop the target stands at, or on the way there. */
  isNew: boolean;
}

/* ---- journal -------------------------------------------------------------------------------------------------- */

export interface JournalArguments {
  /** First entry wanted, and how many at most (1,000 is the cap). */
  start: number;
  count: number;
}

export interface JournalResponse {
  version: number;
  /** Entries there are: those executed and, for a recording, those still to come. */
  total: number;
  /** Entries executed so far: entries at or beyond it lie in the future. */
  position: number;
  entries: JournalEntry[];
}

export interface JournalEntry {
  /** Place in time: `gic/step` with `{"to": index}` goes to just before it. */
  index: number;
  /** Who made the access: the guest (a recorded operation) or the user (an edit). */
  origin: 'guest' | 'edit';
  op: string;
  vcpu: Vcpu;
  address?: Hex;
  length?: number;
  value?: Hex;
  register?: string;
  /** The decoded access: "GICD_ISENABLER1 = 0x2: enables INTID 33". */
  text: string;
  /** What is remarkable: the model's answer where it differs, a hole, a bad width. */
  remark?: string;
  kind: 'normal' | 'mismatch' | 'hole' | 'spurious' | 'unpredicted';
  /** Line in the recording, from 1. */
  line?: number;
  /** Where the guest's code made the access, where there is code. */
  code?: CodePlace;
}

/** A place in a guest's program. */
export interface CodePlace {
  pc: Hex;
  function?: string;
  /** Path of the source file, and its line, from 1. */
  file?: string;
  line?: number;
}

/* ---- the console of a simulated guest ------------------------------------------------------------------------ */

/** Event `gic/output`: what the guest's UART printed, where the launch configuration wants a terminal for it. */
export interface OutputEvent {
  text: string;
}

/** What is typed at it. */
export interface InputArguments {
  text: string;
}

/* ---- line and step -------------------------------------------------------------------------------------------- */

export interface LineArguments {
  intid: number;
  /** The vCPU of a PPI. */
  vcpu?: number;
  level: 0 | 1;
}

export interface StepArguments {
  direction: 'forward' | 'backward';
  /** Go on until an access matches this expression (`access.register == "GICD_SGIR"`, `access.intid == 33`). */
  until?: string;
  /** Go to this journal index instead. */
  to?: number;
}

export interface StepResponse {
  version: number;
  position: number;
}
