import { checkConfig, type GicConfig } from './config.ts';
import { Delivery, type VcpuControl } from './delivery/delivery.ts';
import { softwareGeneratedV3, type SgiGroups } from './delivery/sgi.ts';
import { driveLine, EINVAL, setWireLevels, wireLevels, WIRES } from './delivery/wires.ts';
import { Dispatcher, type Device, type Located } from './mmio/dispatcher.ts';
import { RegionTable } from './mmio/region-table.ts';
import { Physical, restingContext } from './physical/physical.ts';
import type { Profile } from './profiles/profile.ts';
import { REDISTRIBUTOR_STRIDE, SGI_FRAME_OFFSET } from './registers/gicr.ts';
import type { FrameTable, View } from './registers/row.ts';
import { VCPU_USED_LRS } from './state/layout.ts';
import { GicState } from './state/state.ts';

/**
 * A Generic Interrupt Controller: its state, the frames at their addresses, the wires, and what entry to and exit
 * from a guest do with the list registers. One of the methods below is behind every change of its state.
 */
export class Controller {
  readonly config: GicConfig;
  readonly profile: Profile;
  readonly state: GicState;
  readonly delivery: Delivery;
  /** What a guest's accesses meet. */
  readonly bus: Dispatcher;
  /** All frames, the GICv2 CPU interface included, answering as they answer a guest: for looking at them. */
  readonly frames: Dispatcher;
  /** What user space meets through the KVM device: on GICv2 the CPU interface too. */
  readonly user: Dispatcher;
  /** What Non-secure software's accesses meet, with two security states; else the same as `bus`. */
  readonly nonSecure: Dispatcher;
  /** CPU inputs and system registers, where the CPUs' interfaces are part of the controller; else null. */
  readonly physical: Physical | null;

  /**
   * @throws GicConfigError for an impossible configuration
   * @throws FrameMapError for overlapping frames
   */
  constructor(config: GicConfig, profile: Profile, control: VcpuControl | null = null) {
    checkConfig(config);
    this.config = config;
    this.profile = profile;
    this.state = new GicState(config, profile);
    this.delivery = new Delivery(this.state, profile.delivery, control);
    this.physical = profile.policy === undefined ? null : new Physical(this.state, profile.policy);
    const onBus = this.#devices('guest');
    this.bus = new Dispatcher(this.delivery, this.physical === null ? onBus.shared : onBus.all);
    this.frames = this.physical === null ? new Dispatcher(this.delivery, onBus.all) : this.bus;
    this.user = new Dispatcher(this.delivery, this.#devices('user').all);
    const twoStates = this.physical !== null && config.hardware?.securityStates === 2;
    this.nonSecure = twoStates ? new Dispatcher(this.delivery, this.#devices('nonSecure').all) : this.bus;
  }

  /** The frames as somebody sees them: those on every bus, and with the CPU interfaces of a GICv2. */
  #devices(view: View): { shared: [Device, ...Device[]]; all: [Device, ...Device[]] } {
    const map = new DeviceMap(this.state, view);
    const shared = busDevices(map, this.config, this.profile);
    return { shared, all: [...shared, ...cpuInterfaces(map, this.config, this.profile)] };
  }

  /** A guest's load: int32 low word; the upper word of 8 bytes is in `state.hi`. */
  read(vcpu: number, address: number, length: number): number {
    return this.bus.read(vcpu, address, length);
  }

  /** A guest's store. */
  write(vcpu: number, address: number, length: number, lo: number, hi = 0): void {
    this.bus.write(vcpu, address, length, lo, hi);
  }

  /** User space's write through the KVM device: 0, or EINVAL where it is refused and nothing changes. */
  userWrite(vcpu: number, address: number, length: number, lo: number, hi = 0): number {
    if (!this.user.accepts(vcpu, address, length, lo)) return EINVAL;
    this.user.write(vcpu, address, length, lo, hi);
    return 0;
  }

  /** LEVEL_INFO of the KVM device: the wires of the 32 interrupts from INTID `first` on. */
  wireLevels(first: number, vcpu: number): number {
    return wireLevels(this.delivery, first, vcpu);
  }

  /** Drives them all; 0, or EINVAL where `first` is no multiple of 32. */
  setWireLevels(first: number, vcpu: number, levels: number): number {
    if (first % WIRES !== 0) return EINVAL;
    setWireLevels(this.delivery, first, vcpu, levels);
    return 0;
  }

  /** Drives a wire; 0, or EINVAL where there is none. */
  line(intid: number, vcpu: number, level: boolean): number {
    return driveLine(this.delivery, intid, vcpu, level, this.physical);
  }

  /** A write of ICC_SGI1R_EL1, or of ICC_SGI0R_EL1 or ICC_ASGI1R_EL1, which raise group 0 alone (v3). */
  sgi(vcpu: number, lo: number, hi: number, groups: SgiGroups = 'either'): void {
    const register = this.physical?.register(groups === 'either' ? 'ICC_SGI1R_EL1' : 'ICC_SGI0R_EL1');
    if (register?.write) register.write(vcpu, lo, hi, restingContext(this.config));
    else softwareGeneratedV3(this.delivery, vcpu, lo, hi, groups);
  }

  /** Populates the list registers of `vcpu`, as entry to the guest does. Answers how many are used. */
  flush(vcpu: number): number {
    return this.profile.listRegisters.flush(this.delivery, vcpu);
  }

  /** What the guest left in a list register. */
  putListRegister(vcpu: number, lr: number, lo: number, hi: number): void {
    this.state.put(this.state.lrWord(vcpu, lr), lo);
    this.state.put(this.state.lrWord(vcpu, lr) + 1, hi);
  }

  /** Folds the list registers of `vcpu` back and prunes its queue, as exit from the guest does: none is used then. */
  sync(vcpu: number): void {
    this.profile.listRegisters.fold(this.delivery, vcpu);
    this.state.put(this.state.vcpuWord(vcpu, VCPU_USED_LRS), 0);
    this.delivery.prune(vcpu);
  }

  /** Where an access goes, seen by a guest, or by user space, which finds the GICv2 CPU interface too. */
  locate(address: number, length: number, view: View = 'guest'): Located | null {
    return (view === 'guest' ? this.bus : this.frames).locate(address, length);
  }
}

/** Places frames in the address map; the redistributors of all vCPUs share their compiled tables. */
class DeviceMap {
  readonly #state: GicState;
  readonly #compiled = new Map<FrameTable, RegionTable>();

