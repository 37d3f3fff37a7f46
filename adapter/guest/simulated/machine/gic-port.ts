import { VIRT_MAP } from '../board/virt.ts';
import type { Core } from '../core/core.ts';
import type { GuestGic } from '../gic/guest-gic.ts';
import { GicAccess } from './access.ts';
import type { MachineStop } from '../../machine-guest.ts';

/** Who hears of accesses. The object is the port's: whoever keeps it copies it. */
export interface AccessListener {
  /** One is about to be made. */
  accessing(access: GicAccess): void;
  /** It has been made. */
  accessed(access: GicAccess): void;
}

/**
 * Where a guest's accesses reach its interrupt controller: the frames, and the system registers of the CPU interface. An
 * access can be stopped before; going on, it is made.
 */
export class GicPort {
  /** The access that is made, or was last. */
  readonly access = new GicAccess();
  readonly #core: Core;
  readonly #gic: GuestGic;
  readonly #listener: AccessListener;
  readonly #v2: boolean;
  readonly #end: number;
  #before: ((access: GicAccess) => boolean) | null = null;
  /** The vCPU that stopped before an access, and where: that one is made. */
  #stopped: { readonly vcpu: number; readonly pc: bigint } | null = null;

  constructor(core: Core, gic: GuestGic, listener: AccessListener) {
    this.#core = core;
    this.#gic = gic;
    this.#listener = listener;
    this.#v2 = gic.controller.config.gic === 'v2';
    const last = this.#v2 ? VIRT_MAP.cpuInterface : VIRT_MAP.redistributors;
    this.#end = last.base + last.size;
  }

  /** Tells the core which system registers are answered here. */
  open(): void {
    if (this.#v2) return;
    this.#core.announceGicRegisters();
    for (const { encoding } of this.#gic.systemRegisters()) this.#core.exitOn(encoding);
  }

  /** What is asked before each access: true stops there. Null: nothing. */
  stopBefore(predicate: ((access: GicAccess) => boolean) | null): void {
    this.#before = predicate;
  }

  /** Whether an address belongs to the controller's frames. */
  has(address: number): boolean {
    const { distributor, redistributors } = VIRT_MAP;
    if (address < distributor.base || address >= this.#end) return false;
    return this.#v2 || address < distributor.base + distributor.size || address >= redistributors.base;
  }

  /** A load or store that left the core. @returns a stop before it; null: it is made */
  memory(vcpu: number, address: number, size: number): MachineStop | null {
    const stop = this.#begin(vcpu, address, -1, size);
    if (stop) return stop;
    const { access } = this;
    this.#listener.accessing(access);
    if (access.write) this.#gic.write(vcpu, address, size, access.low, access.high);
    else {
      access.low = this.#gic.read(vcpu, address, size);
      access.high = size === 8 ? this.#gic.controller.state.hi : 0;
    }
    this.#finish();
    return null;
  }

  /** An MRS or MSR that left the core; one that names nothing is undefined. @returns a stop before it */
  register(vcpu: number, encoding: number): MachineStop | null {
    const core = this.#core;
    const register = this.#gic.systemRegister(encoding);
    if (!(core.exitWrites ? register?.write : register?.read)) {
      core.answerUndefined();
      return null;
    }
    const stop = this.#begin(vcpu, -1, encoding, 8);
    if (stop) return stop;
    const { access } = this;
    this.#listener.accessing(access);
    if (access.write) register?.write?.(vcpu, access.low, access.high);
    else access.low = register?.read?.(vcpu) ?? 0;
    this.#finish();
    return null;
  }

  /** Says what access is about to be made, and asks whether to stop before it. */
  #begin(vcpu: number, address: number, encoding: number, size: number): MachineStop | null {
    const core = this.#core;
    const { access } = this;
    access.vcpu = vcpu;
    access.pc = core.pc(vcpu);
    access.write = core.exitWrites;
    access.address = address;
    access.encoding = encoding;
    access.size = size;
    access.low = access.write ? core.exitLow : 0;
    access.high = access.write ? core.exitHigh : 0;
    const stopped = this.#stopped;
    if (stopped?.vcpu === vcpu) {
      this.#stopped = null;
      if (stopped.pc === access.pc) return null;
    }
    // The second access of a pair follows the first: one that is made cannot be made again.
    if (core.begun || this.#before?.(access) !== true) return null;
    this.#stopped = { vcpu, pc: access.pc };
    return { kind: 'access', vcpu };
  }

  #finish(): void {
    const { access } = this;
    this.#core.answer(access.low, access.high);
    this.#listener.accessed(access);
  }
}
