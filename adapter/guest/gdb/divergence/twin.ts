import { Controller } from '../../../gic/controller.ts';
import { RegisterMap, splitWords, type PlacedRegister } from '../../../gic/inspect/register-map.ts';
import { isLoaded, loadRegister, noGuesses, settleLoaded, type Guesses } from '../../../gic/physical/load.ts';
import type { Shadow, Wanted } from '../shadow.ts';
import { ruleOf, type Rule } from './rules.ts';
import type { ModelShape } from './shape.ts';
import type { Sight } from './sight.ts';
import { agree } from './acknowledge.ts';

/** Where what was read of the target is. */
export interface Observed {
  readonly registers: RegisterMap;
  readonly shadow: Shadow;
}

/** A register of the target, and the model's. */
export interface Pair {
  readonly wanted: Wanted;
  readonly own: PlacedRegister;
  readonly rule: Rule;
  /** The model holds what was read, or what became of it since. */
  isLoaded: boolean;
  /** It was read before the last load: its CPU sleeps since. */
  isStale: boolean;
}

/** A register that is not what the model says. */
export interface Mismatch {
  readonly pair: Pair;
  readonly model: bigint;
  readonly target: bigint;
  readonly bits: bigint;
}

/** A read whose answer was not the model's. */
export interface Answer {
  readonly model: bigint;
  readonly target: bigint;
}

/**
 * A controller that predicts what the target's does: loaded with what was read there, stepped with the accesses seen,
 * and compared with what is read next.
 */
export class Twin {
  readonly controller: Controller;
  readonly registers: RegisterMap;
  readonly pairs: readonly Pair[];
  readonly #observed: Observed;
  readonly #guesses: Guesses;
  /** Which interrupts were pending by a latch when it was loaded, whatever their wires were. */
  readonly #latchedAtLoad: Int32Array;

  constructor({ config, profile, implementation }: ModelShape, observed: Observed) {
    this.controller = new Controller(config, profile);
    this.registers = new RegisterMap(this.controller);
    this.#observed = observed;
    this.#guesses = noGuesses(this.controller.state);
    this.#latchedAtLoad = new Int32Array(this.controller.state.at.planeWords);
    const frames = this.registers.devices.map(({ id }) => id);
    this.pairs = observed.shadow.ofFrames(frames).flatMap((wanted): Pair[] => {
      const { register } = wanted;
      if (register.row.bank === 'shared-only' && register.firstIntid < 32 && register.firstIntid >= 0) return [];
      const own = this.registers.named(register.name).find(({ device }) => device.id === register.device.id);
      const rule = own === undefined ? null : ruleOf(own, implementation);
      return own === undefined || rule === null ? [] : [{ wanted, own, rule, isLoaded: false, isStale: false }];
    });
  }

  /** Whether it has a register of that name that does something. */
  has(name: string): boolean {
    return this.registers.named(name).some(({ implemented }) => implemented);
  }

  /** What can be read of the target without waiting. */
  get wanted(): Wanted[] {
    const { shadow } = this.#observed;
    return this.pairs.filter(({ wanted }) => shadow.isPrompt(wanted)).map(({ wanted }) => wanted);
  }