  readonly #view: View;

  constructor(state: GicState, view: View) {
    this.#state = state;
    this.#view = view;
  }

  device(id: string, frame: FrameTable, base: number, owner = -1, title = frame.title): Device {
    let regions = this.#compiled.get(frame);
    if (regions === undefined) {
      regions = new RegionTable(frame, this.#state, this.#view);
      this.#compiled.set(frame, regions);
    }
    return { id, title, base, size: frame.size, end: base + frame.size, regions, owner };
  }
}

function cpuInterfaces(map: DeviceMap, config: GicConfig, profile: Profile): Device[] {
  if (config.gic !== 'v2') return [];
  const { cpuInterface, hypervisor, virtualInterface } = profile.v2;
  const { cpuif, gich, gicv } = config.bases;
  const devices = [map.device('GICC', cpuInterface, cpuif)];
  if (hypervisor !== undefined && gich !== undefined) devices.push(map.device('GICH', hypervisor, gich));
  if (virtualInterface !== undefined && gicv !== undefined) devices.push(map.device('GICV', virtualInterface, gicv));
  return devices;
}

function busDevices(map: DeviceMap, config: GicConfig, profile: Profile): [Device, ...Device[]] {
  const { bases, cpus } = config;
  if (config.gic === 'v2') return [map.device('GICD', profile.v2.distributor, bases.dist)];
  const devices: [Device, ...Device[]] = [map.device('GICD', profile.v3.distributor, bases.dist)];
  if (bases.its !== undefined) devices.push(map.device('GITS', profile.v3.its, bases.its));
  for (let vcpu = 0; vcpu < cpus; vcpu++) {
    const base = bases.redists?.[vcpu] ?? bases.redist + vcpu * REDISTRIBUTOR_STRIDE;
    const name = `GICR${String(vcpu)}`;
    const title = `Redistributor of vCPU ${String(vcpu)}`;
    devices.push(map.device(`${name}.RD`, profile.v3.redistributor, base, vcpu, `${title}, RD frame`));
    devices.push(map.device(`${name}.SGI`, profile.v3.sgiFrame, base + SGI_FRAME_OFFSET, vcpu, `${title}, SGI frame`));
  }
  return devices;
}
