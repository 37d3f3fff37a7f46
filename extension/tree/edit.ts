import * as vscode from 'vscode';
import type { WriteResponse } from '../../adapter/protocol.ts';
import { messageOf, type GicSession } from '../sessions/session.ts';
import {
  checkSyntax,
  choicesFor,
  noteOf,
  offered,
  outcomeOf,
  promptFor,
  summaryOf,
  verdictOf,
  type Choice,
} from './edit-plan.ts';
import { describeValue } from './describe-value.ts';
import type { RegisterTree } from './model.ts';
import type { BankNode, ValueNode } from './nodes.ts';
import { isEditable } from './present.ts';
import { readNode, widthOfNode } from './reading.ts';
import type { TreeSettings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { plainText } from './values.ts';

const SEVERITIES = {
  error: vscode.InputBoxValidationSeverity.Error,
  warning: vscode.InputBoxValidationSeverity.Warning,
  info: vscode.InputBoxValidationSeverity.Info,
};

/** What an edit needs besides its node. */
export interface EditContext {
  readonly tree: RegisterTree;
  readonly settings: TreeSettings;
}

/** Asks for a new value of a node and writes it to the node's own session. Undefined where the user gave up. */
export async function editNode(
  context: EditContext,
  session: GicSession,
  node: ValueNode,
): Promise<WriteResponse | undefined> {
  if (!isEditable(node)) {
    void vscode.window.showWarningMessage(`${node.key} cannot be edited: ${refusal(node)}.`);
    return undefined;
  }
  const snapshot = context.tree.snapshotOf(session.id);
  const single = snapshot && (await singleNode(context, snapshot, node));
  if (!single) return undefined;
  const choices = choicesFor(single);
  const value = choices
    ? await askChoice(session, snapshot, single, choices)
    : await askNumber(context, session, snapshot, single);
  return value === undefined ? undefined : writeAndReport(context, session, single, value);
}

/** Writes a value and tells what came of it where that is not what was asked. */
async function writeAndReport(
  context: EditContext,
  session: GicSession,
  node: ValueNode,
  value: string,
): Promise<WriteResponse | undefined> {
  const target = node.key;
  let response: WriteResponse;
  try {
    response = await session.request('gic/write', { target, value });
  } catch (error) {
    void vscode.window.showErrorMessage(`${target} = ${value} was refused: ${messageOf(error)}`);
    return undefined;
  }
  const outcome = outcomeOf(target, value, response);
  if (outcome) {
    if (response.ok) context.tree.setNote(session.id, node.key, noteOf(response));
    if (outcome.severity === 'error') void vscode.window.showErrorMessage(outcome.message);
    else void vscode.window.showWarningMessage(outcome.message);
  }
  return response;
}

function refusal(node: ValueNode): string {
  if (!node.register.implemented) return 'this controller does not implement it, and ignores writes';
  return 'it is read-only';
}

/** A banked register is a copy for each vCPU: which one is meant has to be asked. */
async function singleNode(context: EditContext, snapshot: Snapshot, node: ValueNode): Promise<ValueNode | undefined> {
  if (node.kind !== 'register' || node.banks.length < 2) return node;
  const copies = (await context.tree.children(node)).filter((child): child is BankNode => child.kind === 'bank');
  const picked = await vscode.window.showQuickPick(
    copies.map((copy) => ({
      label: `vCPU ${copy.bank.vcpu ?? '?'}`,
      description: describeValue(snapshot, copy, context.settings.formatOf(copy)),
      copy,
    })),
    { title: `Edit ${node.register.name}`, placeHolder: 'Each vCPU has a copy of its own: which one?' },
  );
  return picked?.copy;
}

async function askChoice(
  session: GicSession,
  snapshot: Snapshot,
  node: ValueNode,
  choices: readonly Choice[],
): Promise<string | undefined> {
  const current = readNode(snapshot, node)?.value;
  const items = offered(choices, current).map(async (choice) => ({
    label: choice.label,
    description: choice.description,
    detail: await previewText(session, node, choice.value),
    value: choice.value,
  }));
  const picked = await vscode.window.showQuickPick(Promise.all(items), {
    title: `Edit ${node.key}`,
    placeHolder: promptFor(node),
    matchOnDescription: true,
  });
  return picked?.value;
}

async function previewText(session: GicSession, node: ValueNode, value: string): Promise<string> {
  try {
    const preview = await session.request('gic/preview', { target: node.key, value });
    const verdict = verdictOf(preview);
    return verdict.severity === 'info' ? summaryOf(preview) : `$(${verdict.severity}) ${verdict.message}`;
  } catch (error) {
    return `$(error) ${messageOf(error)}`;
  }
}

async function askNumber(
  context: EditContext,
  session: GicSession,
  snapshot: Snapshot,
  node: ValueNode,
): Promise<string | undefined> {
  const current = readNode(snapshot, node)?.value;
  const value = current === undefined ? '' : plainText(current, widthOfNode(node), context.settings.formatOf(node));
  const typed = await vscode.window.showInputBox({
    title: `Edit ${node.key}`,
    prompt: `${promptFor(node)}. Decimal, 0x… or 0b….`,
    value,
    validateInput: (text) => validate(session, node, text),
  });
  return typed?.trim().replaceAll('_', '');
}

async function validate(
  session: GicSession,
  node: ValueNode,
  text: string,
): Promise<vscode.InputBoxValidationMessage | undefined> {
  const syntax = checkSyntax(text, node);
  if (syntax) return { message: syntax.message, severity: SEVERITIES[syntax.severity] };
  try {
    const value = text.trim().replaceAll('_', '');
    const verdict = verdictOf(await session.request('gic/preview', { target: node.key, value }));
    return { message: verdict.message, severity: SEVERITIES[verdict.severity] };
  } catch (error) {
    return { message: messageOf(error), severity: vscode.InputBoxValidationSeverity.Error };
  }
}
