import { Miss, type Candidate } from './candidate.ts';
import { overlaid } from './configured.ts';
import { FindError, NAME_THE_ADDRESS, type Attempt } from './find-error.ts';
import type { FoundController } from './found-controller.ts';
import type { Probe } from './probe.ts';
import { gicAt, qemuTarget, type QemuTarget } from './qemu/target.ts';
import { sourcesFor } from './sources.ts';
import { checkVersion, takeUnread } from './verify-unread.ts';
import { verify } from './verify.ts';
import { checkWishes, type Wishes } from './wishes.ts';

/**
 * Finds the interrupt controller of a target: what the user names, else a device tree that was given, else what QEMU's
 * monitor says, else a device tree in memory. Only registers are read whose reading changes nothing.
 * @throws FindError which lists what was tried. What the probe throws (a lost connection) passes through
 */
export async function find(probe: Probe, wishes: Wishes = {}): Promise<FoundController> {
  checkWishes(wishes);
  // First of all: it says whether reading a register is safe.
  const qemu = await qemuTarget(probe);
  refuseKvm(qemu);
  const attempts: Attempt[] = [];
  for (const source of sourcesFor(probe, wishes, qemu)) {
    try {
      const found = await settle(probe, overlaid(await source.look(), wishes), qemu);
      return {
        ...found,
        how: [...found.how, ...attempts.map((attempt) => `Passed over ${attempt.source}: ${attempt.reason}`)],
      };
    } catch (error) {
      if (error instanceof FindError) {
        if (source.binding) throw error;
        attempts.push({ source: source.name, reason: error.message });
      } else if (error instanceof Miss) attempts.push({ source: source.name, reason: error.message });
      else throw error;
    }
  }
  throw new FindError({
    reason: 'no interrupt controller was found',
    attempts,
    advice: `${NAME_THE_ADDRESS}, or a device tree, or the board`,
  });
}

async function settle(probe: Probe, candidate: Candidate, qemu: QemuTarget | null): Promise<FoundController> {
  if (!qemu) return verify(probe, candidate, null);
  checkVersion(candidate, qemu);
  const because = qemu.plainReadsKillBecause;
  if (because === null || candidate.version === 'v3') {
    return verify(probe, candidate, gicAt(candidate.distributor, candidate.version ?? 'v2', qemu));
  }
  return takeUnread(candidate, qemu, because, probe.threads);
}

function refuseKvm(qemu: QemuTarget | null): void {
  const gic = qemu?.gics.find(({ kvm }) => kvm);
  if (!gic) return;
  throw new FindError({
    reason: `QEMU has ${gic.type}: the controller is in the host's kernel, where no debugger reads its registers`,
    advice: 'Start QEMU with -accel tcg, or look at the vgic-state of the host',
  });
}
