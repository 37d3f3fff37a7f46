import type { EditStep } from '../../gic/edit/step.ts';
import { RspError } from '../../rsp/client/errors.ts';
import { GuestStateError } from '../guest.ts';
import type { FrameAccess } from './frame-access.ts';
import type { Shadow } from './shadow.ts';

/** @throws GuestStateError for what no access of a debugger does */
export function refuseOthers(steps: readonly EditStep[]): void {
  for (const { kind } of steps) {
    if (kind === 'line') throw new GuestStateError('the wires of a target are driven by its devices alone');
    if (kind === 'sgi') throw new GuestStateError('SGIs of a target are sent by its CPUs alone');
  }
}

/**
 * Makes an edit's accesses on the target, each once: one whose answer was lost may have been made.
 * @throws GuestStateError where the target refuses one, or what came of it is not known
 */
export async function writeSteps(steps: readonly EditStep[], shadow: Shadow, access: FrameAccess): Promise<void> {
  try {
    for (const { vcpu, address, length, value } of steps) {
      const isBanked = shadow.at(address, vcpu)?.register.banked ?? false;
      await access.write({ vcpu, isBanked, address, width: length as 1 | 4 | 8 }, value);
    }
  } catch (error) {
    if (!(error instanceof RspError)) throw error;
    const isRefusal = error.kind === 'refused' || error.kind === 'unsupported' || error.kind === 'running';
    throw new GuestStateError(isRefusal ? error.message : `${error.message}. Whether it was written is not known.`);
  }
}

/** Reads what the target made of an edit. @throws GuestStateError where it cannot be read */
export async function readBack(steps: readonly EditStep[], shadow: Shadow): Promise<void> {
  const written = steps.map(({ address, vcpu }) => shadow.at(address, vcpu)).filter((one) => one !== null);
  let why: string | null;
  try {
    await shadow.bring(written);
    why = written.map((one) => shadow.unknown(one.register, one.vcpu)).find((one) => one !== null) ?? null;
  } catch (error) {
    if (!(error instanceof RspError)) throw error;
    why = error.message;
  }
  if (why === null) return;
  throw new GuestStateError(`It was written, but what the target made of it could not be read: ${why}`);
}
