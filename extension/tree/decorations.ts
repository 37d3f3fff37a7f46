import * as vscode from 'vscode';
import { COLORS, DECORATION_SCHEME } from '../ids.ts';
import type { TreeNode } from './nodes.ts';
import type { NodeView, Tone } from './present.ts';

const COLOR_OF: Record<Exclude<Tone, 'normal'>, string> = {
  changed: COLORS.changed,
  refused: COLORS.refused,
  unavailable: COLORS.unavailable,
  notImplemented: COLORS.notImplemented,
};

/**
 * The URI under which a node's label is coloured. The tone is part of it: when it changes VS Code asks anew, without
 * being told which of a thousand nodes are different.
 */
export function decorationUri(node: TreeNode, view: NodeView): vscode.Uri | undefined {
  if (view.tone === 'normal') return undefined;
  return vscode.Uri.from({ scheme: DECORATION_SCHEME, path: `/${node.id}`, query: view.tone });
}

/** Colours the labels of tree nodes. */
export function registerDecorations(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration(uri) {
      if (uri.scheme !== DECORATION_SCHEME) return undefined;
      const color = Object.entries(COLOR_OF).find(([tone]) => tone === uri.query)?.[1];
      return color === undefined
        ? undefined
        : new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor(color));
    },
  });
}
