import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import { endAll, goOn, inspector, recording, until } from './debugging.ts';
import type { GicSession } from '../../../extension/sessions/session.ts';

const CONFIGURATION = 'QEMU: guest with a bug (GICv3)';

/** A target behind a GDB stub: QEMU, started by F5. */
describe('a target behind QEMU’s stub', () => {
  after(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await endAll();
  });

  /** The session there is. */
  const only = async (): Promise<GicSession> => {
    const [session] = (await inspector()).sessions.all();
    assert.ok(session);
    return session;
  };

  const standsAt = async (line: number): Promise<true | undefined> => {
    const active = vscode.debug.activeDebugSession;
    if (!active || (await only()).state !== 'stopped') return undefined;
    const { stackFrames } = (await active.customRequest('stackTrace', { threadId: 1 })) as {
      stackFrames: { line: number }[];
    };
    return stackFrames[0]?.line === line ? true : undefined;
  };

  it('is started by a configuration of the examples, and its controller is found', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(await vscode.debug.startDebugging(folder, CONFIGURATION), 'QEMU starts');
    const session = await until('the target stands', async () => {
      const [one] = (await inspector()).sessions.all();
      return one?.state === 'stopped' ? one : undefined;
    });
    const about = await session.describe();
    assert.deepEqual([about.kind, about.gic, about.cpus], ['gdb', 'v3', 2]);
    await vscode.commands.executeCommand('gic.registers.focus');
    await vscode.commands.executeCommand('gic.interrupts.focus');
    await vscode.commands.executeCommand('notifications.clearAll');
    await until('the tree has values', async () =>
      (await ui.texts('.monaco-list-row')).some((text) => /GICD_CTLR.*0x/.test(text)) ? true : undefined,
    ).catch(() => undefined);
    await ui.screenshot('target-entry-dark');
  });

  it('steps from one access to the next', async () => {
    const session = await only();
    for (let n = 0; n < 3; n++) {
      const before = session.position ?? 0;
      await vscode.commands.executeCommand('gic.stepAccess', session.id);
      await until('the next access', () =>
        session.state === 'stopped' && (n === 0 || session.position !== before) ? true : undefined,
      );
    }
    const { entries } = await session.request('gic/journal', { start: 0, count: 10 });
    assert.match(entries[0]?.text ?? '', /^write GICD_CTLR/);
    assert.match(entries[0]?.code?.function ?? '', /^gic_/);
    const { panel } = await inspector();
    await panel.show(session.id, 'log', {});
    await until('the log shows it', async () => (/GICD_CTLR/.test(await ui.webviewText('body')) ? true : undefined));
    await ui.screenshot('target-access-dark');
  });

  it('brings in the interrupt its twin forgot, by an enable bit edited in the tree', async () => {
    const session = await only();
    const source = vscode.Uri.file(recording('guest/main.c'));
    const text = (await vscode.workspace.openTextDocument(source)).getText().split('\n');
    const line = text.findIndex((one) => one.includes('wait_until(uart_idle())'));
    vscode.debug.addBreakpoints([
      new vscode.SourceBreakpoint(new vscode.Location(source, new vscode.Position(line, 0))),
    ]);
    await goOn(session);
    await until('the breakpoint', () => standsAt(line + 1));
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    const { verdict } = await session.request('gic/explain', { intid: 33 });
    assert.match(verdict, /not enabled|disabled/);
    const { registerTree, panel } = await inspector();
    assert.ok(await registerTree.find('GICD_ISENABLER1'));
    await panel.show(session.id, 'interrupts', {});
    await vscode.commands.executeCommand('gic.registers.focus');
    await ui.screenshot('target-stuck-dark');
    await ui.theme('light');
    await ui.screenshot('target-stuck-light');
    await ui.theme('dark');
    const write = await session.request('gic/write', { target: 'GICD_ISENABLER[33]', value: '1' });
    assert.deepEqual([write.ok, write.verdict, write.after], [true, 'applied', '0x1']);
    await goOn(session);
    const { sessions } = await inspector();
    await until('the target ends', () => (sessions.all().length === 0 ? true : undefined));
    await vscode.commands.executeCommand('workbench.action.terminal.focus');
    await ui.wait('.xterm');
    await ui.screenshot('target-done-dark');
  });
});
