import * as vscode from 'vscode';
import { LANGUAGE } from '../ids.ts';
import { isTraceHeader } from './recognise.ts';

/** A `.jsonl` file that is a gic-trace becomes one for VS Code too: breakpoints, F5 and the run button then work. */
export function adoptTraces(): vscode.Disposable {
  const adopt = (document: vscode.TextDocument): void => {
    if (document.languageId !== 'jsonl' || !isTraceHeader(document.lineAt(0).text)) return;
    void vscode.languages.setTextDocumentLanguage(document, LANGUAGE);
  };
  for (const document of vscode.workspace.textDocuments) adopt(document);
  return vscode.workspace.onDidOpenTextDocument(adopt);
}
