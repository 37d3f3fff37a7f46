import type { Controller } from '../controller.ts';
import type { Device } from '../mmio/dispatcher.ts';
import { registerCount, registerName, type RegisterRow } from '../registers/row.ts';
import type { GicState } from '../state/state.ts';

/** One register at its place: a row of a device's table, and which one of its array. */
export interface PlacedRegister {
  readonly name: string;
  readonly device: Device;
  readonly row: RegisterRow;
  readonly nth: number;
  /** Bytes from the frame's base. */
  readonly offset: number;
  /** Guest physical address. */
  readonly address: number;
  /** 4 or 8. */
  readonly bytes: number;
  /** True where each vCPU sees a copy of its own at this one address. */
  readonly banked: boolean;
  /** False: a hole in this profile. */
  readonly implemented: boolean;
  /** First INTID it holds, -1 where it holds none. */
  readonly firstIntid: number;
  /** INTIDs it holds, those beyond the last one not counted. */
  readonly intids: number;
}

/** All registers of a controller, by frame and by name; reads that disturb nothing. */
export class RegisterMap {
  readonly #controller: Controller;
  readonly #byDevice = new Map<string, readonly PlacedRegister[]>();
  /** By upper-case name: one, or one a redistributor. */
  readonly #byName = new Map<string, PlacedRegister[]>();
  readonly #rows = new Map<string, { row: RegisterRow; devices: Device[] }>();

  constructor(controller: Controller) {
    this.#controller = controller;
    for (const device of controller.frames.devices) {
      const registers = placeAll(device, controller);
      this.#byDevice.set(device.id, registers);
      for (const one of registers) push(this.#byName, one.name.toUpperCase(), one);
      for (const row of device.regions.frame.rows) {
        const known = this.#rows.get(row.name);
        if (known === undefined) this.#rows.set(row.name, { row, devices: [device] });
        else known.devices.push(device);
      }
    }
  }

  /** Frames in address order: user space's view, which on GICv2 has the CPU interface too. */
  get devices(): readonly Device[] {
    return this.#controller.frames.devices;
  }

  registersOf(device: Device): readonly PlacedRegister[] {
    return this.#byDevice.get(device.id) ?? [];
  }

  /** Registers of a name, in any case: several where each redistributor has one. */
  named(name: string): readonly PlacedRegister[] {
    return this.#byName.get(name.toUpperCase()) ?? [];
  }

  /** The register of a name that `vcpu` uses: its own redistributor's, where each has one. */
  find(name: string, vcpu: number): PlacedRegister | null {
    const all = this.named(name);
    return all.find((one) => one.device.owner === vcpu) ?? all.find((one) => one.device.owner < 0) ?? null;
  }

  /** Names of all rows, arrays without index. */
  get rowNames(): IterableIterator<string> {
    return this.#rows.keys();
  }

  /** Names of all registers, indices included. */
  *registerNames(): IterableIterator<string> {
    for (const [, placed] of this.#byName) if (placed[0] !== undefined) yield placed[0].name;
  }

  /** A row by its name without index ("GICD_ISENABLER"), in any case, and the devices that have it. */
  row(name: string): { readonly row: RegisterRow; readonly devices: readonly Device[] } | null {
    const exact = this.#rows.get(name);
    if (exact !== undefined) return exact;
    const upper = name.toUpperCase();
    for (const [key, value] of this.#rows) if (key.toUpperCase() === upper) return value;
    return null;
  }

  /**
   * A register's value in `state`, read without side effect: the low word; the upper one is in `state.hi`.
   * @param vcpu whose bank; without meaning where the register is not banked
   */
  peek(register: PlacedRegister, vcpu: number, state: GicState = this.#controller.state): number {
    const owner = register.device.owner;
    return register.device.regions.read(state, owner < 0 ? vcpu : owner, register.offset, register.bytes);
  }

  /** The same, as one number. */
  value(register: PlacedRegister, vcpu: number, state: GicState = this.#controller.state): bigint {
    const lo = this.peek(register, vcpu, state);
    return joinWords(lo, register.bytes === 8 ? state.hi : 0);
  }
}

/** The 64-bit number of two words. */
export function joinWords(lo: number, hi: number): bigint {
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

/** Lower and upper word of a number, as int32. */
export function splitWords(value: bigint): { lo: number; hi: number } {
  return { lo: Number(BigInt.asIntN(32, value)), hi: Number(BigInt.asIntN(32, value >> 32n)) };
}

function placeAll(device: Device, controller: Controller): PlacedRegister[] {
  const placed: PlacedRegister[] = [];
  for (const row of device.regions.frame.rows) {
    const count = row.handlers === undefined ? registerCount(row) : usedCount(row, controller);
    for (let nth = 0; nth < count; nth++) placed.push(place(device, row, nth, controller));
  }
  return placed;
}

function place(device: Device, row: RegisterRow, nth: number, controller: Controller): PlacedRegister {
  const perRegister = row.bitsPerIrq === 0 ? 0 : (row.element * 8) / row.bitsPerIrq;
  const firstIntid = perRegister === 0 ? -1 : nth * perRegister;
  const limit = controller.config.spis + 32;
  const offset = row.offset + nth * row.element;
  return {
    name: registerName(row, nth),
    device,
    row,
    nth,
    offset,
    address: device.base + offset,
    bytes: row.element,
    banked:
      device.owner < 0 &&
      controller.config.cpus > 1 &&
      (row.bank === 'each' || (row.bank === 'private' && firstIntid < 32)),
    implemented: row.handlers !== undefined,
    firstIntid,
    intids: perRegister === 0 ? 0 : Math.min(perRegister, limit - firstIntid),
  };
}

/** Registers of an array that belong to INTIDs or list registers that exist. */
function usedCount(row: RegisterRow, controller: Controller): number {
  const total = registerCount(row);
  if (row.listRegisters !== undefined) return Math.min(total, Math.ceil(controller.config.lrs / row.listRegisters));
  if (row.bitsPerIrq === 0) return total;
  if (row.bank === 'frame' || row.bank === 'each') return total;
  const perRegister = (row.element * 8) / row.bitsPerIrq;
  return Math.min(total, Math.ceil((controller.config.spis + 32) / perRegister));
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
