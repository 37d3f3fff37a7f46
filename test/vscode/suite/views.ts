import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import { debug, endAll, goOn, recording, until } from './debugging.ts';

/** VS Code's own debug views over our adapter. */
describe("the debugger's own views", () => {
  after(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await endAll();
  });

  it('stop at a conditional breakpoint, with variables and the call stack shown', async () => {
    const file = vscode.Uri.file(recording('vgic-list-registers.gictrace'));
    const place = new vscode.Location(file, new vscode.Position(9, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place, true, 'irq(32).pending && access.op == sync')]);
    const session = await debug('vgic-list-registers.gictrace');
    await vscode.commands.executeCommand('workbench.view.debug');
    await goOn(session);
    await until('the breakpoint', () => (session.position === 8 && session.state === 'stopped' ? true : undefined));
    await ui.wait('.debug-variables .monaco-list-row');
    const rows = await until('the access, decoded', async () => {
      const texts = await ui.texts('.debug-variables .monaco-list-row');
      return texts.some((text) => text.includes('operation')) ? texts : undefined;
    });
    assert.ok(rows.some((text) => text.startsWith('Access')));
    await ui.screenshot('debug-dark');
  });

  it('answer in the debug console', async () => {
    await vscode.commands.executeCommand('workbench.debug.action.focusRepl');
    await ui.wait('.repl-input-wrapper');
    await ui.type('explain 33');
    await ui.key('Enter');
    await until('the answer', async () =>
      (await ui.texts('.repl .monaco-list-row')).some((text) => /INTID 33/.test(text)) ? true : undefined,
    );
    await ui.type('irq(33).priority = 0x13');
    await ui.key('Enter');
    await until('the narrowed edit', async () =>
      (await ui.texts('.repl .monaco-list-row')).some((text) => /narrowed/.test(text)) ? true : undefined,
    );
    await ui.screenshot('console-dark');
  });
});
