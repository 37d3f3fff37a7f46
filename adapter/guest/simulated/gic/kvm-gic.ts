import { Controller } from '../../../gic/controller.ts';
import type { GicConfig } from '../../../gic/config.ts';
import { ALL_VCPUS, type VcpuControl } from '../../../gic/delivery/delivery.ts';
import type { Inputs } from '../../../gic/physical/inputs.ts';
import type { Profile } from '../../../gic/profiles/profile.ts';
import { VCPU_USED_LRS } from '../../../gic/state/layout.ts';
import { GicvFrame } from '../../../gic/virtual/gicv-frame.ts';
import { icvRegisters, type IcvRegister } from '../../../gic/virtual/icv-registers.ts';
import { Signal, VirtualInterface } from '../../../gic/virtual/virtual-interface.ts';
import { encode } from '../core/system-registers.ts';
import type { CpuRegister, GuestGic } from './guest-gic.ts';

/** System registers that raise SGIs: which of them there are is the profile's to say. */
const SGI_REGISTERS = [
  { name: 'ICC_SGI1R', encoding: encode(3, 0, 12, 11, 5) },
  { name: 'ICC_ASGI1R', encoding: encode(3, 0, 12, 11, 6) },
  { name: 'ICC_SGI0R', encoding: encode(3, 0, 12, 11, 7) },
];

/**
 * The interrupt controller of a simulated guest, as KVM runs it. While a vCPU is in the guest its list registers are
 * loaded and its CPU interface is the hardware's, over them. Whatever else happens is an exit: list registers are
 * folded, the access or wire goes through the controller, queues are pruned, list registers are populated again.
 */
export class KvmGic implements GuestGic, VcpuControl {
  readonly controller: Controller;
  readonly #virtual: VirtualInterface;
  readonly #cpuFrame: GicvFrame | null;
  readonly #system: ReadonlyMap<number, CpuRegister>;
  /** Base and end of the GICv2 CPU interface frame; -1 on GICv3. */
  readonly #cpuBase: number;
  readonly #cpuEnd: number;
  /** 1 while the list registers of a vCPU are loaded. */
  readonly #loaded: Uint8Array;
  /** 1 where a vCPU has been told to leave the guest and come back. */
  readonly #kicked: Uint8Array;
  readonly #signals: Uint8Array;
  /** 1 for vCPUs that are powered down: they never enter the guest. */
  readonly #off: Uint8Array;

