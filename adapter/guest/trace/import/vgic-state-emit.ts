import type { TraceHeader } from '../format/header.ts';
import { OpKind } from '../format/operation.ts';
import type { StateIrq, StateRecord } from '../format/operation.ts';
import type { OperationSink } from '../format/sink.ts';
import type { ReportBuilder } from './report.ts';
import type { FreedLpi, VgicDistributor, VgicRow } from './vgic-state-rows.ts';

/** Offsets of the per-interrupt registers, the same in GICD and in the redistributor's SGI frame. */
const IGROUPR = 0x080;
const ISENABLER = 0x100;
const ICENABLER = 0x180;
const ISPENDR = 0x200;
const ICPENDR = 0x280;
const ISACTIVER = 0x300;
const IPRIORITYR = 0x400;
const ITARGETSR = 0x800;
const ICFGR = 0xc00;
const SPENDSGIR = 0xf20;
const IROUTER = 0x6000;

/**
 * Emits what leads to a dumped state. The order matters to KVM: the distributor is enabled before anything becomes
 * pending, since enabling it later would not queue what is pending already; wires and latches come last, so that the
 * trigger is right when they arrive.
 */
export class VgicStateEmitter {
  readonly #sink: OperationSink;
  readonly #header: TraceHeader;
  readonly #report: ReportBuilder;

  constructor(sink: OperationSink, header: TraceHeader, report: ReportBuilder) {
    this.#sink = sink;
    this.#header = header;
    this.#report = report;
  }

