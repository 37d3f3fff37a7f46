import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import { debug, endAll, go, inspector, until } from './debugging.ts';

/** The first minutes of somebody with a recording of a real machine. */
describe('a recorded run', () => {
  after(endAll);

  it('starts with F5 and stops at its first access', async () => {
    await ui.resize(1600, 1000);
    const session = await debug('edk2-gicv2.gictrace');
    assert.equal(session.position, 0);
    const description = await session.describe();
    assert.equal(description.gic, 'v2');
    await vscode.commands.executeCommand('gic.registers.focus');
    await vscode.commands.executeCommand('gic.interrupts.focus');
    await ui.wait('.debug-toolbar .codicon-debug-step-back');
  });

  it('steps from one access to the next, and back', async () => {
    const { sessions, registerTree } = await inspector();
    const [session] = sessions.all();
    assert.ok(session);
    await go(session, 'workbench.action.debug.stepOver', 1);
    await vscode.commands.executeCommand('gic.jumpTo', 1200, session.id);
    await until('the jump', () => (session.position === 1200 ? true : undefined));
    await go(session, 'workbench.action.debug.stepBack', 1199);
    await go(session, 'workbench.action.debug.stepOver', 1200);
    assert.deepEqual(await registerTree.rootLabels(), ['Distributor', 'CPU interface']);
    const enable = await registerTree.find('GICD_ISENABLER0');
    assert.match(enable?.description ?? '', /0x[0-9a-f]{8}/);
  });

  it('shows the interrupts in the panel', async () => {
    const { panel, sessions } = await inspector();
    await panel.show(sessions.all()[0]?.id ?? '', 'interrupts', { filter: '!idle' });
    await ui.webviewWait('[role="grid"]');
    const text = await until('INTID 27 in the table', async () => {
      const all = await ui.webviewText('body');
      return /\b27\b/.test(all) ? all : undefined;
    });
    assert.match(text, /PPI/);
    await vscode.commands.executeCommand('notifications.clearAll');
    await ui.screenshot('session-dark');
    await ui.theme('light');
    await ui.screenshot('session-light');
    await ui.theme('dark');
  });

  it('goes to the next and the previous access that matches', async () => {
    const [session] = (await inspector()).sessions.all();
    assert.ok(session);
    const from = session.position ?? 0;
    await vscode.commands.executeCommand('gic.stepToMatch', 'access.register == GICC_IAR', session.id);
    await until('the match', () => ((session.position ?? 0) > from ? true : undefined));
    const there = session.position ?? 0;
    const { entries } = await session.request('gic/journal', { start: there, count: 1 });
    assert.match(entries[0]?.text ?? '', /read GICC_IAR/);
    await vscode.commands.executeCommand('gic.stepToMatch', 'access.register == GICC_EOIR', session.id);
    await until('the next match', () => ((session.position ?? 0) > there ? true : undefined));
    await vscode.commands.executeCommand('gic.stepBackToMatch', 'access.register == GICC_IAR', session.id);
    await until('the way back', () => (session.position === there ? true : undefined));
  });
});
