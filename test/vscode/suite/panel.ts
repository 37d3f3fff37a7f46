import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import { debug, endAll, inspector, until } from './debugging.ts';

describe('the panel', () => {
  after(endAll);

  it('without a session says what to do', async () => {
    await endAll();
    await vscode.commands.executeCommand('gic.interrupts.focus');
    await ui.webviewWait('gic-app vscode-button');
    const text = await ui.webviewText('gic-app');
    assert.match(text, /recording/i);
    await ui.screenshot('empty-dark');
  });

  it('logs accesses, past and to come; a click goes there', async () => {
    const session = await debug('linux-gicv3.log.gz');
    const { panel } = await inspector();
    await panel.show(session.id, 'log', { find: 'GICR_ISENABLER0' });
    await ui.webviewWait('.log-row.found');
    await ui.screenshot('log-dark');
    const index = Number(await ui.webviewEval(`document.querySelector('.log-row.found').dataset.index`));
    await ui.webviewClick('.log-row.found');
    await until('the jump', () => (session.position === index ? true : undefined));
    await ui.theme('light');
    await ui.screenshot('log-light');
    await ui.theme('dark');
  });

  it('explains why an interrupt does not fire', async () => {
    const [session] = (await inspector()).sessions.all();
    assert.ok(session);
    const { panel } = await inspector();
    await panel.show(session.id, 'interrupts', { filter: 'intid=33' });
    await ui.webviewWait('[data-key="33"]');
    await ui.webviewKey('[data-key="33"] [data-column="state"]', 'Shift+F10');
    await ui.webviewWait('[role="menuitem"]');
    await ui.screenshot('menu-dark');
    await ui.webviewEval(
      `[...document.querySelectorAll('.menu-item')].find((item) => /Why/.test(item.textContent)).click()`,
    );
    await ui.webviewWait('.verdict');
    assert.match(await ui.webviewText('.verdict'), /INTID 33/);
    await ui.screenshot('explain-dark');
  });

  it('is worked by keyboard alone: an edit from Tab to Enter', async () => {
    await endAll();
    // The vgic keeps five bits of a priority.
    const session = await debug('vgic-redistributor.gictrace');
    await (await inspector()).panel.show(session.id, 'interrupts', { filter: 'intid=33' });
    await ui.webviewWait('[data-key="33"]');
    const press = (key: string): Promise<void> => ui.webviewKey('.grid [tabindex="0"]', key);
    await press('Home');
    for (let column = 0; column < 4; column++) await press('ArrowRight');
    await press('Enter');
    await ui.webviewWait('.cell-input');
    await ui.webviewFill('.cell-input', '0x13');
    await until('the preview', async () =>
      /0x10/.test(await ui.webviewText('#cell-note').catch(() => '')) ? true : undefined,
    );
    await ui.screenshot('preview-dark');
    await ui.webviewKey('.cell-input', 'Enter');
    await until('the narrowed value', async () =>
      (await ui.webviewText('[data-key="33"] [data-column="priority"]')).includes('0x10') ? true : undefined,
    );
    await ui.screenshot('narrowed-dark');
  });
});
