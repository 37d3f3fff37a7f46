import * as vscode from 'vscode';
import type { RegisterTree } from './model.ts';
import { search, type Candidate } from './search.ts';

/** Matches listed; more would not be read, and would make typing slow. */
const MAX_RESULTS = 200;

/** What the user picked. */
export interface Found {
  readonly sessionId: string;
  readonly expression: string;
}

interface FoundItem extends vscode.QuickPickItem, Found {}

/** "Find register": type-ahead over the names of registers and fields, INTIDs and addresses of every session. */
export async function findRegister(tree: RegisterTree): Promise<Found | undefined> {
  const sessions = await tree.structures();
  const pick = vscode.window.createQuickPick<FoundItem>();
  pick.title = 'Find Register';
  pick.placeholder = 'A register, a field, an INTID (33) or an address (0x08000104)';
  pick.matchOnDescription = true;
  const show = (text: string): void => {
    pick.items = sessions.flatMap(({ session, structure }) =>
      search(structure.families, text, MAX_RESULTS).map((candidate) =>
        itemFor(candidate, session.id, sessions.length > 1 ? session.name : undefined),
      ),
    );
  };
  show('');
  return new Promise((resolve) => {
    pick.onDidChangeValue(show);
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function itemFor(candidate: Candidate, sessionId: string, sessionName: string | undefined): FoundItem {
  return {
    sessionId,
    expression: candidate.expression,
    label: candidate.label,
    description: sessionName === undefined ? candidate.description : `${candidate.description} · ${sessionName}`,
    detail: candidate.detail,
    // The search decides what matches: an address occurs in no label.
    alwaysShow: true,
  };
}
