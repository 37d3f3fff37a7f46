import type { Controller } from '../../../gic/controller.ts';
import type { EditStep } from '../../../gic/edit/step.ts';
import type { PlacedRegister } from '../../../gic/inspect/register-map.ts';
import type { EditModel } from '../../guest.ts';
import type { InterfaceRegisters } from '../borrow/interface-registers.ts';
import { Lock } from '../lock.ts';
import type { PendingAccess, Seen, SeenAccesses } from '../seen-accesses.ts';
import { Accesses } from './accesses.ts';
import type { Finding } from './finding.ts';
import { modelShape, whyNoModel, type KnownOfTarget } from './shape.ts';
import { Sight } from './sight.ts';
import { Twin, type Mismatch, type Observed, type Pair } from './twin.ts';

/** Findings kept: the latest. */
const MOST_FINDINGS = 200;

const NOT_WATCHED = 'Not watched: nothing is compared.';
const LOADED = 'The model was loaded from the target: compared from the next stop.';

export interface DivergenceParts extends Observed {
  /** Holds what was read of the target. */
  readonly controller: Controller;
  readonly seen: SeenAccesses;
  readonly interfaceRegisters: InterfaceRegisters | null;
  readonly known: KnownOfTarget;
}

/**
 * Where the target and a model of its controller differ. While somebody watches, the model is loaded from the target at
 * each stop, stepped with the accesses seen, and compared at the next one.
 */
export class Divergence {
  readonly #parts: DivergenceParts;
  readonly #watchers = new Set<string>();
  readonly #sight = new Sight();
  readonly #accesses: Accesses;
  /** Whoever sets the target going waits for the look that is under way. */
  readonly #lock = new Lock();
  #twin: Twin | null = null;
  #findings: Finding[] = [];
  #count = 0;
  #firstNew = 1;
  #note = NOT_WATCHED;
  /** The model holds what the target had, or what became of it by what was seen. */
  #isLoaded = false;
  /** The target was looked at where it stands. */
  #isFresh = false;

  constructor(parts: DivergenceParts) {
    this.#parts = parts;
    this.#accesses = new Accesses(parts.controller, parts.seen);
  }

