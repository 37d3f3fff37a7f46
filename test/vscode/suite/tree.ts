import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import { debug, endAll, inspector, until } from './debugging.ts';

/** The register tree, by keyboard. */
describe('the register tree', () => {
  after(endAll);

  it('shows the banks of all vCPUs side by side', async () => {
    const session = await debug('vgic-redistributor.gictrace');
    const { registerTree } = await inspector();
    await vscode.commands.executeCommand('gic.jumpTo', 20, session.id);
    await until('the jump', () => (session.position === 20 ? true : undefined));
    await registerTree.reveal('GICR_ISENABLER0');
    await ui.screenshot('banks-dark');
  });

  it('edits with F2, and says at the input what is wrong', async () => {
    const { registerTree, sessions } = await inspector();
    const [session] = sessions.all();
    assert.ok(session);
    await registerTree.reveal('GICD_IPRIORITYR8');
    await ui.key('F2');
    await ui.wait('.quick-input-widget input');
    const input = '.quick-input-widget .quick-input-message';
    await ui.key('Control+A');
    await ui.type('0x123456789');
    await until('the refusal', async () => (/32 bits/.test(await ui.text(input)) ? true : undefined));
    await ui.screenshot('refused-dark');
    await ui.key('Control+A');
    await ui.type('0x13131313');
    await until('the warning', async () => (/5 bits/.test(await ui.text(input)) ? true : undefined));
    await ui.screenshot('warned-dark');
    await ui.key('Enter');
    await until('the narrowed value', async () =>
      (await registerTree.find('GICD_IPRIORITYR8'))?.description.includes('0x10101010') === true ? true : undefined,
    );
    await until('the view itself shows it', async () =>
      (await ui.texts('.pane-body .monaco-list-row')).some((text) => /INTID 33 = 0x10/.test(text)) ? true : undefined,
    );
    await ui.screenshot('tree-narrowed-dark');
  });
});
