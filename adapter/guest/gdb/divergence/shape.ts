import { MAX_CPUS_V2, MAX_CPUS_V3, type GicConfig, type Hardware } from '../../../gic/config.ts';
import { ARCH, ARCH_QEMU_10, ARCH_QEMU_7_2 } from '../../../gic/profiles/arch.ts';
import type { Profile } from '../../../gic/profiles/profile.ts';
import type { FoundController } from '../find/found-controller.ts';
import type { Implementation } from './rules.ts';

/** Profiles a target's model may have, as the launch configuration names them. */
export const MODEL_PROFILES = ['arch', 'qemu-7.2', 'qemu-10'] as const;
export type ModelProfile = (typeof MODEL_PROFILES)[number];

const PROFILES: Readonly<Record<ModelProfile, Profile>> = {
  arch: ARCH,
  'qemu-7.2': ARCH_QEMU_7_2,
  'qemu-10': ARCH_QEMU_10,
};

/** QEMU's GICv2 has all bits of a priority. */
const QEMU_BITS_V2 = 8;
/** What is usual: GIC-400's, and the Cortex-A cores'. */
const USUAL_BITS = 5;
/** The first version whose controllers are like QEMU 10's. */
const QEMU_LATER = 10;

/** What a model is made like. */
export interface ModelShape {
  readonly config: GicConfig;
  readonly profile: Profile;
  readonly implementation: Implementation;
}

/** What is known of a target besides where its controller is. */
export interface KnownOfTarget {
  readonly found: FoundController;
  /** As its monitor says, "7.2.22"; null: it is not QEMU. */
  readonly qemuVersion: string | null;
  /** What the configuration says; null: what fits the target. */
  readonly wish: ModelProfile | null;
}

/** What is read from the target for it. */
export interface ReadOfTarget {
  /** GICD_TYPER; null: it could not be read. */
  readonly typer: number | null;
  /** ICC_CTLR_EL1; null: nobody has read it. */
  readonly interfaceControl: number | null;
}

const TYPER_LPIS = 1 << 17;

/** Why a target has no model that predicts it, or null. */
export function whyNoModel({ found }: KnownOfTarget): string | null {
  if (!found.securityExtension) return null;
  return 'The controller has two Security states, of which a debugger sees one: what it does cannot be predicted.';
}

/** @param like the configuration of the controller that holds what was read */
export function modelShape(like: GicConfig, known: KnownOfTarget, read: ReadOfTarget): ModelShape {
  const { found, qemuVersion, wish } = known;
  const name = wish ?? profileFor(qemuVersion);
  const isQemu = name !== 'arch';
  const isV2 = like.gic === 'v2';
  const told = read.interfaceControl === null ? null : ((read.interfaceControl >> 8) & 7) + 1;
  const priorityBits = isV2 && isQemu ? QEMU_BITS_V2 : Math.max(4, told ?? USUAL_BITS);
  const affinities = found.redistributors.slice(0, isV2 ? MAX_CPUS_V2 : MAX_CPUS_V3).map(({ affinity }) => affinity);
  const hardware: Hardware = {
    securityStates: 1,
    priorityBits,
    lpis: !isV2 && read.typer !== null && (read.typer & TYPER_LPIS) !== 0,
    ...(isV2 || affinities.length < like.cpus ? {} : { affinities }),
  };
  const { its: _its, ...bases } = like.bases;
  return {
    config: { ...like, bases, hardware },
    profile: PROFILES[name],
    implementation: { gic: like.gic, cpus: like.cpus, isQemu, knowsPriorityBits: isQemu || told !== null },
  };
}

function profileFor(qemuVersion: string | null): ModelProfile {
  if (qemuVersion === null) return 'arch';
  return Number.parseInt(qemuVersion, 10) >= QEMU_LATER ? 'qemu-10' : 'qemu-7.2';
}

/** Of what QEMU's monitor prints to "info version"; null: it is not QEMU's. */
export function readQemuVersion(text: string | null): string | null {
  return /^\s*(\d+\.\d+(?:\.\d+)?)\b/.exec(text ?? '')?.[1] ?? null;
}
