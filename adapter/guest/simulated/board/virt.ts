/** A window of guest physical addresses. */
export interface Window {
  readonly base: number;
  /** Bytes. */
  readonly size: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** The memory map of QEMU's `virt` machine, so that guests built for it boot here. */
export const VIRT_MAP = {
  /** Two banks of NOR flash: firmware runs from the first, the second keeps its variables. */
  flash0: { base: 0, size: 64 * MIB },
  flash1: { base: 64 * MIB, size: 64 * MIB },
  distributor: { base: 0x0800_0000, size: 64 * KIB },
  /** GICv2 only. */
  cpuInterface: { base: 0x0801_0000, size: 64 * KIB },
  /** GICv3 only: room for 123 redistributors of 128 KB. */
  redistributors: { base: 0x080a_0000, size: 0xf6_0000 },
  uart: { base: 0x0900_0000, size: 4 * KIB },
  rtc: { base: 0x0901_0000, size: 4 * KIB },
  fwCfg: { base: 0x0902_0000, size: 0x18 },
  gpio: { base: 0x0903_0000, size: 4 * KIB },
  /** The first of VIRTIO_SLOTS. */
  virtio: { base: 0x0a00_0000, size: 0x200 },
  pcieMemory: { base: 0x1000_0000, size: 0x2eff_0000 },
  pcieIo: { base: 0x3eff_0000, size: 64 * KIB },
  pcieConfiguration: { base: 0x40_1000_0000, size: 256 * MIB },
  /** 64-bit memory window of the PCI host bridge. */
  pcieHighMemory: { base: 0x80_0000_0000, size: 512 * GIB },
} as const satisfies Record<string, Window>;

export const RAM_BASE = 0x4000_0000;
export const MIN_RAM = 16 * MIB;
export const MAX_RAM = 2 * GIB;
export const MAX_VCPUS = 8;
export const VIRTIO_SLOTS = 32;

/** INTIDs of the devices: SPIs, which start at 32. All levels but virtio's, whose lines are edges. */
export const VIRT_INTID = {
  uart: 33,
  rtc: 34,
  /** Legacy interrupts A to D of PCI: 35 to 38. */
  pcie: 35,
  gpio: 39,
  /** The first of VIRTIO_SLOTS. */
  virtio: 48,
} as const;

/** SPIs of the machine: INTIDs 32 to 287. */
export const VIRT_SPIS = 256;

/** Pin of the GPIO that is the power button. */
export const POWER_BUTTON_PIN = 3;

export interface VirtConfig {
  readonly gic: 'v2' | 'v3';
  /** 1 to MAX_VCPUS. */
  readonly vcpus: number;
  /** Bytes of RAM: MIN_RAM to MAX_RAM, whole megabytes. */
  readonly memory: number;
}

/** A machine that cannot be built: says which value and why. */
export class VirtConfigError extends Error {
  override readonly name = 'VirtConfigError';
}

/** @throws VirtConfigError naming the value out of range */
export function checkVirtConfig(config: VirtConfig): void {
  const { vcpus, memory } = config;
  if (!Number.isInteger(vcpus) || vcpus < 1 || vcpus > MAX_VCPUS) {
    throw new VirtConfigError(`${vcpus} vCPUs: this machine has 1 to ${MAX_VCPUS}`);
  }
  if (!Number.isInteger(memory / MIB) || memory < MIN_RAM || memory > MAX_RAM) {
    throw new VirtConfigError(
      `${memory} bytes (${memory / MIB} MB) of memory: this machine has 16 MB to 2048 MB, in whole megabytes`,
    );
  }
}

/** MPIDR_EL1 affinity fields of a vCPU, as a device tree and PSCI name it: one cluster of 8. */
export function affinityOf(vcpu: number): number {
  return vcpu;
}
