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
  const { guest, language, publisher } = debuggee;
  const edit = language.rehearse(target, value, vcpu);
  if (!edit.ok || edit.steps.length === 0) return { ...toPreview(edit), version: publisher.version };
  const { position } = guest;
  try {
    await applyEdit(debuggee, edit.steps, edit.text);
  } catch (error) {
    // It may have been made in part.
    if (guest.position !== position) publisher.edited(edit.steps);
    throw error;
  }
  publisher.edited(edit.steps);
  const isElsewhere = guest.unknown !== undefined;
  const now = isElsewhere ? language.rehearse(target, value, vcpu).before : edit.after;
  if (now === edit.after) return { ...toPreview(edit), version: publisher.version };
  const why = now === edit.before ? ((await guest.whyIgnored?.()) ?? null) : null;
  return { ...toPreview(notAsForeseen(edit, now, why)), version: publisher.version };
}

/** What is debugged elsewhere has the last word on what an edit does there. */
function notAsForeseen(edit: RehearsedEdit, after: bigint, why: string | null): RehearsedEdit {
  const unlike = `The target has ${shown(after)} behind the edit, where ${shown(edit.after)} was to be expected.`;
  const message = why === null ? unlike : `${unlike} ${why}`;
  const verdict = after === edit.before ? 'ignored' : 'narrowed';
  return { ...edit, verdict, after, problems: [{ severity: 'warning', message }, ...edit.problems] };
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
    before: shown(before),
    after: shown(after),
    problems: [...problems],
    effects: [...effects],
  };
}

function shown(value: bigint): string {
  return hexOf(value < 0n ? BigInt.asUintN(32, value) : value);
}
