/** What a controller is built for. Fixed for its lifetime. */
export interface GicConfig {
  readonly gic: 'v2' | 'v3';
  /** vCPUs: 1 to 8 (v2) or 1 to 64 (v3). */
  readonly cpus: number;
  /** SPIs: 32 to 988; INTIDs 32 to 31 + spis exist. */
  readonly spis: number;
  /** Guest physical base addresses of the frames. */
  readonly bases: FrameBases;
  /** List registers of each vCPU: 1 to 64 (v2) or 1 to 16 (v3). */
  readonly lrs: number;
  /** What the architecture leaves to who builds the controller; the vgic's profiles do not ask. */
  readonly hardware?: Hardware;
}

/** Choices of an implementation that software can read from its ID registers. */
export interface Hardware {
  /** Security states: with two, accesses are Secure or Non-secure. */
  readonly securityStates: 1 | 2;
  /** Priority bits the CPU interfaces implement, the upper ones: 4 to 8. */
  readonly priorityBits: number;
  /** v3: affinity of each CPU, Aff3:Aff2:Aff1:Aff0 in 31:0. Absent: 16 CPUs to an Aff0 range. */
  readonly affinities?: readonly number[];
  /**
   * With two security states: comes up as firmware leaves it to Non-secure software, as QEMU does for kernels that it boots
   * itself: interrupts of group 1, and on GICv2 every priority and mask the most urgent that it has.
   */
  readonly leftToNonSecure?: boolean;
  /** v3: physical LPIs are supported. */
  readonly lpis: boolean;
  /** False: CPUs have no EL2, and nobody has the registers of hypervisors. */
  readonly virtualization?: boolean;
}

/** An INTID that says why there is none. */
export function isSpecialIntid(intid: number): boolean {
  return intid >= FIRST_SPECIAL_INTID && intid < 1024;
}

/** What a controller has of which its configuration does not tell: one security state, as many bits as is usual. */
export function hardwareOf(config: GicConfig): Hardware {
  return config.hardware ?? { securityStates: 1, priorityBits: config.gic === 'v2' ? 8 : 5, lpis: false };
}

export interface FrameBases {
  readonly dist: number;
  /** v2 only. */
  readonly cpuif: number;
  /** v2 only, where the hypervisor interface is mapped, and the virtual CPU interface. Physical controllers. */
  readonly gich?: number | undefined;
  readonly gicv?: number | undefined;
  /** v3 only: redistributor n is at redist + n * 0x20000, unless `redists` says otherwise. */
  readonly redist: number;
  /** v3 only: the redistributor of each vCPU, where they do not lie one behind the other. */
  readonly redists?: readonly number[];
  /** v3 only, where there is an ITS. */
  readonly its?: number | undefined;
}

export const SGIS = 16;
export const PRIVATE_IRQS = 32;
/** From here to 1023 an INTID says why there is none: IHI 0069, 2.2. */
export const FIRST_SPECIAL_INTID = 1020;
/** GICv3: INTIDs from here on are LPIs. */
export const FIRST_LPI = 8192;
/** KVM allows SPIs up to the special INTIDs. */
export const MAX_SPIS = FIRST_SPECIAL_INTID - PRIVATE_IRQS;
export const MAX_LRS_V2 = 64;
export const MAX_LRS_V3 = 16;
export const MAX_CPUS_V2 = 8;
export const MAX_CPUS_V3 = 64;

/** A configuration no controller can have: says which value and why. */
export class GicConfigError extends Error {
  override readonly name = 'GicConfigError';
}

/** @throws GicConfigError naming the value out of range. */
export function checkConfig(config: GicConfig): void {
  const maxCpus = config.gic === 'v2' ? MAX_CPUS_V2 : MAX_CPUS_V3;
  const maxLrs = config.gic === 'v2' ? MAX_LRS_V2 : MAX_LRS_V3;
  requireRange('cpus', config.cpus, 1, maxCpus, `a GIC${config.gic}`);
  requireRange('spis', config.spis, 32, MAX_SPIS, 'a GIC');
  requireRange('lrs', config.lrs, 1, maxLrs, `a GIC${config.gic} virtual interface`);
  if (config.hardware !== undefined) requireRange('priorityBits', config.hardware.priorityBits, 4, 8, 'a GIC');
}

function requireRange(what: string, value: number, min: number, max: number, where: string): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new GicConfigError(`${what} is ${value}: ${where} has ${min} to ${max}`);
  }
}
