/**
 * PSCI, the Power State Coordination Interface (DEN 0022, version 1.0), and as much of the SMC Calling Convention (DEN
 * 0028) as guests ask for before they use it. Answers are those KVM gives its guests.
 */

/** Function ids of the 32-bit convention; those with addresses have a 64-bit twin. */
export const PsciFunction = {
  Version: 0x8400_0000,
  CpuSuspend: 0x8400_0001,
  CpuOff: 0x8400_0002,
  CpuOn: 0x8400_0003,
  AffinityInfo: 0x8400_0004,
  Migrate: 0x8400_0005,
  MigrateInfoType: 0x8400_0006,
  SystemOff: 0x8400_0008,
  SystemReset: 0x8400_0009,
  Features: 0x8400_000a,
  SmcccVersion: 0x8000_0000,
  SmcccArchFeatures: 0x8000_0001,
} as const;

/** Set in the id of a call with 64-bit arguments. */
export const SMC64 = 0x4000_0000;

export const PsciReturn = {
  Success: 0n,
  NotSupported: -1n,
  InvalidParameters: -2n,
  Denied: -3n,
  AlreadyOn: -4n,
  OnPending: -5n,
  InternalFailure: -6n,
  NotPresent: -7n,
  Disabled: -8n,
  InvalidAddress: -9n,
} as const;

export const AffinityState = { On: 0n, Off: 1n, OnPending: 2n } as const;

const PSCI_1_0 = 0x1_0000n;
const SMCCC_1_1 = 0x1_0001n;
/** There is no trusted OS that would have to migrate. */
const NO_MIGRATION = 2n;
/** Aff3, Aff2, Aff1 and Aff0 of MPIDR_EL1. */
const AFFINITY_BITS = 0xff_00ff_ffffn;
const MAX_AFFINITY_LEVEL = 3n;

export type PowerState = 'on' | 'off' | 'on pending';

/** What PSCI needs of the vCPUs. */
export interface VcpuPower {
  readonly count: number;
  /** Affinity fields of a vCPU's MPIDR_EL1. */
  affinity(vcpu: number): number;
  state(vcpu: number): PowerState;
  /** Powers a vCPU up: reset state, PC at the entry point, x0 the context; `off` until now. */
  start(vcpu: number, entry: bigint, context: bigint): void;
  /** False where nothing can be executed at that address; absent: not checked, as KVM does not. */
  executable?(address: bigint): boolean;
}

export type PsciResult =
  /** Continue after the call with this in x0, and zero in x1 to x3. Unsigned, 64 bits. */
  | { readonly kind: 'return'; readonly x0: bigint }
  /** Wait for an interrupt, then continue so. */
  | { readonly kind: 'suspend'; readonly x0: bigint }
  /** The calling vCPU is off. */
  | { readonly kind: 'off' }
  /** The machine is off or starts anew; should it go on all the same, then with this in x0. */
  | { readonly kind: 'system'; readonly event: 'off' | 'reset'; readonly x0: bigint };

/** Calls that exist in both conventions. */
const WITH_TWIN: ReadonlySet<number> = new Set([
  PsciFunction.CpuSuspend,
  PsciFunction.CpuOn,
  PsciFunction.AffinityInfo,
  PsciFunction.Migrate,
]);

const SUPPORTED: ReadonlySet<number> = new Set([
  PsciFunction.Version,
  PsciFunction.CpuSuspend,
  PsciFunction.CpuOff,
  PsciFunction.CpuOn,
  PsciFunction.AffinityInfo,
  PsciFunction.MigrateInfoType,
  PsciFunction.SystemOff,
  PsciFunction.SystemReset,
  PsciFunction.Features,
  PsciFunction.SmcccVersion,
]);

/**
 * One HVC #0 or SMC #0.
 * @param registers x0 to x3: function id and arguments; ids without PSCI's or SMCCC's meaning answer NOT_SUPPORTED
 */
