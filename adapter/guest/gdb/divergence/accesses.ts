import type { Controller } from '../../../gic/controller.ts';
import { intidsOf } from '../../../gic/inspect/decode.ts';
import type { RegisterRow } from '../../../gic/registers/row.ts';
import type { SeenAccesses } from '../seen-accesses.ts';
import type { PartingAccess } from './finding.ts';
import type { Pair } from './twin.ts';

/** An access seen since the model was loaded. */
export interface SeenAccess {
  /** Its place in time. */
  readonly entry: number;
  readonly vcpu: number;
  readonly address: number;
  readonly length: number;
  readonly write: boolean;
}

/** Registers by which interrupts become active, end, and are sent. */
const COURSE = /^GICC_(A?IAR|A?EOIR|DIR)$|^GICD_(SGIR|[CS]PENDSGIR)$/;

/** The accesses since the model was loaded, for the question which of them a register's value depends on. */
export class Accesses {
  readonly #controller: Controller;
  readonly #seen: SeenAccesses;
  #all: SeenAccess[] = [];

  constructor(controller: Controller, seen: SeenAccesses) {
    this.#controller = controller;
    this.#seen = seen;
  }

  begin(): void {
    this.#all = [];
  }

  add(access: SeenAccess): void {
    this.#all.push(access);
  }

  get latest(): PartingAccess | null {
    const last = this.#all.at(-1);
    return last === undefined ? null : this.#described(last);
  }

  /** The last access that some bits of a register depend on; null: none was seen. */
  parting(pair: Pair, bits: bigint): PartingAccess | null {
    const found = this.#all.findLast((access) => this.#concerns(access, pair, bits));
    return found === undefined ? null : this.#described(found);
  }

  #described({ entry }: SeenAccess): PartingAccess {
    return { entry, text: this.#seen.operation(entry).text };
  }

  #concerns({ address, length, vcpu, write }: SeenAccess, { own, wanted, rule }: Pair, bits: bigint): boolean {
    const located = this.#controller.frames.locate(address, length);
    const found = located?.register ?? null;
    if (located === null || found === null) return false;
    const { row } = found;
    if (!write && row.readEffect === undefined) return false;
    if (rule.kind === 'follows') return true;
    if (rule.kind !== 'kept' && COURSE.test(row.name)) return true;
    if (own.device.owner >= 0 && located.device.id !== own.device.id) return false;
    if (own.banked && wanted.vcpu !== vcpu) return false;
    if (!isAbout(row, own.row, rule.kind === 'pending')) return false;
    if (own.row.bitsPerIrq === 0) return row.name === own.row.name && found.nth === own.nth;
    const { first, count } = intidsOf(located, length);
    const width = BigInt(own.row.bitsPerIrq);
    const one = (1n << width) - 1n;
    for (let i = 0; i < own.intids; i++) {
      if (((bits >> (BigInt(i) * width)) & one) === 0n) continue;
      if (own.firstIntid + i >= first && own.firstIntid + i < first + count) return true;
    }
    return false;
  }
}

/** Whether what one row's registers hold is changed through another's: of a pair that sets and clears, through both. */
function isAbout(written: RegisterRow, held: RegisterRow, isPending: boolean): boolean {
  if (written.name === held.name) return true;
  if (held.property === null) return false;
  if (written.property === held.property) return true;
  // A trigger says what pending means, and a new target takes it along.
  return isPending && (written.property === 'config' || written.property === 'target');
}
