import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { GicSession } from '../../../extension/sessions/session.ts';
import * as ui from '../host/client.ts';
import { endAll, extensionRoot, go, inspector, recording, until } from './debugging.ts';

/** Logs of real guests, gzipped, as they came: EDK2 on GICv2, Linux on both, Xen on GICv3. */
const LOGS = ['edk2-v2.log.gz', 'linux-v2-smp2.log.gz', 'linux-v3-smp2-ts.log.gz', 'xen-v3.log.gz'];

/** Opens a file as a click in the explorer does, and presses F5. */
async function pressF5(file: string): Promise<GicSession> {
  const { sessions } = await inspector();
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  await until('the file is in front', () =>
    vscode.window.tabGroups.activeTabGroup.activeTab?.label === path.basename(file) ? true : undefined,
  );
  // A terminal that had the keyboard keeps it, where the file shows no text.
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
  await ui.key('F5');
  return until(`F5 on ${file} starts a session`, () =>
    sessions.all().find(({ state, position }) => state === 'stopped' && position !== undefined),
  );
}

describe('F5 on an open recording', () => {
  afterEach(endAll);

  it('debugs a gic-trace', async () => {
    const session = await pressF5(recording('edk2-gicv2.gictrace'));
    assert.equal((await session.describe()).title, 'edk2-gicv2.gictrace');
  });

  for (const name of LOGS) {
    it(`debugs ${name}, forwards and backwards`, async () => {
      const file = recording(name);
      copyFileSync(path.join(extensionRoot(), 'test/data/logs/real', name), file);
      const session = await pressF5(file);
      assert.equal(session.position, 0);
      for (let step = 1; step <= 5; step++) await go(session, 'workbench.action.debug.stepOver', step);
      await go(session, 'workbench.action.debug.stepBack', 4);
      const { total } = await session.request('gic/journal', { start: 0, count: 1 });
      await go(session, 'workbench.action.debug.continue', total);
      await ui.screenshot(`end-of-${name.replace(/\..*/, '')}`);
      await go(session, 'workbench.action.debug.reverseContinue', 0);
    });
  }
});