  /**
   * Takes over what is known of the target. What is not is forgotten, unless all accesses were seen.
   * @param wasWatched all accesses to frames since the last time
   */
  load(wasWatched: boolean): void {
    const { state } = this.controller;
    for (const pair of this.pairs) {
      const value = this.#targets(pair);
      pair.isStale = value === null;
      pair.isLoaded = value !== null || (wasWatched && pair.isLoaded);
      if (value === null || !isLoaded(pair.own.row)) continue;
      const { lo, hi } = splitWords(value);
      const { own, wanted } = pair;
      loadRegister(this.controller, own.row, wanted.vcpu, own.offset - own.row.offset, lo, hi);
    }
    settleLoaded(this.controller, this.#guesses, wasWatched);
    this.#latchedAtLoad.set(state.words.subarray(state.at.soft, state.at.soft + state.at.planeWords));
  }

  write(vcpu: number, address: number, length: number, value: bigint): void {
    const { lo, hi } = splitWords(value);
    this.controller.write(vcpu, address, length, lo, hi);
  }

  /**
   * A read that changes something: an acknowledge.
   * @param answered by the target; null: not known
   * @returns both answers where they differ, though no wire could explain it
   */
  read(vcpu: number, address: number, length: number, answered: bigint | null): Answer | null {
    const { controller } = this;
    const located = controller.frames.locate(address, length);
    if (located === null) return null;
    const acknowledges = located.register?.row.readEffect !== undefined;
    if (acknowledges && answered !== null)
      agree(controller, located.device, vcpu, located.offset, Number(answered & 0x3ffn));
    const lo = controller.read(vcpu, address, length);
    const model = BigInt.asUintN(Math.min(length, 4) * 8, BigInt(lo));
    return acknowledges && answered !== null && model !== answered && !this.#isGuessing
      ? { model, target: answered }
      : null;
  }

  /** What must be as the model says, and is not. @param only these; absent: all */
  compare(sight: Sight, only: ReadonlySet<Pair> | null = null): Mismatch[] {
    const found: Mismatch[] = [];
    for (const pair of this.pairs) {
      if (!pair.isLoaded || pair.rule.kind === 'follows' || only?.has(pair) === false) continue;
      this.#compare(pair, (model, target) => this.#mayDiffer(pair, model, target, sight), found);
    }
    return found;
  }

  /** What has to follow from the registers that were loaded, and does not. */
  compareFollowing(): Mismatch[] {
    const found: Mismatch[] = [];
    if (this.#isGuessing || this.pairs.some((pair) => !pair.isLoaded || pair.isStale)) return found;
    for (const pair of this.pairs) if (pair.rule.kind === 'follows') this.#compare(pair, () => -1n, found);
    return found;
  }

  /** Pairs that an access to an address may concern: the register's own, and others of the same interrupts. */
  around(address: number, vcpu: number): Pair[] {
    const located = this.controller.frames.locate(address, 1);
    const found = located?.register ?? null;
    if (located === null || found === null) return [];
    const { row, nth } = found;
    const hit = this.registers.registersOf(located.device).find((one) => one.row === row && one.nth === nth);
    if (hit === undefined) return [];
    const bank = located.device.owner < 0 ? vcpu : located.device.owner;
    return this.pairs.filter(({ own, wanted }) => {
      if (own.device !== located.device && own.name !== 'GICD_CTLR') return false;
      if (own.banked && wanted.vcpu !== bank) return false;
      return own === hit || own.name === 'GICD_CTLR' || (hit.intids > 0 && own.intids > 0 && overlap(own, hit));
    });
  }

  #compare(pair: Pair, filter: (model: bigint, target: bigint) => bigint, found: Mismatch[]): void {
    const target = this.#targets(pair);
    if (target === null) return;
    const model = this.registers.value(pair.own, pair.wanted.vcpu);
    let bits = (model ^ target) & pair.rule.mask;
    if (bits !== 0n) bits &= filter(model, target);
    if (bits !== 0n) found.push({ pair, model, target, bits });
  }

  /** Bits that must agree, by what was seen. */
  #mayDiffer({ own, wanted, rule, isStale }: Pair, model: bigint, target: bigint, sight: Sight): bigint {
    // While a CPU slept, its interrupts came and went unread.
    if (sight.unwatched !== null || (isStale && rule.kind !== 'kept')) return 0n;
    switch (rule.kind) {
      case 'kept':
        return -1n;
      case 'senders':
      case 'interface':
        return sight.interface ? -1n : 0n;
      case 'active':
        return sight.interface ? unsigned(~(this.#guesses.active[this.#word(own, wanted.vcpu)] ?? 0)) : 0n;
      case 'pending':
        return this.#pendingThatMatters(own, wanted.vcpu, model, target, sight);
      case 'follows':
        return 0n;
    }
  }

  /**
   * A wire may have risen, or fallen where an interrupt is level-sensitive. What an access latched or unlatched is
   * certain, as long as no CPU took it unseen; and nothing latches it again while devices stand still.
   */
  #pendingThatMatters(own: PlacedRegister, vcpu: number, model: bigint, target: bigint, sight: Sight): bigint {
    const { state } = this.controller;
    const word = this.#word(own, vcpu);
    const latched = state.get(state.at.soft + word) & ~(this.#guesses.latch[word] ?? 0);
    const cleared = (this.#latchedAtLoad[word] ?? 0) & state.get(state.at.edge + word);
    const vanished = sight.interface ? model & ~target & unsigned(latched) : 0n;
    const appeared = sight.still ? target & ~model & unsigned(cleared) : 0n;
    return vanished | appeared;
  }

  #word(own: PlacedRegister, vcpu: number): number {
    return this.controller.state.planeWord(own.firstIntid, vcpu);
  }

  /** Of some SPI it is not known for which CPUs it is pending or active. */
  get #isGuessing(): boolean {
    return this.#guesses.latch.some((bits) => bits !== 0) || this.#guesses.active.some((bits) => bits !== 0);
  }

  #targets({ wanted }: Pair): bigint | null {
    const { shadow, registers } = this.#observed;
    if (shadow.unknown(wanted.register, wanted.vcpu) !== null) return null;
    return registers.value(wanted.register, wanted.vcpu);
  }
}

function overlap(a: PlacedRegister, b: PlacedRegister): boolean {
  return a.firstIntid < b.firstIntid + b.intids && b.firstIntid < a.firstIntid + a.intids;
}

function unsigned(word: number): bigint {
  return BigInt(word >>> 0);
}
