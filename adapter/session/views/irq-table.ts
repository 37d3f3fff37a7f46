import { IRQ_WORDS, IrqSnapshot, slotExists } from '../../gic/inspect/irq-state.ts';
import { PRIVATE_IRQS, SGIS } from '../../gic/config.ts';
import type { GicState } from '../../gic/state/state.ts';
import type { Guest } from '../../guest/guest.ts';
import type { IrqRow, IrqsResponse, IrqType } from '../../protocol.ts';
import { RequestError } from '../request-error.ts';
import type { References } from './references.ts';
import { unknownInterrupts, unknownNow } from './unknown-interrupts.ts';

const NONE = 0xffff;

/** The interrupt table: all rows, or those that changed since a version. */
export class IrqTable {
  readonly #guest: Guest;
  readonly #state: GicState;
  readonly #references: References;
  readonly #now: IrqSnapshot;
  /** What was answered last, and as it was at the previous stop. */
  readonly #last: IrqSnapshot;
  readonly #previous: IrqSnapshot;
  /** Version at which each slot's row was first seen as it is now; and whether it shows as changed. */
  readonly #changedAt: Float64Array;
  readonly #changed: Uint8Array;
  /** Why rows are not known, by slot. */
  #unknown: ReadonlyMap<number, string> = new Map();

  constructor(guest: Guest, references: References) {
    const { state } = guest.controller;
    this.#guest = guest;
    this.#state = state;
    this.#references = references;
    this.#now = new IrqSnapshot(state);
    this.#last = new IrqSnapshot(state);
    this.#previous = new IrqSnapshot(state);
    this.#changedAt = new Float64Array(state.at.slots);
    this.#changed = new Uint8Array(state.at.slots);
    this.#last.take(state);
  }

  /**
   * @param since answer what changed after this version; everything where it is not a version seen so far
   * @throws RequestError where not one interrupt is known
   */
  read(version: number, since: number | undefined): IrqsResponse {
    this.#refresh(version);
    const full = since === undefined || since < 1 || since > version;
    const rows: IrqRow[] = [];
    for (let slot = 0; slot < this.#state.at.slots; slot++) {
      if (!slotExists(this.#state, slot)) break;
      if (full || (this.#changedAt[slot] as number) > since) rows.push(this.#row(slot));
    }
    return { version, full, rows };
  }

  /** Notes which rows are not what they were. */
  #refresh(version: number): void {
    const now = this.#now.words;
    const last = this.#last.words;
    const previous = this.#previous.words;
    this.#now.take(this.#state);
    const unknown = unknownNow(this.#guest);
    const wasUnknown = this.#wereUnknown();
    this.#previous.take(this.#references.previous);
    for (let slot = 0; slot < this.#state.at.slots; slot++) {
      const base = slot * IRQ_WORDS;
      const isCompared = !unknown.has(slot) && !wasUnknown.has(slot);
      const changed = isCompared && !sameRow(now, previous, base) ? 1 : 0;
      const isSame = changed === this.#changed[slot] && unknown.get(slot) === this.#unknown.get(slot);
      if (isSame && sameRow(now, last, base)) continue;
      this.#changed[slot] = changed;
      this.#changedAt[slot] = version;
    }
    last.set(now);
    this.#unknown = unknown;
    const [why] = unknown.values();
    if (why !== undefined && unknown.size === this.#count) {
      throw new RequestError(`no interrupt can be read: ${why}`);
    }
  }

  /** Interrupts there are: private ones count for each vCPU. */
  get #count(): number {
    const { cpus, spis } = this.#state.config;
    return cpus * PRIVATE_IRQS + spis;
  }

  /** Interrupts that were not read at the previous stop. */
  #wereUnknown(): ReadonlyMap<number, string> {
    return unknownInterrupts(this.#guest, (register, vcpu) =>
      this.#references.wasKnown(register, vcpu) ? null : 'not read',
    );
  }

  #row(slot: number): IrqRow {
    const { words } = this.#now;
    const base = slot * IRQ_WORDS;
    const flags = words[base] as number;
    const place = words[base + 1] as number;
    const queue = words[base + 2] as number;
    const intid = this.#state.intid(slot);
    const owner = this.#state.owner(slot);
    const pending = (flags & 2) !== 0;
    const active = (flags & 16) !== 0;
    const unavailable = this.#unknown.get(slot);
    if (unavailable !== undefined) return unknownRow(intid, owner, unavailable);
    return {
      intid,
      type: typeOf(intid),
      vcpu: owner < 0 ? null : owner,
      enabled: (flags & 1) !== 0,
      pending,
      active,
      softPending: (flags & 4) !== 0,
      line: (flags & 8) !== 0,
      trigger: (flags & 32) !== 0 ? 'edge' : 'level',
      priority: (flags >> 8) & 0xff,
      group: (flags & 64) !== 0 ? 1 : 0,
      target: orNull(place & 0xffff),
      route: intid < PRIVATE_IRQS ? null : `0x${((words[base + 3] as number) >>> 0).toString(16)}`,
      queuedOn: orNull(place >>> 16),
      queueIndex: orNull(queue & 0xffff),
      listRegister: orNull(queue >>> 16),
      sources: (flags >> 16) & 0xff,
      state: pending ? (active ? 'pending+active' : 'pending') : active ? 'active' : 'idle',
      changed: this.#changed[slot] === 1,
    };
  }
}

/** A row without any of its values: those of an earlier stop are no longer true. */
function unknownRow(intid: number, owner: number, unavailable: string): IrqRow {
  return {
    intid,
    type: typeOf(intid),
    vcpu: owner < 0 ? null : owner,
    unavailable,
    enabled: false,
    pending: false,
    active: false,
    softPending: false,
    line: false,
    trigger: 'level',
    priority: 0,
    group: 0,
    target: null,
    route: null,
    queuedOn: null,
    queueIndex: null,
    listRegister: null,
    sources: 0,
    state: 'idle',
    changed: false,
  };
}

function sameRow(a: Int32Array, b: Int32Array, base: number): boolean {
  for (let i = base; i < base + IRQ_WORDS; i++) if (a[i] !== b[i]) return false;
  return true;
}

function orNull(number: number): number | null {
  return number === NONE ? null : number;
}

function typeOf(intid: number): IrqType {
  if (intid < SGIS) return 'SGI';
  return intid < PRIVATE_IRQS ? 'PPI' : 'SPI';
}
