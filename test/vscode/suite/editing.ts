import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { WriteResponse } from '../../../adapter/protocol.ts';
import * as ui from '../host/client.ts';
import { debug, endAll, go, inspector, until } from './debugging.ts';

async function edit(sessionId: string, target: string, value: string): Promise<WriteResponse> {
  const answer = await vscode.commands.executeCommand<WriteResponse | undefined>(
    'gic.editRegister',
    sessionId,
    target,
    value,
  );
  assert.ok(answer, `no answer to ${target} = ${value}`);
  return answer;
}

describe('edits', () => {
  after(endAll);

  it('travel through the dispatcher, show in tree and table, and return when stepping back', async () => {
    const { panel, registerTree } = await inspector();
    const session = await debug('edk2-gicv2.gictrace');
    await vscode.commands.executeCommand('gic.jumpTo', 600, session.id);
    await until('the jump', () => (session.position === 600 ? true : undefined));
    const before = (await registerTree.find('GICD_ISENABLER1'))?.description ?? '';
    const answer = await edit(session.id, 'GICD_ISENABLER1', '0x2');
    assert.equal(answer.verdict, 'applied');
    assert.equal(answer.accesses[0]?.register, 'GICD_ISENABLER1');
    assert.deepEqual(answer.effects.filter((effect) => effect.includes('INTID 33')).length, 1);
    await until('the tree follows', async () => {
      const now = await registerTree.find('GICD_ISENABLER1');
      return now?.description.includes('0x00000002') === true ? true : undefined;
    });
    await registerTree.reveal('GICD_ISENABLER1');
    await panel.show(session.id, 'interrupts', { filter: 'intid=33' });
    await ui.webviewWait('[role="grid"]');
    const enabled = `document.querySelector('[data-key="33"] [role="checkbox"]')?.getAttribute('aria-checked')`;
    await until('INTID 33 is enabled in the webview', async () =>
      (await ui.webviewEval(enabled)) === 'true' ? true : undefined,
    );
    await ui.screenshot('edit-dark');
    await go(session, 'workbench.action.debug.stepBack', 600);
    assert.equal((await registerTree.find('GICD_ISENABLER1'))?.description, `${before} ← 0x00000002`);
    await until('INTID 33 is disabled again in the webview', async () =>
      (await ui.webviewEval(enabled)) === 'false' ? true : undefined,
    );
  });

  it('that the controller narrows or ignores say so', async () => {
    const [session] = (await inspector()).sessions.all();
    assert.ok(session);
    const narrowed = await edit(session.id, 'GICD_CTLR', '0xff');
    assert.equal(narrowed.verdict, 'narrowed');
    assert.match(narrowed.problems.map(({ message }) => message).join(' '), /0x3/);
    const refused = async (target: string, value: string): Promise<string> => {
      const answer = await edit(session.id, target, value);
      assert.deepEqual([answer.ok, answer.accesses], [false, []]);
      return answer.problems.map(({ message }) => message).join(' ');
    };
    assert.match(await refused('GICD_TYPER', '1'), /read-only/);
    assert.match(await refused('GICD_ISENABLER1', '0x100000000'), /32 bits/);
    await assert.rejects(edit(session.id, 'GICD_NONSENSE', '1'), /GICD_NONSENSE/);
  });

  it('go to the session they belong to, not to the active one', async () => {
    const { sessions } = await inspector();
    const [first] = sessions.all();
    assert.ok(first);
    const second = await debug('vgic-list-registers.gictrace');
    const read = async (session: typeof first): Promise<string | undefined> =>
      (await session.request('gic/read', { frames: ['GICD'], registers: ['GICD_ISENABLER1'] })).values[0]?.value;
    const before = await read(second);
    await edit(first.id, 'GICD_ISENABLER[40]', '1');
    assert.equal(await read(second), before);
    assert.notEqual(await read(first), '0x0');
    await ui.screenshot('two-sessions-dark');
  });
});