  emit(distributor: VgicDistributor, rows: readonly VgicRow[], freed: readonly FreedLpi[], last: number): void {
    const { gic } = this.#header;
    const wired = rows.filter((row) => row.intid < 1020);
    this.#words(
      wired,
      ICFGR,
      16,
      (row) => (row.level ? 0 : 2),
      (row) => (resetLevel(row) ? 0 : 2),
    );
    this.#words(
      wired,
      IGROUPR,
      32,
      (row) => row.group ?? resetGroup(gic),
      () => resetGroup(gic),
    );
    for (const row of wired)
      if (row.priority !== 0) this.#write(row, 1, this.#frame(row) + IPRIORITYR + row.intid, row.priority);
    for (const row of wired) {
      if (row.cpu !== null || row.route === 0) continue;
      if (gic === 'v2') this.#write(row, 1, this.#header.dist + ITARGETSR + row.intid, row.route);
      else this.#write(row, 8, this.#header.dist + IROUTER + 8 * row.intid, row.route);
    }
    for (const row of wired) {
      if (row.enabled !== resetEnabled(row)) this.#bit(row, row.enabled ? ISENABLER : ICENABLER);
    }
    if (distributor.enabled) {
      const enable = gic === 'v2' ? 1 : 2;
      this.#sink.add(OpKind.Write, 0, 4, this.#header.dist, enable, 0, 0, distributor.enabledLine);
    }
    for (const row of wired) {
      if (row.level && row.lineLevel) this.#sink.add(OpKind.Line, row.cpu ?? 0, 0, row.intid, 1, 0, 0, row.line);
    }
    for (const row of wired) if (row.pendingLatch && !this.#hasSources(row)) this.#bit(row, ISPENDR);
    for (const row of wired) {
      if (!this.#hasSources(row)) continue;
      this.#write(row, 1, this.#header.dist + SPENDSGIR + row.intid, row.source);
      if (!row.pendingLatch) this.#bit(row, ICPENDR);
    }
    for (const row of wired) if (row.active) this.#bit(row, ISACTIVER);
    this.#lpis(rows, freed);
    this.#sink.add(OpKind.State, -1, 0, 0, 0, 0, 1, last, { state: this.#state(distributor, wired) });
  }

  #hasSources(row: VgicRow): boolean {
    return this.#header.gic === 'v2' && row.intid < 16 && row.source !== 0;
  }

  /** Frame with the registers of an interrupt: the distributor, or for a private one of GICv3 the redistributor's second page. */
  #frame(row: VgicRow): number {
    if (row.cpu === null || this.#header.gic === 'v2') return this.#header.dist;
    return this.#header.redist + 0x20000 * row.cpu + 0x10000;
  }

  #write(row: VgicRow, len: number, address: number, value: number): void {
    this.#sink.add(OpKind.Write, row.cpu ?? 0, len, address, value | 0, 0, 0, row.line);
  }

  /** Writes the bit of one interrupt to a set or clear register. */
  #bit(row: VgicRow, register: number): void {
    this.#write(row, 4, this.#frame(row) + register + 4 * (row.intid >>> 5), 1 << (row.intid & 31));
  }

  /** Registers that KVM writes by words only: one write for each that is not at reset, told from the first row that differs. */
  #words(
    rows: readonly VgicRow[],
    register: number,
    perWord: 16 | 32,
    field: (row: VgicRow) => number,
    reset: (row: VgicRow) => number,
  ): void {
    const width = 32 / perWord;
    for (let i = 0; i < rows.length;) {
      const first = rows[i];
      if (first === undefined) return;
      const word = Math.floor(first.intid / perWord);
      let value = 0;
      let differing: VgicRow | null = null;
      for (; i < rows.length; i++) {
        const row = rows[i];
        if (row === undefined || row.cpu !== first.cpu || Math.floor(row.intid / perWord) !== word) break;
        value |= field(row) << ((row.intid % perWord) * width);
        if (field(row) !== reset(row)) differing ??= row;
      }
      if (differing !== null) this.#write(differing, 4, this.#frame(differing) + register + 4 * word, value);
    }
  }

  #lpis(rows: readonly VgicRow[], freed: readonly FreedLpi[]): void {
    for (const row of rows) {
      if (row.intid < 1020) continue;
      const { line, intid, target, pendingLatch, active, enabled, hw, hwIntid, group, priority, queuedOn } = row;
      const raw = { op: 'lpi', intid, target, pendingLatch, active, enabled, hw, hwIntid, group, priority, queuedOn };
      this.#sink.add(OpKind.Other, -1, 0, 0, 0, 0, 0, line, { raw });
      this.#report.assume('LPIs are kept as records: no access can make them.');
    }
    for (const { line, intid } of freed) {
      this.#sink.add(OpKind.Other, -1, 0, 0, 0, 0, 0, line, { raw: { op: 'lpi', intid, freed: true } });
    }
  }

  /** The interrupts that differ from reset, with the names of the vectors' state records. */
  #state(distributor: VgicDistributor, rows: readonly VgicRow[]): StateRecord {
    return {
      op: 'state',
      distEnabled: distributor.enabled,
      irqs: rows.filter((row) => this.#differs(row)).map((row) => this.#irq(distributor, row)),
    };
  }

  #differs(row: VgicRow): boolean {
    const { gic } = this.#header;
    return (
      row.enabled !== resetEnabled(row) ||
      row.level !== resetLevel(row) ||
      (row.group ?? resetGroup(gic)) !== resetGroup(gic) ||
      (row.cpu === null && row.route !== 0) ||
      this.#hasSources(row) ||
      (row.lineLevel && row.level) ||
      [row.pendingLatch, row.active, row.priority !== 0, row.queuedOn !== null].includes(true)
    );
  }

  #irq(distributor: VgicDistributor, row: VgicRow): StateIrq {
    const { gic } = this.#header;
    const pending = row.pendingLatch || (row.level && row.lineLevel);
    const irq: Record<string, unknown> & { intid: number } = { intid: row.intid };
    irq['cpu'] = row.cpu;
    irq['enabled'] = row.enabled;
    irq['pending'] = pending;
    irq['pendingLatch'] = row.pendingLatch;
    // Of an edge interrupt the level is not state that an access or a wire could restore.
    if (row.level) irq['lineLevel'] = row.lineLevel;
    irq['active'] = row.active;
    irq['config'] = row.level ? 'level' : 'edge';
    irq['priority'] = row.priority;
    if (row.group !== null) irq['group'] = row.group;
    if (gic === 'v2') irq['targets'] = row.route;
    else if (row.cpu === null) irq['mpidr'] = `0x${row.route.toString(16).padStart(6, '0')}`;
    if (gic === 'v2' && row.intid < 16) irq['source'] = row.source;
    if (row.cpu === null) irq['targetCpu'] = row.target;
    const queues = row.active || (pending && row.enabled && distributor.enabled);
    // Queued though nothing asks for it: it will be pruned at the next exit, and no access leads there.
    if (queues === (row.queuedOn !== null)) irq['queuedOn'] = row.queuedOn;
    else this.#report.skip('VCPU_ID', 'queued for a reason that is gone, or about to be: not compared');
    if (row.hw) irq['hwIntid'] = row.hwIntid;
    return irq;
  }
}

/** Reset values of KVM's vgic: SGIs enabled and edge, PPIs level, SPIs edge; groups as of 4.20, 0 on v2 and 1 on v3. */
function resetEnabled(row: VgicRow): boolean {
  return row.intid < 16;
}

function resetLevel(row: VgicRow): boolean {
  return row.intid >= 16 && row.intid < 32;
}

function resetGroup(gic: 'v2' | 'v3'): number {
  return gic === 'v2' ? 0 : 1;
}
