import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import { debug, endAll, inspector, recording, until } from './debugging.ts';

describe('trouble', () => {
  after(endAll);

  it('a malformed recording: no session, and a message with file, line and reason', async () => {
    const file = recording('broken.gictrace');
    writeFileSync(
      file,
      '{"format":"gic-trace/1","gic":"v2","cpus":1,"spis":32,"dist":"0x08000000"}\n{"op":"read","cpu":7}\n',
    );
    const { sessions } = await inspector();
    // VS Code shows the adapter's message in a modal dialog and answers only when it is closed.
    const started = vscode.debug.startDebugging(undefined, {
      type: 'gic',
      request: 'launch',
      name: 'broken',
      program: file,
    });
    const dialog = '.monaco-dialog-box';
    await ui.wait(dialog);
    const text = await ui.text(dialog);
    assert.match(text, /broken\.gictrace:2:/);
    await ui.key('Escape');
    await started;
    assert.equal(sessions.all().length, 0);
  });

  it('a panel that was closed comes back with its rows', async () => {
    await debug('vgic-list-registers.gictrace');
    await vscode.commands.executeCommand('gic.interrupts.focus');
    await ui.webviewWait('[role="grid"]');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await vscode.commands.executeCommand('gic.interrupts.focus');
    await ui.webviewWait('[role="grid"]');
    await until('rows', async () => ((await ui.webviewTexts('[role="row"]')).length > 1 ? true : undefined));
  });

  it('an adapter that dies takes its session, and nothing else, with it', async () => {
    const { sessions } = await inspector();
    const [session] = sessions.all();
    assert.ok(session);
    const survivor = await debug('edk2-gicv2.gictrace');
    await vscode.debug.stopDebugging(vscode.debug.activeDebugSession);
    await until('one session is left', () => (sessions.all().length === 1 ? true : undefined));
    const [left] = sessions.all();
    assert.ok(left);
    assert.notEqual(left.id, survivor.id);
    await assert.rejects(survivor.request('gic/describe', {}));
    assert.equal((await left.request('gic/irqs', {})).full, true);
  });
});
