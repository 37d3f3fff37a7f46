import { PRIVATE_IRQS } from '../../gic/config.ts';
import type { Controller } from '../../gic/controller.ts';
import { fieldValue } from '../../gic/inspect/decode.ts';
import { SHOWN_PROPERTIES } from '../../gic/inspect/irq-state.ts';
import { splitWords, type PlacedRegister, type RegisterMap } from '../../gic/inspect/register-map.ts';
import type { Device } from '../../gic/mmio/dispatcher.ts';
import type { FrameAccess, FrameRead } from './frame-access.ts';

/** Registers that never change: once read they stay known. */
const CONSTANT = /_(I?C?PIDR\d|CIDR\d|IIDR|TYPER2?)$/;

/** A register in a bank. */
export interface Wanted {
  readonly register: PlacedRegister;
  readonly vcpu: number;
}

/** A register that others' values are read from, too. */
class Source {
  readonly register: PlacedRegister;
  readonly isConstant: boolean;
  /** Of each bank: null where its value is the target's, otherwise why not. */
  readonly known: (string | null | undefined)[] = [];
  /** Of each bank: the latest list of what is missing that has it. */
  readonly listed: number[] = [];

  constructor(register: PlacedRegister) {
    this.register = register;
    this.isConstant = CONSTANT.test(register.name);
  }
}

/** Accesses read in one go: behind each such piece others get their turn. */
const PIECE = 512;
const NOT_READ = 'not read yet';

/**
 * Keeps a controller's state like that of a target: what was read is taken over, and what was not is known not to be.
 * Registers that change when they are read are never read.
 */
export class Shadow {
  readonly #controller: Controller;
  readonly #registers: RegisterMap;
  readonly #access: FrameAccess;
  /** What is known of each register, by the register its value is read from; null: nothing is read. */
  readonly #sources = new Map<PlacedRegister, Source | null>();
  /** Those of which something is known that may change. */
  readonly #changing = new Set<Source>();
  /** Number of the latest list of registers that are missing. */
  #list = 0;
  /** Registers of each frame, in all banks. */
  readonly #banks = new Map<Device, readonly Wanted[]>();
  /** Said of all that has not been read since. */
  #reason = NOT_READ;

  constructor(controller: Controller, registers: RegisterMap, access: FrameAccess) {
    this.#controller = controller;
    this.#registers = registers;
    this.#access = access;
  }