  /**
   * @throws GicConfigError, FrameMapError for a machine that cannot be
   */
  constructor(config: GicConfig, profile: Profile) {
    this.controller = new Controller(config, profile, this);
    const { state } = this.controller;
    this.#virtual = new VirtualInterface(state);
    const v2 = config.gic === 'v2';
    this.#cpuFrame = v2 ? new GicvFrame(state, this.#virtual, profile.v2.cpuInterface) : null;
    this.#cpuBase = v2 ? config.bases.cpuif : -1;
    this.#cpuEnd = v2 ? config.bases.cpuif + profile.v2.cpuInterface.size : -1;
    const registers = v2
      ? []
      : [...icvRegisters(state, this.#virtual).map((one) => this.#registerOf(one)), ...this.#sgiRegisters()];
    this.#system = new Map(registers.map((one) => [one.encoding, one]));
    this.#loaded = new Uint8Array(config.cpus);
    this.#kicked = new Uint8Array(config.cpus).fill(1);
    this.#signals = new Uint8Array(config.cpus);
    this.#off = new Uint8Array(config.cpus);
    this.#settle();
  }

  /** Of `Signal`, whose values are those of the inputs. */
  inputs(vcpu: number): Inputs {
    return this.#signals[vcpu] as Signal;
  }

  wakes(vcpu: number): boolean {
    return this.#signals[vcpu] !== Signal.None || this.controller.delivery.waiting(vcpu);
  }

  /** A vCPU that is down holds nothing in its list registers. */
  setPower(vcpu: number, on: boolean): void {
    this.#off[vcpu] = on ? 0 : 1;
    if (!on) this.#leave(vcpu);
    this.#signals[vcpu] = Signal.None;
    this.#settle();
  }

  read(vcpu: number, address: number, length: number): number {
    if (this.#cpuFrame !== null && address >= this.#cpuBase && address < this.#cpuEnd) {
      this.controller.state.hi = 0;
      const value = this.#cpuFrame.read(vcpu, address - this.#cpuBase, length);
      this.#afterVirtual(vcpu);
      return value;
    }
    this.#leave(vcpu);
    const value = this.controller.read(vcpu, address, length);
    const { hi } = this.controller.state;
    this.#settle();
    this.controller.state.hi = hi;
    return value;
  }

  write(vcpu: number, address: number, length: number, lo: number, hi: number): void {
    if (this.#cpuFrame !== null && address >= this.#cpuBase && address < this.#cpuEnd) {
      this.#cpuFrame.write(vcpu, address - this.#cpuBase, length, lo);
      this.#afterVirtual(vcpu);
      return;
    }
    this.#leave(vcpu);
    this.controller.write(vcpu, address, length, lo, hi);
    this.#settle();
  }

  systemRegister(encoding: number): CpuRegister | undefined {
    return this.#system.get(encoding);
  }

  systemRegisters(): Iterable<CpuRegister> {
    return this.#system.values();
  }

  line(intid: number, vcpu: number, level: boolean): void {
    this.controller.line(intid, vcpu, level);
    this.#settle();
  }

  /** With every vCPU out of the guest. */
  outside<T>(change: () => T): T {
    this.halt(ALL_VCPUS);
    try {
      return change();
    } finally {
      this.#kicked.fill(1);
      this.#settle();
    }
  }

  /** With every vCPU out of the guest: an interrupt in a list register shows as pending or active. */
  show(view: Controller): void {
    const { state } = view;
    state.copyFrom(this.controller.state);
    for (let vcpu = 0; vcpu < this.#loaded.length; vcpu++) {
      const word = state.vcpuWord(vcpu, VCPU_USED_LRS);
      const used = state.get(word);
      if (used === 0) continue;
      view.sync(vcpu);
      state.put(word, used);
    }
  }

  kick(vcpu: number): void {
    this.#kicked[vcpu] = 1;
  }

  halt(vcpu: number): void {
    if (vcpu !== ALL_VCPUS) this.#leave(vcpu);
    else for (let each = 0; each < this.#loaded.length; each++) this.#leave(each);
  }

  resume(): void {
    // Whoever has left the guest enters it again as things settle.
  }

  #registerOf({ name, encoding, read, write }: IcvRegister): CpuRegister {
    return {
      name,
      encoding,
      read:
        read === null
          ? null
          : (vcpu) => {
              const value = read(vcpu);
              this.#afterVirtual(vcpu);
              return value;
            },
      // Nobody asks the list registers what acknowledging would answer.
      peek: name.startsWith('ICC_IAR') ? null : read,
      write:
        write === null
          ? null
          : (vcpu, lo) => {
              write(vcpu, lo);
              this.#afterVirtual(vcpu);
            },
    };
  }

  /** Writing one leaves the guest. */
  #sgiRegisters(): CpuRegister[] {
    const { controller } = this;
    return SGI_REGISTERS.flatMap(({ name, encoding }) => {
      const groups = controller.profile.sgiRegisters[name];
      if (groups === undefined) return [];
      const write = (vcpu: number, lo: number, hi: number): void => {
        this.#leave(vcpu);
        controller.sgi(vcpu, lo, hi, groups);
        this.#settle();
      };
      return [{ name: `${name}_EL1`, encoding, read: null, peek: null, write }];
    });
  }

  /** Folds the list registers of a vCPU, if they are loaded. */
  #leave(vcpu: number): void {
    if (this.#loaded[vcpu] === 0) return;
    this.#loaded[vcpu] = 0;
    this.controller.sync(vcpu);
  }

  /** Brings every vCPU that was kicked or has left back into the guest. */
  #settle(): void {
    const count = this.#loaded.length;
    // Leaving can move an interrupt to another vCPU, and kick that one.
    for (let left = true; left;) {
      left = false;
      for (let vcpu = 0; vcpu < count; vcpu++) {
        if (this.#kicked[vcpu] === 0 || this.#loaded[vcpu] === 0) continue;
        this.#leave(vcpu);
        left = true;
      }
    }
    for (let vcpu = 0; vcpu < count; vcpu++) {
      if (this.#loaded[vcpu] === 1 || this.#off[vcpu] === 1) continue;
      this.#kicked[vcpu] = 0;
      this.#loaded[vcpu] = 1;
      this.controller.flush(vcpu);
      this.#signals[vcpu] = this.#virtual.signal(vcpu);
    }
  }

  #afterVirtual(vcpu: number): void {
    if (this.#virtual.maintenance(vcpu)) {
      this.#leave(vcpu);
      this.#settle();
    } else this.#signals[vcpu] = this.#virtual.signal(vcpu);
  }
}
