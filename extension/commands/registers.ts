import * as vscode from 'vscode';
import type { WriteResponse } from '../../adapter/protocol.ts';
import { COMMANDS } from '../ids.ts';
import { chooseSession } from '../sessions/choose.ts';
import { messageOf } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/store.ts';
import { editNode } from '../tree/edit.ts';
import { findRegister } from '../tree/find.ts';
import type { RegisterTree } from '../tree/model.ts';
import { isValueNode, type TreeNode, type ValueNode } from '../tree/nodes.ts';
import { readNode, widthOfNode } from '../tree/reading.ts';
import type { TreeSettings } from '../tree/settings.ts';
import { plainText, type ValueFormat } from '../tree/values.ts';
import type { RegisterView } from '../tree/view.ts';

/** What the register commands work on. */
export interface RegisterParts {
  readonly store: SessionStore;
  readonly tree: RegisterTree;
  readonly view: RegisterView;
  readonly settings: TreeSettings;
  /** Shows the accesses to a register in the access log. */
  readonly showInLog: (sessionId: string, register: string) => Promise<void>;
}

/**
 * The commands of the register tree. A menu passes the node it was opened on; a key binding passes nothing, which means
 * the selected node; a program may pass what it wants to address.
 */
export function registerTreeCommands(parts: RegisterParts): vscode.Disposable {
  const { tree, view, settings } = parts;
  const nodeOf = (argument: unknown): TreeNode | undefined => (isTreeNode(argument) ? argument : view.selected);
  const onNode = (id: string, act: (node: TreeNode) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, (argument?: unknown) => {
      const node = nodeOf(argument);
      return node && act(node);
    });
  const onValue = (id: string, act: (node: ValueNode) => unknown): vscode.Disposable =>
    onNode(id, (node) => (isValueNode(node) ? act(node) : undefined));
  const format = (id: string, to: ValueFormat): vscode.Disposable =>
    onNode(id, (node) => settings.setFormat(node.key, to));
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand(COMMANDS.editRegister, (first?: unknown, target?: unknown, value?: unknown) =>
      typeof target === 'string'
        ? editTarget(parts, typeof first === 'string' ? first : undefined, target, value)
        : editSelected(parts, nodeOf(first)),
    ),
    onValue(COMMANDS.editLeaf, (node) => (node.kind === 'part' ? editSelected(parts, node) : undefined)),
    onValue(COMMANDS.copyValue, (node) => copy(valueText(parts, node))),
    onValue(COMMANDS.copyName, (node) => copy(nameOf(node))),
    onValue(COMMANDS.copyExpression, (node) => copy(node.key)),
    onValue(COMMANDS.addToWatch, (node) => addToWatch(node.key)),
    onValue(COMMANDS.showInLog, (node) => parts.showInLog(node.sessionId, node.register.name)),
    onValue(COMMANDS.pin, (node) => settings.setPinned(node.key, true)),
    onValue(COMMANDS.unpin, (node) => settings.setPinned(node.key, false)),
    format(COMMANDS.formatHex, 'hex'),
    format(COMMANDS.formatDec, 'dec'),
    format(COMMANDS.formatBin, 'bin'),
    registerCommand(COMMANDS.findRegister, (expression?: unknown) =>
      reveal(parts, typeof expression === 'string' ? expression : undefined),
    ),
    registerCommand(COMMANDS.filterRegisters, (text?: unknown) =>
      typeof text === 'string' ? tree.setFilter(text) : askFilter(tree),
    ),
    registerCommand(COMMANDS.clearRegisterFilter, () => tree.setFilter('')),
    registerCommand(COMMANDS.showOnlyNonReset, () => void (settings.onlyNonReset = true)),
    registerCommand(COMMANDS.showAllRegisters, () => void (settings.onlyNonReset = false)),
    registerCommand(COMMANDS.refreshRegisters, () => tree.refresh()),
  );
}

/** Edits the node in its own session, whichever session has the focus. */
async function editSelected(parts: RegisterParts, node: TreeNode | undefined): Promise<WriteResponse | undefined> {
  if (!node || !isValueNode(node)) {
    void vscode.window.showInformationMessage('Select a register or a field in the Registers view to edit it.');
    return undefined;
  }
  const session = parts.store.get(node.sessionId);
  if (!session) {
    void vscode.window.showWarningMessage('The debug session of this register has ended.');
    return undefined;
  }
  return editNode(parts, session, node);
}

/** For programs: with a value nothing is shown, and the adapter's answer or error is passed on. */
async function editTarget(
  parts: RegisterParts,
  sessionId: string | undefined,
  target: string,
  value: unknown,
): Promise<WriteResponse | undefined> {
  const session = await chooseSession(parts.store, sessionId);
  if (!session) return undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return session.request('gic/write', { target, value: value.toString() });
  }
  const node = await parts.tree.find(target, session.id);
  if (!node) {
    void vscode.window.showErrorMessage(`${session.name} has no register ${target}.`);
    return undefined;
  }
  return editNode(parts, session, node);
}

async function reveal(parts: RegisterParts, expression: string | undefined): Promise<void> {
  try {
    const found = expression === undefined ? await findRegister(parts.tree) : { expression, sessionId: undefined };
    const node = found && (await parts.tree.find(found.expression, found.sessionId));
    if (node) await parts.view.reveal(node);
    else if (found) void vscode.window.showWarningMessage(`There is no register ${found.expression}.`);
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
  }
}

async function askFilter(tree: RegisterTree): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: 'Filter Registers',
    prompt: 'Words in register or field names, an INTID (33) or an address (0x08000104). Empty shows all.',
    value: tree.filter?.text ?? '',
  });
  if (text !== undefined) tree.setFilter(text);
}

function valueText({ tree, settings }: RegisterParts, node: ValueNode): string | undefined {
  const snapshot = tree.snapshotOf(node.sessionId);
  const value = snapshot && readNode(snapshot, node)?.value;
  return value === undefined ? undefined : plainText(value, widthOfNode(node), settings.formatOf(node));
}

function nameOf(node: ValueNode): string {
  return node.kind === 'part' ? node.part.field.name : node.register.name;
}

async function copy(text: string | undefined): Promise<void> {
  if (text !== undefined) await vscode.env.clipboard.writeText(text);
  else void vscode.window.showWarningMessage('There is no value to copy.');
}

/** VS Code's own command takes what its Variables view would pass. */
async function addToWatch(expression: string): Promise<void> {
  await vscode.commands.executeCommand('debug.addToWatchExpressions', {
    container: undefined,
    variable: { name: expression, value: '', evaluateName: expression, variablesReference: 0 },
  });
}

function isTreeNode(argument: unknown): argument is TreeNode {
  return typeof argument === 'object' && argument !== null && 'kind' in argument && 'sessionId' in argument;
}