  /** The target has gone on, or was changed: nothing is known any more but what cannot change. */
  forget(reason = NOT_READ): void {
    this.#reason = reason;
    for (const source of this.#changing) source.known.fill(undefined);
    this.#changing.clear();
  }

  /** Why a register's value is not the target's now, or null. */
  unknown(register: PlacedRegister, vcpu: number): string | null {
    const bank = register.banked ? vcpu : 0;
    const source = this.#source(register);
    if (source === null) return null;
    const found = source.known[bank];
    return found === undefined ? this.#reason : found;
  }

  /** Whether a register can be had without waiting for a CPU to wake up. */
  isPrompt({ register, vcpu }: Wanted): boolean {
    return this.#access.isPrompt?.({ vcpu, isBanked: register.banked }) ?? true;
  }

  /** Why one of these registers is known in no bank, though it was to be read; null: of each there is something. */
  unread(wanted: readonly Wanted[]): string | null {
    const known = new Set(wanted.filter((one) => this.unknown(one.register, one.vcpu) === null).map(nameOf));
    const missing = wanted.find((one) => !known.has(nameOf(one)));
    return missing === undefined
      ? null
      : `${missing.register.name} could not be read: ${this.unknown(missing.register, missing.vcpu) ?? NOT_READ}`;
  }

  /** Registers of frames, in all banks. */
  ofFrames(ids: readonly string[], only: ReadonlySet<string> | null = null): Wanted[] {
    const devices = this.#registers.devices.filter(({ id }) => ids.includes(id));
    const all = ([] as Wanted[]).concat(...devices.map((device) => this.#allOf(device)));
    return only === null ? all : all.filter(({ register }) => only.has(register.name));
  }

  /** Registers of these names, arrays with or without index, in all banks. */
  named(names: readonly string[]): Wanted[] {
    const found = new Set<PlacedRegister>();
    for (const name of names) {
      for (const register of this.#registers.named(name)) found.add(register);
      const row = this.#registers.row(name);
      for (const device of row?.devices ?? []) {
        for (const one of this.#registers.registersOf(device)) if (one.row === row?.row) found.add(one);
      }
    }
    return [...found].flatMap((register) => this.#banksOf(register));
  }

  /** What the interrupts are in: all of them, or one INTID's share. */
  ofInterrupts(intid: number | null = null): Wanted[] {
    const all = this.ofFrames(this.#registers.devices.map(({ id }) => id));
    return all.filter(({ register: { row, firstIntid, intids } }) => {
      if (row.property === null || !SHOWN_PROPERTIES.has(row.property)) return false;
      return intid === null || (intid >= firstIntid && intid < firstIntid + intids);
    });
  }

  #allOf(device: Device): readonly Wanted[] {
    let all = this.#banks.get(device);
    if (all === undefined) {
      all = this.#registers.registersOf(device).flatMap((register) => this.#banksOf(register));
      this.#banks.set(device, all);
    }
    return all;
  }

  /** The register at an address, as a vCPU reaches it; null where there is none. */
  at(address: number, vcpu: number): Wanted | null {
    const located = this.#controller.frames.locate(address, 4);
    const found = located?.register;
    if (!located || !found) return null;
    const register = this.#registers
      .registersOf(located.device)
      .find((one) => one.row === found.row && one.nth === found.nth);
    return register ? { register, vcpu: located.device.owner < 0 ? vcpu : located.device.owner } : null;
  }

  #banksOf(register: PlacedRegister): Wanted[] {
    const { owner } = register.device;
    if (!register.banked) return [{ register, vcpu: Math.max(owner, 0) }];
    return Array.from({ length: this.#controller.config.cpus }, (_, vcpu) => ({ register, vcpu }));
  }

  /** The register a value is read from: a clear register shows what its set register does. Null: nothing is read. */
  #source(register: PlacedRegister): Source | null {
    let source = this.#sources.get(register);
    if (source === undefined) {
      const from = this.#sourceOf(register);
      source = from === register ? new Source(register) : from === null ? null : this.#source(from);
      this.#sources.set(register, source);
    }
    return source;
  }

  #sourceOf(register: PlacedRegister): PlacedRegister | null {
    const { row, firstIntid } = register;
    if (row.access === 'wo' || row.readEffect !== undefined || row.handlers?.load === undefined) return null;
    if (row.bank === 'shared-only' && firstIntid >= 0 && firstIntid < PRIVATE_IRQS) return null;
    if (row.access !== 'w1c' || row.counterpart === undefined) return register;
    const set = this.#registers.row(row.counterpart)?.row;
    return (
      this.#registers.registersOf(register.device).find((one) => one.row === set && one.nth === register.nth) ??
      register
    );
  }

  /**
   * Reads what of these is not known.
   * @param progress told the share that is done, 0 to 1; answers false to stop
   * @throws RspError where the connection is gone, or answers cannot be trusted: nothing of that piece is taken over
   */
  async bring(wanted: readonly Wanted[], progress: (done: number) => boolean = () => true): Promise<void> {
    const missing = this.#missing(wanted);
    // What another register's field may say is zero comes last: mostly, there is nothing left of it to be read.
    const judged = missing.filter(({ register }) => register.row.zeroWhile !== undefined);
    const others = missing.filter(({ register }) => register.row.zeroWhile === undefined);
    const free = judged.length === 0 ? others : this.#missing([...others, ...this.#judgesOf(judged)]);
    const total = free.length + judged.length;
    if (!(await this.#bringPieces(free, (done) => progress(done / total)))) return;
    const rest = this.#withoutZeros(judged);
    await this.#bringPieces(rest, (done) => progress((total - rest.length + done) / total));
  }

  /** @returns whether it was not stopped */
  async #bringPieces(wanted: readonly Wanted[], progress: (done: number) => boolean): Promise<boolean> {
    for (let at = 0; at < wanted.length; at += PIECE) {
      if (!progress(at)) return false;
      await this.#bringPiece(wanted.slice(at, at + PIECE));
    }
    return true;
  }

  /** Registers whose fields say whether these are zero. */
  #judgesOf(judged: readonly Wanted[]): Wanted[] {
    return this.named([...new Set(judged.map(({ register }) => register.row.zeroWhile?.register ?? ''))]);
  }

  /** What another register's field says is zero is not read. */
  #withoutZeros(judged: readonly Wanted[]): readonly Wanted[] {
    const verdicts = new Map<PlacedRegister['row'], boolean>();
    return judged.filter((one) => {
      const { row } = one.register;
      const isZero = verdicts.get(row) ?? this.#isZero(one);
      verdicts.set(row, isZero);
      if (isZero) this.#take(one, 0n);
      return !isZero;
    });
  }

  #isZero({ register: { row } }: Wanted): boolean {
    const judge = row.zeroWhile === undefined ? null : this.#registers.find(row.zeroWhile.register, 0);
    const field = judge?.row.fields.find(({ name }) => name === row.zeroWhile?.field);
    if (!judge || !field || this.unknown(judge, 0) !== null) return false;
    return fieldValue(this.#registers.value(judge, 0), field) !== 0n;
  }

  #missing(wanted: readonly Wanted[]): Wanted[] {
    const missing: Wanted[] = [];
    const list = ++this.#list;
    for (const { register, vcpu } of wanted) {
      const source = this.#source(register);
      if (source === null) continue;
      const bank = source.register.banked ? vcpu : 0;
      if (source.known[bank] === null || source.listed[bank] === list) continue;
      source.listed[bank] = list;
      missing.push({ register: source.register, vcpu });
    }
    return missing;
  }

  async #bringPiece(piece: readonly Wanted[]): Promise<void> {
    const values = await this.#access.read(
      piece.map(({ register, vcpu }): FrameRead => readOf(register, vcpu, 0, register.row.element)),
    );
    const halves: Wanted[] = [];
    piece.forEach((one, i) => {
      const value = values[i] ?? new Error('no answer');
      if (typeof value === 'bigint') this.#take(one, value);
      else if (one.register.row.element === 8) halves.push(one);
      else this.#mark(one, value.message);
    });
    if (halves.length > 0) await this.#bringHalves(halves);
  }

  /** Not every bus takes eight bytes at once. */
  async #bringHalves(piece: readonly Wanted[]): Promise<void> {
    const values = await this.#access.read(
      piece.flatMap(({ register, vcpu }) => [readOf(register, vcpu, 0, 4), readOf(register, vcpu, 4, 4)]),
    );
    piece.forEach((one, i) => {
      const low = values[2 * i];
      const high = values[2 * i + 1];
      if (typeof low === 'bigint' && typeof high === 'bigint') this.#take(one, (high << 32n) | low);
      else this.#mark(one, (low instanceof Error ? low : (high as Error)).message);
    });
  }

  #take(one: Wanted, value: bigint): void {
    const { register, vcpu } = one;
    const { lo, hi } = splitWords(value);
    register.row.handlers?.load?.(this.#controller.state, vcpu, register.offset - register.row.offset, lo, hi);
    this.#mark(one, null);
  }

  #mark({ register, vcpu }: Wanted, why: string | null): void {
    const source = this.#source(register);
    if (source === null) return;
    source.known[register.banked ? vcpu : 0] = why;
    if (!source.isConstant) this.#changing.add(source);
  }

  /** An edit has changed these: the next look reads them again. */
  forgetSome(wanted: readonly Wanted[]): void {
    for (const { register } of wanted) {
      const source = this.#source(register);
      if (source !== null) source.known.fill(undefined);
    }
  }
}

function readOf({ address, banked }: PlacedRegister, vcpu: number, offset: 0 | 4, width: 4 | 8): FrameRead {
  return { vcpu, isBanked: banked, address: address + offset, width };
}

/** The frames of CPUs have registers of the same names. */
function nameOf({ register }: Wanted): string {
  return register.name;
}
