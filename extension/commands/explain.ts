import * as vscode from 'vscode';
import type { ExplainArguments, ExplainResponse } from '../../adapter/protocol.ts';
import { COMMANDS, EXPLAIN_SCHEME } from '../ids.ts';
import { chooseSession } from '../sessions/choose.ts';
import { messageOf, type GicSession } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/store.ts';
import { byInterest, explanationMarkdown, interruptName, interruptSummary } from './explain-text.ts';

/** `gic.explain`: why does an interrupt not fire? With arguments (INTID, vCPU, session) it answers and shows nothing. */
export function registerExplain(store: SessionStore): vscode.Disposable {
  const documents = new ExplanationDocuments();
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(EXPLAIN_SCHEME, documents),
    vscode.commands.registerCommand(
      COMMANDS.explain,
      async (intid?: unknown, vcpu?: unknown, sessionId?: unknown): Promise<ExplainResponse | undefined> => {
        const session = await chooseSession(store, typeof sessionId === 'string' ? sessionId : undefined);
        if (!session) return undefined;
        if (typeof intid === 'number') return session.request('gic/explain', argumentsFor(intid, vcpu));
        try {
          const args = await askInterrupt(session);
          if (!args) return undefined;
          const response = await session.request('gic/explain', args);
          await documents.show(session, args, response);
          return response;
        } catch (error) {
          void vscode.window.showErrorMessage(messageOf(error));
          return undefined;
        }
      },
    ),
  );
}

function argumentsFor(intid: number, vcpu: unknown): ExplainArguments {
  return typeof vcpu === 'number' ? { intid, vcpu } : { intid };
}

async function askInterrupt(session: GicSession): Promise<ExplainArguments | undefined> {
  const items = session.request('gic/irqs', {}).then(({ rows }) =>
    byInterest(rows).map((row) => ({
      label: interruptName(row.intid, row.vcpu),
      description: interruptSummary(row),
      args: argumentsFor(row.intid, row.vcpu),
    })),
  );
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Why does an interrupt not fire?',
    placeHolder: 'Which interrupt?',
    matchOnDescription: true,
  });
  return picked?.args;
}

/** Explanations as read-only documents, shown in VS Code's Markdown preview. */
class ExplanationDocuments implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();

  readonly onDidChange = this.#changes.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'This explanation belongs to an earlier session. Ask again.';
  }

  async show(session: GicSession, args: ExplainArguments, response: ExplainResponse): Promise<void> {
    const name = interruptName(args.intid, args.vcpu);
    const uri = vscode.Uri.from({ scheme: EXPLAIN_SCHEME, path: `/${session.id}/${name}.md` });
    this.#texts.set(uri.toString(), explanationMarkdown(name, response));
    this.#changes.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }
}
