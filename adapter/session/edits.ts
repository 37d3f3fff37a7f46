import { hexOf } from '../gic/inspect/decode.ts';
import type { EditStep } from '../gic/edit/step.ts';
import type { RehearsedEdit } from '../gic/edit/editor.ts';
import { GuestStateError } from '../guest/guest.ts';
import type { PreviewResponse, WriteResponse } from '../protocol.ts';
import type { Client } from './client.ts';
import type { Debuggee } from './debuggee.ts';
import { RequestError } from './request-error.ts';

/** What an edit would do. @throws RequestError where the target is nothing that could be edited */
export function previewEdit({ language }: Debuggee, target: string, value: string, vcpu: number): PreviewResponse {
  return toPreview(language.rehearse(target, value, vcpu));
}

/**
 * Makes an edit, unless something speaks against it.
 * @param vcpu whose registers an expression without `cpu()` means
 * @returns what came of it: `ok` is false where it was refused and nothing has changed
 * @throws RequestError where the target is nothing that could be edited
 */
export async function tryEdit(debuggee: Debuggee, target: string, value: string, vcpu: number): Promise<WriteResponse> {
  debuggee.runner.requireStopped();
  const edit = debuggee.language.rehearse(target, value, vcpu);
  if (edit.ok && edit.steps.length > 0) {
    await applyEdit(debuggee, edit.steps, edit.text);
    debuggee.publisher.edited(edit.steps);
  }
  return { ...toPreview(edit), version: debuggee.publisher.version };
}

/** Makes accesses as one edit. @throws RequestError where the guest takes none now */
export async function applyEdit({ guest }: Debuggee, steps: readonly EditStep[], text: string): Promise<void> {
  try {
    await guest.edit(steps, text);
  } catch (error) {
    throw error instanceof GuestStateError ? new RequestError(error.message, true) : error;
  }
}

/**
 * The same for requests that answer with a value. What the controller narrows or ignores is said to the client.
 * @throws RequestError with the reason of a refusal
 */
export async function makeEdit(
  debuggee: Debuggee,
  client: Client,
  target: string,
  value: string,
  vcpu: number,
): Promise<void> {
  const { ok, verdict, problems, after } = await tryEdit(debuggee, target, value, vcpu);
  const reasons = problems.map(({ message }) => message).join(' ');
  if (!ok) throw new RequestError(reasons || 'the edit was refused', true);
  if (verdict === 'applied') return;
  const what = verdict === 'narrowed' ? `was narrowed to ${after}` : `was ignored: the value stays ${after}`;
  client.output(`${target} = ${value} ${what}. ${reasons}`.trim(), 'important');
}

function toPreview({ ok, steps, verdict, before, after, problems, effects }: RehearsedEdit): PreviewResponse {
  return {
    ok,
    accesses: steps.map(({ kind, vcpu, address, length, value, register, text }) => {
      return { kind, vcpu, address: hexOf(address), length, value: hexOf(value), register, text };
    }),
    verdict,
    before: hexOf(before < 0n ? BigInt.asUintN(32, before) : before),
    after: hexOf(after < 0n ? BigInt.asUintN(32, after) : after),
    problems: [...problems],
    effects: [...effects],
  };
}
