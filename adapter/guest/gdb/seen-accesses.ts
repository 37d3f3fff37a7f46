import type { Controller } from '../../gic/controller.ts';
import type { EditStep } from '../../gic/edit/step.ts';
import { splitWords } from '../../gic/inspect/register-map.ts';
import { describeCpuAccess, describeEntry, lastAccessOf, outcomeOfEntry } from '../describe-entry.ts';
import { Outcome, type Operation } from '../guest.ts';
import { EntryKind, History } from '../history.ts';
import type { MemoryAccess } from './a64/decode.ts';
import type { FrameElement } from './observed-access.ts';

/** The access a vCPU stands before. */
export interface PendingAccess {
  readonly vcpu: number;
  readonly pc: bigint;
  readonly access: MemoryAccess;
  /** Its parts that reach frames: one at least. */
  readonly elements: readonly FrameElement[];
}

/** What making a part of an access showed. */
export interface Seen {
  /** Null: it cannot be told. */
  readonly value: bigint | null;
  /** The register before and behind it; null: it cannot be read. */
  readonly before: bigint | null;
  readonly after: bigint | null;
}

/** Entries remembered. */
const REMEMBERED = 10_000;

/** A target's time as far as it was seen: accesses that were stepped to, edits, and the access a vCPU stands before. */
export class SeenAccesses {
  readonly #controller: Controller;
  readonly #history = new History(REMEMBERED);
  /** What an access changed, by entry. */
  readonly #remarks = new Map<number, string>();
  /** Entries whose value could not be told. */
  readonly #valueless = new Set<number>();
  pending: PendingAccess | null = null;

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  get position(): number {
    return this.#history.count;
  }

  get first(): number {
    return this.#history.first;
  }

  get total(): number {
    return this.#history.count + (this.pending === null ? 0 : 1);
  }

  /** An access has been made: each of its parts is an entry. */
  record({ vcpu, pc, elements }: PendingAccess, seen: readonly Seen[]): void {
    elements.forEach(({ address, size, write }, i) => {
      const { value = null, before = null, after = null } = seen[i] ?? {};
      const entry = this.#history.count;
      this.#history.push(write ? EntryKind.Write : EntryKind.Read, vcpu, pc, address, size, 0);
      if (value === null) this.#valueless.add(entry);
      else {
        const { lo, hi } = splitWords(value);
        this.#history.settle(lo, hi);
      }
      if (before !== null && after !== null && before !== after) {
        this.#remarks.set(entry, `was 0x${before.toString(16)}, is 0x${after.toString(16)}`);
      }
      this.#remarks.delete(entry - REMEMBERED);
      this.#valueless.delete(entry - REMEMBERED);
    });
  }

  recordEdit(steps: readonly EditStep[], text: string): void {
    this.#history.pushEdit({ steps, text }, 0);
  }

  /** @throws RangeError where there is no such entry */
  operation(index: number): Operation {
    if (index < this.first || index >= this.total) {
      throw new RangeError(`there is no entry ${String(index)} of ${String(this.total)}`);
    }
    const history = this.#history;
    if (index === history.count) return this.#describePending(index, this.pending as PendingAccess);
    const told = describeEntry(this.#controller, history, index, systemName);
    if (!this.#valueless.has(index) || told.vcpu === null || told.address === null) return told;
    const access = { vcpu: told.vcpu, place: told.address, isSystemRegister: false, value: null };
    const write = history.kind(index) === EntryKind.Write;
    return { ...told, ...describeCpuAccess(this.#controller, { ...access, write, size: told.length }, systemName) };
  }

  #describePending(index: number, { vcpu, pc, access, elements }: PendingAccess): Operation {
    const { address, size, write, value } = elements[0] as FrameElement;
    const told = { vcpu, place: address, isSystemRegister: false, write, size, value };
    const described = describeCpuAccess(this.#controller, told, systemName);
    return { ...described, index, origin: 'guest', line: null, note: access.mnemonic, pc };
  }

  outcome(index: number): Outcome {
    if (index >= this.position) return Outcome.Ahead;
    // Whether an acknowledge was spurious is in its value.
    if (this.#valueless.has(index)) return Outcome.Unpredicted;
    return this.#history.outcome(index, (one) => outcomeOfEntry(this.#controller, this.#history, one, systemName));
  }

  remark(index: number): string | null {
    return this.#remarks.get(index) ?? (this.#valueless.has(index) ? 'its value is not known' : null);
  }

  lastEntryOf(vcpu: number, index: number): number {
    return lastAccessOf(this.#history, vcpu, index);
  }
}

/** System registers are not seen from outside: none is in the history. */
function systemName(encoding: number): string {
  return `system register ${encoding}`;
}
