import type { Probe } from '../probe.ts';
import { gicsOf, isQtree, readQtree, type QtreeGic } from './qtree.ts';

/** What QEMU's monitor says before anything is read; null for what is not QEMU. */
export interface QemuTarget {
  readonly gics: readonly QtreeGic[];
  /**
   * Why reading a GICv2's frames ends QEMU; null where it does not. QEMU takes the bank of a GICv2 access from the CPU
   * that makes it, and the stub and the monitor are none: with more than one CPU it follows a null pointer.
   */
  readonly plainReadsKillBecause: string | null;
}

/** Asks for the devices: safe, as it reads no register. */
export async function qemuTarget(probe: Probe): Promise<QemuTarget | null> {
  const text = await probe.monitor('info qtree');
  if (text === null || !isQtree(text)) return null;
  const gics = gicsOf(readQtree(text));
  return { gics, plainReadsKillBecause: killer(gics, probe.threads) };
}

/** The one that is mapped there; containers map without saying where, so one alone is it. */
export function gicAt(distributor: number, version: 'v2' | 'v3', { gics }: QemuTarget): QtreeGic | null {
  const alike = gics.filter((gic) => gic.version === version);
  return alike.find((gic) => gic.distributor === distributor) ?? (alike.length === 1 ? (alike[0] ?? null) : null);
}

function killer(gics: readonly QtreeGic[], threads: number | null): string | null {
  for (const { type, version, kvm, cpus } of gics) {
    if (version === 'v2' && !kvm && (cpus ?? threads ?? 1) > 1) {
      return `${type} of ${cpus ?? threads ?? 1} CPUs: QEMU crashes when its debugger or monitor reads a register of it`;
    }
  }
  // The list may have been cut off, and the GIC with it.
  if (gics.length === 0 && (threads ?? 1) > 1) {
    return `QEMU with ${threads ?? 1} CPUs that names no GIC: if it has a GICv2, reading a register of it crashes QEMU`;
  }
  return null;
}