export function psciCall(power: VcpuPower, registers: readonly [bigint, bigint, bigint, bigint]): PsciResult {
  const id = Number(registers[0] & 0xffff_ffffn);
  const call = functionOf(id);
  const wide = id !== call;
  const [first, second, third] = registers.slice(1).map((value) => (wide ? value : BigInt.asUintN(32, value))) as [
    bigint,
    bigint,
    bigint,
  ];
  switch (call) {
    case PsciFunction.Version:
      return answer(PSCI_1_0);
    case PsciFunction.CpuSuspend:
      return { kind: 'suspend', x0: PsciReturn.Success };
    case PsciFunction.CpuOff:
      return { kind: 'off' };
    case PsciFunction.CpuOn:
      return answer(cpuOn(power, first, second, third));
    case PsciFunction.AffinityInfo:
      return answer(affinityInfo(power, first, second));
    case PsciFunction.MigrateInfoType:
      return answer(NO_MIGRATION);
    case PsciFunction.SystemOff:
      return { kind: 'system', event: 'off', x0: BigInt.asUintN(64, PsciReturn.InternalFailure) };
    case PsciFunction.SystemReset:
      return { kind: 'system', event: 'reset', x0: BigInt.asUintN(64, PsciReturn.InternalFailure) };
    case PsciFunction.Features:
      return answer(features(Number(first & 0xffff_ffffn)));
    case PsciFunction.SmcccVersion:
      return answer(SMCCC_1_1);
    case PsciFunction.SmcccArchFeatures:
      return answer(archFeatures(Number(first & 0xffff_ffffn)));
    default:
      return answer(PsciReturn.NotSupported);
  }
}

function answer(x0: bigint): PsciResult {
  return { kind: 'return', x0: BigInt.asUintN(64, x0) };
}

/** The call without its convention, where it has both. */
function functionOf(id: number): number {
  const narrow = (id & ~SMC64) >>> 0;
  return WITH_TWIN.has(narrow) ? narrow : id;
}

function cpuOn(power: VcpuPower, target: bigint, entry: bigint, context: bigint): bigint {
  const vcpu = (target & ~AFFINITY_BITS) === 0n ? find(power, target) : -1;
  if (vcpu < 0) return PsciReturn.InvalidParameters;
  const state = power.state(vcpu);
  if (state === 'on') return PsciReturn.AlreadyOn;
  if (state === 'on pending') return PsciReturn.OnPending;
  if (power.executable?.(entry) === false) return PsciReturn.InvalidAddress;
  power.start(vcpu, entry, context);
  return PsciReturn.Success;
}

function find(power: VcpuPower, affinity: bigint): number {
  for (let vcpu = 0; vcpu < power.count; vcpu++) {
    if (BigInt(power.affinity(vcpu)) === affinity) return vcpu;
  }
  return -1;
}

/** The state of the vCPUs below a node of the affinity tree: on if one is. @param level 0 (a vCPU) to 3 */
function affinityInfo(power: VcpuPower, target: bigint, level: bigint): bigint {
  if ((target & ~AFFINITY_BITS) !== 0n || level > MAX_AFFINITY_LEVEL) return PsciReturn.InvalidParameters;
  const mask = AFFINITY_BITS & ~((1n << (level * 8n)) - 1n);
  const states: PowerState[] = [];
  for (let vcpu = 0; vcpu < power.count; vcpu++) {
    if ((BigInt(power.affinity(vcpu)) & mask) === (target & mask)) states.push(power.state(vcpu));
  }
  if (states.length === 0) return PsciReturn.InvalidParameters;
  if (states.includes('on')) return AffinityState.On;
  return states.includes('on pending') ? AffinityState.OnPending : AffinityState.Off;
}

function features(id: number): bigint {
  return SUPPORTED.has(functionOf(id)) ? PsciReturn.Success : PsciReturn.NotSupported;
}

function archFeatures(id: number): bigint {
  const known = id === PsciFunction.SmcccVersion || id === PsciFunction.SmcccArchFeatures;
  return known ? PsciReturn.Success : PsciReturn.NotSupported;
}
