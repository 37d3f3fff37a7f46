import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import { debug, endAll, inspector, recording, until } from './debugging.ts';

/** Process number of the debug adapter started last. */
function newestAdapter(): number {
  const adapters = readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('dist/adapter.js');
    } catch {
      // Gone since it was listed.
      return false;
    }
  });
  return Math.max(...adapters.map(Number));
}

describe('trouble', () => {
  after(endAll);

  it('a malformed recording: no session, and a message with file, line and reason', async () => {
    const file = recording('broken.gictrace');
    writeFileSync(
      file,
      '{"format":"gic-trace/1","gic":"v2","cpus":1,"spis":32,"dist":"0x08000000","cpuif":"0x08010000"}\n{"op":"read","cpu":7}\n',
    );
    const { sessions } = await inspector();
    // VS Code shows the adapter's message in a modal dialog; while tests run it throws the dialog's text instead.
    const configuration = { type: 'gic', request: 'launch', name: 'broken', program: file };
    await assert.rejects(async () => vscode.debug.startDebugging(undefined, configuration), /broken\.gictrace:2: /);
    assert.equal(sessions.all().length, 0);
  });

  it('a panel that was closed comes back with its rows', async () => {
    const session = await debug('vgic-list-registers.gictrace');
    const { panel } = await inspector();
    await panel.show(session.id, 'interrupts', { filter: '' });
    await ui.webviewWait('[role="grid"]');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await vscode.commands.executeCommand('gic.interrupts.focus');
    await ui.webviewWait('[role="grid"]');
    await until('rows', async () => ((await ui.webviewTexts('[role="row"]')).length > 1 ? true : undefined));
  });

  it('an adapter that dies takes its session, and nothing else, with it', async () => {
    const { sessions } = await inspector();
    const [survivor] = sessions.all();
    assert.ok(survivor);
    const victim = await debug('edk2-gicv2.gictrace');
    process.kill(newestAdapter(), 'SIGKILL');
    await until('one session is left', () => (sessions.all().length === 1 ? true : undefined));
    assert.equal(sessions.all()[0]?.id, survivor.id);
    await assert.rejects(victim.request('gic/describe', {}), /killed|ended/);
    assert.equal((await survivor.request('gic/irqs', {})).full, true);
    await vscode.commands.executeCommand('notifications.showList');
    const message = await until('a message', async () =>
      (await ui.texts('.notification-list-item-message')).find((text) => text.includes('GIC session')),
    );
    assert.match(message, /edk2-gicv2\.gictrace.*(ended unexpectedly|was killed).*start it again/);
  });
});