  /** Why there is no model, or null. */
  get unavailable(): string | null {
    return whyNoModel(this.#parts.known);
  }

  /** Name of the model's profile; null before there is one. */
  get profile(): string | null {
    return this.#twin?.controller.profile.name ?? null;
  }

  /** What the last look was able to tell, a sentence. */
  get note(): string {
    return this.unavailable ?? this.#note;
  }

  /** The latest, in the order they were found. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Id of the first finding of this stop, and of the way to it. */
  get firstNew(): number {
    return this.#firstNew;
  }

  /** Findings ever made. */
  get count(): number {
    return this.#count;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0 && this.unavailable === null;
  }

  clear(): void {
    this.#findings = [];
  }

  /** Somebody begins or ceases to look at each stop. */
  watch(who: string, on: boolean): void {
    const before = this.#watchers.size;
    if (on) this.#watchers.add(who);
    else this.#watchers.delete(who);
    if (before > 0 && this.#watchers.size > 0) return;
    this.#isLoaded = false;
    this.#isFresh = false;
    this.#note = NOT_WATCHED;
  }

  /**
   * The target stands: compares, and loads the model. Once a stop.
   * @throws RspError where the connection is gone, or answers cannot be trusted
   */
  look(): Promise<void> {
    return this.#lock.run(() => this.#look());
  }

  async #look(): Promise<void> {
    if (!this.isWatched || this.#isFresh) return;
    const twin = await this.#made();
    await this.#parts.shadow.bring(twin.wanted);
    if (this.#isLoaded) this.#tell(twin, twin.compare(this.#sight));
    else this.#note = LOADED;
    twin.load(this.#isLoaded && this.#sight.unwatched === null);
    for (const mismatch of twin.compareFollowing()) this.#report(mismatch);
    this.#sight.begin();
    this.#accesses.begin();
    this.#isLoaded = true;
    this.#isFresh = true;
  }

  /** The target goes on, or was changed: what is known of it is no longer so. */
  moved(): void {
    this.#isFresh = false;
  }

  /** Somebody sets the target going: what is found from now on is news. */
  depart(): void {
    this.#firstNew = this.#count + 1;
  }

  /** All CPUs run. @param whole all accesses to frames stop them */
  ran(whole: boolean): void {
    if (!whole) this.#sight.missed('The target ran unwatched');
    this.#sight.ran();
    if (this.#parts.interfaceRegisters !== null) this.#sight.missedInterface();
  }

  /** Accesses may have been missed. */
  missed(why: string): void {
    this.#sight.missed(why);
  }

  /** A CPU made something of its interface that is no access to a frame. */
  missedInterface(): void {
    this.#sight.missedInterface();
  }

  /** An access was stepped: its parts are the last entries. */
  accessed({ vcpu, elements }: PendingAccess, seen: readonly Seen[]): void {
    const twin = this.#twin;
    if (twin === null || !this.#isLoaded) return;
    const first = this.#parts.seen.position - elements.length;
    elements.forEach(({ address, size, write }, i) => {
      const value = seen[i]?.value ?? null;
      this.#accesses.add({ entry: first + i, vcpu, address, length: size, write });
      if (!write) {
        const answer = twin.read(vcpu, address, size, value);
        if (answer !== null && this.#sight.interface) this.#answered(vcpu, address, answer);
      } else if (value !== null) twin.write(vcpu, address, size, value);
      else this.#sight.missed('What an access wrote is not known');
    });
  }

  /** A model on which edits are tried; null: there is none, the registers as they were read will do. */
  get model(): EditModel | null {
    const twin = this.#twin;
    if (twin === null) return null;
    // Between looks it holds what was read since the last one.
    if (!this.isWatched) twin.load(false);
    return twin;
  }

  /** Makes the model, where there can be one: edits may be tried on it. @throws RspError where the connection is gone */
  async prepare(): Promise<void> {
    if (this.unavailable !== null) return;
    await this.#made();
    await this.look();
  }

  /** Before an edit's accesses: the model has what they may concern. @throws RspError where the connection is gone */
  async beforeEdit(steps: readonly EditStep[]): Promise<void> {
    if (this.unavailable !== null) return;
    const twin = await this.#made();
    if (this.isWatched) {
      await this.look();
      return;
    }
    await this.#parts.shadow.bring(this.#around(twin, steps).map(({ wanted }) => wanted));
    twin.load(false);
    this.#sight.begin();
    this.#accesses.begin();
    this.#isLoaded = true;
  }

  /** An edit's accesses were made: it is the last entry. */
  edited(steps: readonly EditStep[]): void {
    const twin = this.#twin;
    if (twin === null || !this.#isLoaded) return;
    const entry = this.#parts.seen.position - 1;
    for (const { vcpu, address, length, value } of steps) {
      this.#accesses.add({ entry, vcpu, address, length, write: true });
      twin.write(vcpu, address, length, value);
    }
  }

  /** What the target made of an edit was read back. @throws RspError where the connection is gone */
  async afterEdit(steps: readonly EditStep[]): Promise<void> {
    const twin = this.#twin;
    if (twin === null || !this.#isLoaded) return;
    if (this.isWatched) {
      await this.look();
      return;
    }
    const concerned = this.#around(twin, steps);
    await this.#parts.shadow.bring(concerned.map(({ wanted }) => wanted));
    for (const mismatch of twin.compare(this.#sight, new Set(concerned))) this.#report(mismatch);
    this.#isLoaded = false;
  }

  #around(twin: Twin, steps: readonly EditStep[]): Pair[] {
    return [...new Set(steps.flatMap(({ address, vcpu }) => twin.around(address, vcpu)))];
  }

  #tell(twin: Twin, mismatches: readonly Mismatch[]): void {
    const { unwatched } = this.#sight;
    if (unwatched !== null) {
      this.#note = `${unwatched}: compared again from the next stop.`;
      return;
    }
    for (const mismatch of mismatches) this.#report(mismatch);
    const compared = twin.pairs.filter(({ isLoaded }) => isLoaded).length;
    // On the way to a stop there may have been several looks.
    const differ = this.#count - this.#firstNew + 1;
    const agree = differ === 0 ? 'all agree' : `${differ} ${differ === 1 ? 'differs' : 'differ'}`;
    this.#note = `Compared ${compared} registers with profile ${twin.controller.profile.name}: ${agree}.`;
  }

  #report({ pair, model, target, bits }: Mismatch): void {
    const { register, vcpu } = pair.wanted;
    const access = this.#accesses.parting(pair, bits);
    this.#add({ register, vcpu: bankOf(register, vcpu), model, target, bits, access });
  }

  #answered(vcpu: number, address: number, { model, target }: { model: bigint; target: bigint }): void {
    const wanted = this.#parts.shadow.at(address, vcpu);
    if (wanted === null) return;
    const { register } = wanted;
    const access = this.#accesses.latest;
    this.#add({ register, vcpu: bankOf(register, vcpu), model, target, bits: model ^ target, access });
  }

  #add(finding: Omit<Finding, 'id' | 'position'>): void {
    this.#count++;
    this.#findings.push({ ...finding, id: this.#count, position: this.#parts.seen.position });
    if (this.#findings.length > MOST_FINDINGS) this.#findings.shift();
  }

  async #made(): Promise<Twin> {
    if (this.#twin !== null) return this.#twin;
    const { shadow, registers, controller, known, interfaceRegisters } = this.#parts;
    await shadow.bring(shadow.named(['GICD_TYPER', 'GICR_TYPER']));
    const typer = registers.find('GICD_TYPER', 0);
    const isRead = typer !== null && shadow.unknown(typer, 0) === null;
    const control = interfaceRegisters?.value(0, 'ICC_CTLR_EL1');
    const shape = modelShape(controller.config, known, {
      typer: isRead ? Number(registers.value(typer, 0)) : null,
      interfaceControl: typeof control === 'bigint' ? Number(control) : null,
    });
    this.#twin = new Twin(shape, this.#parts);
    return this.#twin;
  }
}

/** The bank of a register, or whose frame it is in; null: all CPUs share it. */
function bankOf({ banked, device }: PlacedRegister, vcpu: number): number | null {
  if (device.owner >= 0) return device.owner;
  return banked ? vcpu : null;
}
