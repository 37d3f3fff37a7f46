import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import type { GicSession } from '../../../extension/sessions/session.ts';
import { debug, endAll, goOn, inspector, press, recording, until } from './debugging.ts';

/** A program with its source, on a machine that needs nothing installed. */
describe('a simulated guest', () => {
  after(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await endAll();
  });

  const stopped = (session: GicSession, what: string): Promise<true> =>
    until(what, () => (session.state === 'stopped' ? true : undefined));

  const top = async (): Promise<{ name: string; line: number } | undefined> => {
    const active = vscode.debug.activeDebugSession;
    const item = vscode.debug.activeStackItem;
    if (!active || !item) return undefined;
    const answer = (await active.customRequest('stackTrace', { threadId: item.threadId })) as {
      stackFrames: { name: string; line: number }[];
    };
    return answer.stackFrames[0];
  };

  it('stops at a source breakpoint in an interrupt handler', async () => {
    const source = vscode.Uri.file(recording('guest/main.c'));
    const text = await vscode.workspace.openTextDocument(source);
    const line = text
      .getText()
      .split('\n')
      .findIndex((one) => one.includes('iar = gic_acknowledge()'));
    assert.ok(line > 0);
    vscode.debug.addBreakpoints([
      new vscode.SourceBreakpoint(new vscode.Location(source, new vscode.Position(line + 1, 0))),
    ]);
    const session = await debug('guest/guest-buggy.elf', { cpus: 2 });
    const { profile, cpus } = await session.describe();
    assert.match(profile, /^kvm-/);
    assert.equal(cpus, 2);
    await goOn(session);
    await until('the handler', async () => ((await top())?.name === 'handle_interrupt' ? true : undefined));
    await vscode.commands.executeCommand('gic.registers.focus');
    await vscode.commands.executeCommand('gic.interrupts.focus');
    await vscode.commands.executeCommand('notifications.clearAll');
    await ui.screenshot('simulated-handler-dark');
    await vscode.commands.executeCommand('workbench.view.debug');
    await vscode.commands.executeCommand('workbench.debug.action.focusCallStackView');
    await ui.wait('.debug-call-stack');
    await ui.screenshot('simulated-stack-dark');
    await vscode.commands.executeCommand('gic.registers.focus');
  });

  it('steps to the next access of the controller', async () => {
    const [session] = (await inspector()).sessions.all();
    assert.ok(session);
    const before = session.position ?? 0;
    await vscode.commands.executeCommand('gic.stepAccess', session.id);
    await until('the next access', () =>
      session.state === 'stopped' && session.position !== before ? true : undefined,
    );
    const { entries, position } = await session.request('gic/journal', { start: session.position ?? 0, count: 1 });
    assert.ok(position > before);
    const [entry] = entries;
    assert.match(entry?.text ?? '', /(IC[CV]|GIC)/);
    assert.match(entry?.code?.function ?? '', /^gic_/);
    await ui.screenshot('simulated-access-dark');
    const { panel } = await inspector();
    await panel.show(session.id, 'log', {});
    await until('the log names the code', async () =>
      /gic_v3_[a-z_]+, gic-v3\.c:\d+/.test(await ui.webviewText('body')) ? true : undefined,
    );
    await ui.screenshot('simulated-log-dark');
  });

  it('brings in the interrupt its twin forgot, by an enable bit edited in the tree', async () => {
    const { sessions, registerTree } = await inspector();
    const [session] = sessions.all();
    assert.ok(session);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await goOn(session);
    await until('the guest is stuck', async () => {
      // VS Code takes breakpoints away when it gets round to it.
      if (session.state === 'stopped') await goOn(session);
      const { entries } = await session.request('gic/journal', { start: 0, count: 1000 });
      return entries.some(({ text }) => text === 'wire of INTID 33 goes high') ? true : undefined;
    });
    await press(session, 'workbench.action.debug.pause');
    await stopped(session, 'the pause');
    const { verdict } = await session.request('gic/explain', { intid: 33 });
    assert.match(verdict, /not enabled|disabled/);
    const register = await registerTree.find('GICD_ISENABLER1');
    assert.ok(register);
    await ui.screenshot('simulated-stuck-dark');
    await ui.theme('light');
    await ui.screenshot('simulated-stuck-light');
    await ui.theme('dark');
    const write = await session.request('gic/write', { target: 'GICD_ISENABLER[33]', value: '1' });
    assert.equal(write.ok, true);
    await goOn(session);
    await until('the guest ends', () => (sessions.all().length === 0 ? true : undefined));
    await vscode.commands.executeCommand('workbench.action.terminal.focus');
    await ui.wait('.xterm');
    await ui.screenshot('simulated-done-dark');
  });
});
