import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { Qtest } from '../../gdb/qtest.ts';
import * as ui from '../host/client.ts';
import { endAll, inspector, recording, until } from './debugging.ts';
import type { GicSession } from '../../../extension/sessions/session.ts';

const GICD_ISENABLER1 = 0x0800_0104;
const SPI_41 = 1 << 9;
const ROW = '.pane-body .monaco-list-row';

/** The view that shows where a target and the model differ: attached to QEMU. */
describe('the divergence view', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'gic-divergence-'));
  const ends: (() => Promise<void>)[] = [];
  let session: GicSession;
  let qtest: Qtest;

  before(async () => {
    qtest = await Qtest.listen({ after: (end) => ends.push(end) });
  });

  after(async () => {
    await widen('increase');
    await endAll();
    for (const end of ends) await end();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Makes the editor narrower, and so the side bar wider, or undoes it. */
  const widen = async (editor: 'decrease' | 'increase'): Promise<void> => {
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    for (let n = 0; n < 3; n++) await vscode.commands.executeCommand(`workbench.action.${editor}ViewWidth`);
  };

  const toNextAccess = async (): Promise<void> => {
    await vscode.commands.executeCommand('gic.stepAccess', session.id);
    await until('the target stands', () => (session.state === 'stopped' ? true : undefined));
  };

  /** The view's rows and its message, as they are on screen. */
  const shows = async (pattern: RegExp): Promise<true | undefined> => {
    const all = await ui.texts('.pane .message, .pane-body .monaco-list-row');
    return all.some((text) => pattern.test(text)) ? true : undefined;
  };

  it('says that target and model agree', async () => {
    const stub = path.join(directory, 'gdb');
    const program = recording('guest/guest.elf');
    const machine = ['-M', 'virt,gic-version=3', '-cpu', 'cortex-a53', '-m', '256', '-nographic', '-nic', 'none'];
    const args = [...machine, '-kernel', program, '-S', '-gdb', `unix:${stub},server=on,wait=off`, ...qtest.options];
    const server = { command: 'qemu-system-aarch64', args };
    const configuration = { type: 'gic', request: 'launch', name: 'QEMU', program, target: `unix:${stub}`, server };
    assert.ok(await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], configuration));
    session = await until('the target stands', async () =>
      (await inspector()).sessions.all().find(({ state }) => state === 'stopped'),
    );
    await vscode.commands.executeCommand('gic.registers.focus');
    await until('the view is there', async () => ((await inspector()).divergence.hasTargets ? true : undefined));
    await vscode.commands.executeCommand('gic.divergence.focus');
    // Wide enough for the values to be read in the pictures.
    await widen('decrease');
    await until('the model is loaded', () => shows(/model was loaded from the target: compared from the next stop/));
    await toNextAccess();
    await until('they agree', () => shows(/Compared \d+ registers with profile qemu-[\d.]+: all agree/));
    await vscode.commands.executeCommand('notifications.clearAll');
    await ui.screenshot('divergence-none-dark');
  });

  it('shows a register that was written behind the model’s back, within one stop', async () => {
    const { divergence, registerTree } = await inspector();
    await qtest.write(GICD_ISENABLER1, SPI_41);
    await toNextAccess();
    const row = /GICD_ISENABLER1 · INTID 41.*model 0, target 1/;
    await until('the difference', () => shows(row));
    await until('it is counted', () => shows(/Compared \d+ registers with profile qemu-[\d.]+: 1 differs/));
    const [difference] = divergence.differences;
    assert.ok(difference);
    const { register, intids, model, target, access } = difference.divergence;
    assert.deepEqual([register, intids, model, target, access], ['GICD_ISENABLER1', [41], '0x0', '0x1', undefined]);
    await vscode.commands.executeCommand('notifications.clearAll');
    await ui.screenshot('divergence-dark');
    await ui.theme('light');
    await ui.screenshot('divergence-light');
    await ui.theme('dark');
    // From the keyboard, to the register in its tree.
    await vscode.commands.executeCommand('gic.divergence.focus');
    await ui.key('ArrowDown');
    await ui.key('Enter');
    await until('the interrupt’s bit is selected in the tree', async () =>
      (await ui.texts(`${ROW}.selected, ${ROW}.focused`)).some((text) => /INTID 41/.test(text) && !/model/.test(text))
        ? true
        : undefined,
    );
    assert.match((await registerTree.find('GICD_ISENABLER[41]'))?.label ?? '', /INTID 41/);
    await ui.screenshot('divergence-revealed-dark');
  });

  it('keeps it at the next stop, and forgets it when cleared', async () => {
    const { divergence } = await inspector();
    await toNextAccess();
    await until('an earlier one', () => (divergence.differences[0]?.divergence.isNew === false ? true : undefined));
    await vscode.commands.executeCommand('gic.clearDivergence');
    await until('it is gone', async () =>
      divergence.differences.length === 0 && !(await shows(/model 0, target 1/)) ? true : undefined,
    );
  });
});
