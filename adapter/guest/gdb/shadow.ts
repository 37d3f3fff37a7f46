import { PRIVATE_IRQS } from '../../gic/config.ts';
import type { Controller } from '../../gic/controller.ts';
import { fieldValue } from '../../gic/inspect/decode.ts';
import { splitWords, type PlacedRegister, type RegisterMap } from '../../gic/inspect/register-map.ts';
import type { IrqProperty } from '../../gic/registers/row.ts';
import type { FrameAccess, FrameRead } from './frame-access.ts';

/** Registers that never change: once read they stay known. */
const CONSTANT = /_(I?C?PIDR\d|CIDR\d|IIDR|TYPER2?)$/;

/** What of interrupts the table of all of them shows. */
const SHOWN: ReadonlySet<IrqProperty> = new Set([
  'enabled',
  'pending',
  'active',
  'group',
  'priority',
  'config',
  'target',
  'route',
  'source',
]);

/** A register in a bank. */
export interface Wanted {
  readonly register: PlacedRegister;
  readonly vcpu: number;
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
  /** By register, of each bank: null where its value is the target's, otherwise why not. */
  readonly #known = new Map<PlacedRegister, (string | null | undefined)[]>();
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
    for (const register of this.#known.keys()) if (!CONSTANT.test(register.name)) this.#known.delete(register);
  }

  /** Why a register's value is not the target's now, or null. */
  unknown(register: PlacedRegister, vcpu: number): string | null {
    const bank = register.banked ? vcpu : 0;
    const source = this.#source(register);
    if (source === null) return null;
    const found = this.#known.get(source)?.[bank];
    return found === undefined ? this.#reason : found;
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
    return this.#registers.devices
      .filter(({ id }) => ids.includes(id))
      .flatMap((device) => this.#registers.registersOf(device))
      .filter(({ name }) => only === null || only.has(name))
      .flatMap((register) => this.#banksOf(register));
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
    return this.#registers.devices
      .flatMap((device) => this.#registers.registersOf(device))
      .filter(({ row, firstIntid, intids }) => {
        if (row.property === null || !SHOWN.has(row.property)) return false;
        return intid === null || (intid >= firstIntid && intid < firstIntid + intids);
      })
      .flatMap((register) => this.#banksOf(register));
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
  #source(register: PlacedRegister): PlacedRegister | null {
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
    const missing = await this.#withoutZeros(this.#missing(wanted));
    for (let at = 0; at < missing.length; at += PIECE) {
      if (!progress(at / missing.length)) return;
      await this.#bringPiece(missing.slice(at, at + PIECE));
    }
  }

  /** What another register's field says is zero is not read. */
  async #withoutZeros(missing: readonly Wanted[]): Promise<readonly Wanted[]> {
    const rules = new Set(missing.map(({ register }) => register.row.zeroWhile).filter((rule) => rule !== undefined));
    if (rules.size === 0) return missing;
    const judges = this.named([...rules].map(({ register }) => register));
    await this.#bringPiece(this.#missing(judges));
    const rest: Wanted[] = [];
    for (const one of missing) {
      if (this.#isZero(one)) this.#take(one, 0n);
      else if (this.unknown(one.register, one.vcpu) !== null) rest.push(one);
    }
    return rest;
  }

  #isZero({ register: { row } }: Wanted): boolean {
    const judge = row.zeroWhile === undefined ? null : this.#registers.find(row.zeroWhile.register, 0);
    const field = judge?.row.fields.find(({ name }) => name === row.zeroWhile?.field);
    if (!judge || !field || this.unknown(judge, 0) !== null) return false;
    return fieldValue(this.#registers.value(judge, 0), field) !== 0n;
  }

  #missing(wanted: readonly Wanted[]): Wanted[] {
    const missing: Wanted[] = [];
    const seen = new Map<PlacedRegister, Set<number>>();
    for (const { register, vcpu } of wanted) {
      const source = this.#source(register);
      if (source === null) continue;
      const bank = source.banked ? vcpu : 0;
      if (this.#known.get(source)?.[bank] === null) continue;
      const banks = seen.get(source);
      if (banks?.has(bank) === true) continue;
      if (banks === undefined) seen.set(source, new Set([bank]));
      else banks.add(bank);
      missing.push({ register: source, vcpu });
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
    const bank = register.banked ? vcpu : 0;
    const banks = this.#known.get(register);
    if (banks === undefined) this.#known.set(register, Object.assign([], { [bank]: why }));
    else banks[bank] = why;
  }

  /** An edit has changed these: the next look reads them again. */
  forgetSome(wanted: readonly Wanted[]): void {
    for (const { register } of wanted) {
      const source = this.#source(register);
      if (source !== null) this.#known.delete(source);
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
