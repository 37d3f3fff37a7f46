import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { FakeController, FakeModel } from './fake-model.ts';
import { Harness, scrollTo, scrollTopOf, type Panel, type PanelOptions } from './harness.ts';

let harness: Harness;
before(async () => {
  harness = await Harness.start();
});
after(() => harness.stop());

/** Runs a test on a panel that shows a table of 8 vCPUs and 960 SPIs. */
function onPanel(
  name: string,
  body: (panel: Panel, controller: FakeController) => Promise<void>,
  options: PanelOptions & { prepare?: (controller: FakeController, model: FakeModel) => void } = {},
): void {
  test(name, async () => {
    const model = new FakeModel();
    const controller = new FakeController(8, 960);
    options.prepare?.(controller, model);
    model.add('a', controller);
    const panel = await harness.open(model, options);
    await panel.page.locator('.row').first().waitFor();
    await body(panel, controller);
    await panel.close();
  });
}

const cell = (page: Page, key: string, column: string): Locator =>
  page.locator(`[data-key="${key}"] > [data-column="${column}"]`);
const keys = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('.row')].map((row) => row.dataset.key)`);
const focused = (page: Page): Promise<string> =>
  page.evaluate(
    `(document.activeElement.closest('.row')?.dataset.key ?? 'none') + ' ' + (document.activeElement.dataset.column ?? '')`,
  );
const filter = (page: Page): Locator => page.getByRole('textbox', { name: 'Filter interrupts' });
const note = (page: Page): Locator => page.locator('#cell-note');

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
}

onPanel('1,216 rows: only those in view are drawn, and changes are quick', async ({ page, model }, controller) => {
  assert.equal(await page.getByRole('grid', { name: 'Interrupts' }).getAttribute('aria-rowcount'), '1217');
  assert.ok((await keys(page)).length < 60);
  assert.equal(await page.locator('.count:visible').textContent(), '1,216 rows');
  await page.evaluate(`window.rowsMade = 0; new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) if (node.classList?.contains('row')) window.rowsMade++;
  }).observe(document.querySelector('.canvas'), { childList: true })`);
  controller.step(
    [
      [0, 3, { pending: true }],
      [500, null, { pending: true }],
    ],
    1,
  );
  model.changed('a', 'step');
  await cell(page, '0.3', 'state').getByText('pending').waitFor();
  assert.equal(await page.evaluate('window.rowsMade'), 0, 'a delta makes no rows anew');
  await scrollTo(page, '.grid', 'element.scrollHeight');
  await page.locator('[data-key="991"]').waitFor();
  assert.ok((await keys(page)).length < 60);
});

onPanel('columns say what the controller says, and why a cell cannot be edited', async ({ page }) => {
  await filter(page).fill('!idle');
  const texts = await page.locator('[data-key="27.0"] .cell').allInnerTexts();
  assert.match(texts[0] ?? '', /27\s*PPI\s*vCPU 0/);
  assert.deepEqual(texts.slice(1, 3), ['pending + active', 'high']);
  assert.deepEqual(texts.slice(4, 6), ['0x20', 'level']);
  assert.match(texts[8] ?? '', /vCPU 0 #0\s*LR0/);
  assert.equal(await cell(page, '34', 'target').innerText(), 'nobody');
  assert.match((await cell(page, '33', 'target').getAttribute('title')) ?? '', /ITARGETSR byte 0x2/);
  assert.equal(await cell(page, '1.0', 'trigger').getAttribute('aria-readonly'), 'true');
  assert.match((await cell(page, '1.0', 'trigger').getAttribute('title')) ?? '', /SGIs are always edge-triggered/);
  assert.match(await cell(page, '1.0', 'state').innerText(), /pending\s*soft\s*from vCPU 1, 2/);
});

onPanel('the filter narrows, tells of malformed terms, and of matching nothing', async ({ page }) => {
  await filter(page).fill('spi pending');
  await until('two rows', async () => (await keys(page)).join() === '33,34');
  assert.equal(await page.locator('.count:visible').textContent(), '2 of 1,216');
  await filter(page).fill('spi pending prio<');
  assert.equal(await filter(page).getAttribute('aria-invalid'), 'true');
  await page.getByText('“prio<”: a number is missing at the end.').waitFor();
  assert.deepEqual(await keys(page), ['33', '34'], 'the other terms still apply');
  await filter(page).fill('idle pending');
  await page.getByText('None of the 1,216 interrupts matches “idle pending”.').waitFor();
  await page.getByRole('button', { name: 'Show All' }).click();
  await until('all rows', async () => (await page.locator('.count:visible').textContent()) === '1,216 rows');
  await page.getByRole('button', { name: 'Not idle' }).click();
  await until('six rows', async () => (await keys(page)).length === 6);
  await page.getByRole('button', { name: 'Changed' }).click();
  await page.getByText('is pending or active and changed since the last stop').waitFor();
});

onPanel('headers sort, by mouse and by keyboard', async ({ page }) => {
  const header = page.getByRole('columnheader', { name: 'Priority' });
  await header.click();
  assert.equal(await header.getAttribute('aria-sort'), 'ascending');
  assert.deepEqual((await keys(page)).slice(0, 4), ['27.0', '27.1', '33', '35']);
  await header.click();
  assert.equal(await header.getAttribute('aria-sort'), 'descending');
  await cell(page, '0.0', 'intid').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  assert.equal(await page.getByRole('columnheader', { name: 'State' }).getAttribute('aria-sort'), 'ascending');
  assert.equal((await keys(page))[0], '27.0');
});

onPanel('the keyboard goes everywhere, with one tab stop', async ({ page }) => {
  assert.equal(await page.locator('.grid [tabindex="0"]').count(), 1);
  await cell(page, '0.2', 'state').click();
  assert.equal(await focused(page), '0.2 state');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(page), '0.3 line');
  await page.keyboard.press('End');
  assert.equal(await focused(page), '0.3 queued');
  await page.keyboard.press('Control+End');
  await until('the last cell', async () => (await focused(page)) === '991 queued');
  await page.keyboard.press('PageUp');
  await until('a page up', async () => /^9[678]\d queued$/.test(await focused(page)));
  await page.keyboard.press('Control+Home');
  await until('the first cell', async () => (await focused(page)) === '0.0 intid');
  await page.keyboard.press('x');
  assert.equal(await focused(page), '0.0 intid');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'Filter interrupts');
  assert.equal(await filter(page).inputValue(), '');
  await page.keyboard.press('ArrowDown');
  await until('back in the grid', async () => (await focused(page)) === '0.0 intid');
  await page.keyboard.press('Control+f');
  assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'Filter interrupts');
  assert.equal(await page.locator('.grid [tabindex="0"]').count(), 1);
});

onPanel(
  'what is typed is previewed at the cell; errors are refused, warnings kept in view',
  async ({ page, model }) => {
    await filter(page).fill('33');
    await cell(page, '33', 'priority').click();
    await page.keyboard.press('F2');
    const input = page.getByRole('textbox', { name: 'Priority of INTID 33' });
    assert.equal(await input.inputValue(), '0x40');
    assert.match(await note(page).innerText(), /0x00 \(most urgent\) to 0xff/);
    await page.keyboard.type('0x1ff');
    await note(page).getByText('does not fit').waitFor();
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    const [below, cellBox] = [await note(page).boundingBox(), await input.boundingBox()];
    assert.ok(below && cellBox && below.y >= cellBox.y + cellBox.height - 2 && below.y < cellBox.y + 30);
    await page.keyboard.press('Enter');
    assert.deepEqual(model.of('gic/write'), []);
    assert.ok(await input.isVisible(), 'what was refused stays in its input');
    await input.fill('0x13');
    await note(page).getByText('keeps 5 bits: 0x10 will be stored').waitFor();
    assert.equal(model.of('gic/preview').length, 2, 'asked when typing paused, not at each key');
    await page.keyboard.press('Enter');
    await until('the edit', () => model.of('gic/write').length === 1);
    assert.deepEqual(model.of('gic/write')[0], { sessionId: 'a', args: { target: 'irq(33).priority', value: '0x13' } });
    await note(page).getByText('The controller narrowed this edit').waitFor();
    await until('the new value', async () => (await cell(page, '33', 'priority').innerText()).includes('0x10'));
    assert.equal(await focused(page), '33 priority');
    assert.ok(((await cell(page, '33', 'priority').getAttribute('class')) ?? '').includes('cell-changed'));
    await page.keyboard.press('Escape');
    await until('dismissed', async () => (await note(page).count()) === 0);
  },
);

onPanel('Escape gives up an edit, and an unchanged one writes nothing', async ({ page, model }) => {
  await cell(page, '0.0', 'priority').dblclick();
  await page.keyboard.type('7');
  await page.keyboard.press('Escape');
  await until('focus back', async () => (await focused(page)) === '0.0 priority');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await until('closed', async () => (await page.locator('.cell-input').count()) === 0);
  assert.deepEqual(model.of('gic/write'), []);
});

onPanel('an ignored edit says so at its cell, until dismissed; also after the view was hidden', async (panel) => {
  const { page, model } = panel;
  await filter(page).fill('intid=3');
  await cell(page, '3.1', 'enabled').getByRole('checkbox').click();
  await note(page).getByText('The controller ignored this edit').waitFor();
  await note(page).getByText('SGIs are always enabled').waitFor();
  assert.deepEqual(model.of('gic/write')[0]?.args, { target: 'irq(3, 1).enabled', value: '0' });
  model.controllers.get('a')?.step([[40, null, { pending: true }]], 4);
  model.changed('a', 'step');
  await page.waitForTimeout(2800);
  assert.ok(await note(page).isVisible(), 'it outlives steps and the time of mere confirmations');
  await panel.reopen();
  await note(page).getByText('The controller ignored this edit').waitFor();
  await note(page).getByRole('button', { name: 'Dismiss' }).click();
  await until('dismissed', async () => (await note(page).count()) === 0);
  assert.equal(await page.locator('.mark').count(), 0);
});

onPanel('Space switches, menus act', async ({ page, model }) => {
  await filter(page).fill('33');
  await cell(page, '33', 'intid').click();
  await page.keyboard.press(' ');
  await until(
    'enabled',
    async () =>
      (await page.getByRole('checkbox', { name: 'INTID 33 enabled' }).getAttribute('aria-checked')) === 'true',
  );
  assert.deepEqual(model.of('gic/write').at(-1)?.args, { target: 'irq(33).enabled', value: '1' });
  await cell(page, '33', 'trigger').dblclick();
  assert.equal(await page.getByRole('menuitemradio', { name: 'level' }).getAttribute('aria-checked'), 'true');
  await page.getByRole('menuitemradio', { name: 'edge' }).click();
  await until('edge', async () => (await cell(page, '33', 'trigger').innerText()).startsWith('edge'));
  assert.deepEqual(model.of('gic/write').at(-1)?.args, { target: 'irq(33).config', value: 'edge' });
  await page.keyboard.press('Shift+F10');
  const menu = page.getByRole('menu', { name: 'Actions for INTID 33' });
  const entries = (await menu.getByRole('menuitem').allInnerTexts()).map((text) => text.trim());
  assert.deepEqual(entries, [
    'Why does it not fire?',
    'Show register GICD_ICFGR[33]',
    'Set pending',
    'Clear pending',
    'Set active',
    'Clear active',
    'Raise line',
    'Lower line',
    'Enable',
    'Disable',
  ]);
  assert.equal(await menu.getByRole('menuitem', { name: 'Raise line' }).getAttribute('aria-disabled'), 'true');
  await page.keyboard.press('l');
  await page.keyboard.press('Enter');
  await until('lowered', () => model.of('gic/write').length === 3);
  assert.deepEqual(model.of('gic/write').at(-1)?.args, { target: 'irq(33).line', value: '0' });
  assert.equal(await focused(page), '33 trigger');
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Show register' }).click();
  await until('revealed', () => model.revealed.length === 1);
  assert.deepEqual(model.revealed, [{ sessionId: 'a', expression: 'GICD_ICFGR[33]' }]);
});

onPanel('a delta keeps scroll position, selection and what is being typed', async ({ page, model }, controller) => {
  await scrollTo(page, '.grid', '10_000');
  await until('scrolled', async () => (await keys(page)).some((key) => Number(key) > 240));
  const key = (await keys(page)).at(12) ?? '';
  await cell(page, key, 'priority').dblclick();
  await page.keyboard.type('0x55');
  const top = await scrollTopOf(page, '.grid');
  controller.step(
    [
      [Number(key), null, { pending: true }],
      [33, null, { enabled: true }],
    ],
    1,
  );
  model.changed('a', 'step');
  await cell(page, key, 'state').getByText('pending').waitFor();
  assert.equal(await scrollTopOf(page, '.grid'), top);
  assert.equal(await page.locator('.cell-input').inputValue(), '0x55');
  assert.equal(await page.evaluate('document.activeElement.className'), 'cell-input');
});

onPanel('filter, order, place and a half-typed value survive the view being hidden', async (panel) => {
  const { page } = panel;
  await filter(page).fill('spi');
  await page.getByRole('columnheader', { name: 'INTID' }).click();
  await scrollTo(page, '.grid', '4400');
  await until('scrolled', async () => (await keys(page)).includes('790'));
  await cell(page, '790', 'priority').dblclick();
  await page.keyboard.type('0x1');
  await page.waitForTimeout(400);
  await panel.reopen();
  await until('scrolled again', async () => (await keys(page)).includes('790'));
  assert.equal(await filter(page).inputValue(), 'spi');
  assert.equal(await page.getByRole('columnheader', { name: 'INTID' }).getAttribute('aria-sort'), 'descending');
  assert.equal(await page.locator('.cell-input').inputValue(), '0x1');
});

onPanel('the explanation is shown beside the table, and follows the state', async ({ page, model }, controller) => {
  await filter(page).fill('33');
  await cell(page, '33', 'state').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Why does it not fire?' }).click();
  const region = page.getByRole('region', { name: 'Why does INTID 33 not fire?' });
  await region.getByText('INTID 33 is pending, but disabled.').waitFor();
  assert.equal(await region.getByRole('listitem').count(), 4);
  assert.match(await region.locator('.step-fail').innerText(), /Is it enabled\? No\s*GICD_ISENABLER1 bit 1 is 0/);
  await region.getByRole('button', { name: 'GICD_ISENABLER[33]' }).click();
  assert.deepEqual(model.revealed.at(-1), { sessionId: 'a', expression: 'GICD_ISENABLER[33]' });
  controller.step([], 1);
  model.changed('a', 'step');
  await until('asked again', () => model.of('gic/explain').length === 2);
  await region.press('Escape');
  await until('closed', async () => (await region.count()) === 0);
  await until('focus back', async () => (await focused(page)) === '33 state');
});

test('two sessions: the one shown can be chosen, and edits go where they were made', async () => {
  const model = new FakeModel();
  model.add('a', new FakeController(1, 32));
  model.add('b', new FakeController(2, 64));
  model.focus = 'a';
  const panel = await harness.open(model);
  const { page } = panel;
  await page.getByText('1 vCPU · 32 SPIs').waitFor();
  await page.getByRole('combobox', { name: 'Session' }).selectOption('b');
  await page.getByText('2 vCPUs · 64 SPIs').waitFor();
  await filter(page).fill('40');
  await cell(page, '40', 'enabled').getByRole('checkbox').click();
  await until('written', () => model.of('gic/write').length === 1);
  assert.equal(model.of('gic/write')[0]?.sessionId, 'b');
  // Rows of a session that is not shown, or older ones, change nothing.
  const full = { version: 0, full: true, rows: [] };
  await panel.tell({ type: 'irqs', sessionId: 'b', irqs: full, newStop: true });
  await panel.tell({ type: 'irqs', sessionId: 'gone', irqs: full, newStop: true });
  await page.waitForTimeout(50);
  assert.deepEqual(await keys(page), ['40']);
  model.remove('b');
  await page.getByText('1 vCPU · 32 SPIs').waitFor();
  model.remove('a');
  await page.getByText('No interrupt controller is being debugged.').waitFor();
  await page.getByRole('button', { name: 'Try an Example' }).click();
  await until('opened', () => model.opened.length === 1);
  assert.deepEqual(model.opened, ['example']);
  await panel.close();
});

onPanel('a failed read is said, and the old rows are not passed off as new', async ({ page, model }, controller) => {
  model.failure = (command) => (command === 'gic/irqs' ? 'a: gic/irqs: no answer within 10 s' : undefined);
  controller.step([], 1);
  model.changed('a', 'step');
  await page.getByText('what is shown is out of date. a: gic/irqs: no answer within 10 s').waitFor();
  model.failure = undefined;
  await page.getByRole('button', { name: 'Try Again' }).click();
  await until('gone', async () => (await page.locator('.failures').count()) === 0);
});

onPanel(
  'a target has no wires and queues, and what could not be read is dimmed and says why',
  async ({ page }) => {
    const heads = await page.getByRole('columnheader').allInnerTexts();
    assert.deepEqual(heads, ['INTID', 'State', 'Enabled', 'Priority', 'Trigger', 'Group', 'Target']);
    assert.equal(await page.locator('.grid').getAttribute('aria-colcount'), '7');
    await filter(page).fill('32-34');
    await until('three rows', async () => (await keys(page)).join() === '32,33,34');
    const texts = await page.locator('[data-key="33"] .cell').allInnerTexts();
    assert.match(texts[0] ?? '', /33\s*SPI/);
    assert.deepEqual(new Set(texts.slice(1)), new Set(['?']));
    assert.equal(
      await cell(page, '33', 'priority').getAttribute('title'),
      'INTID 33 is not known: the CPU executes nothing',
    );
    const opacity = (key: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector('[data-key="${key}"] > [data-column=state]')).opacity`);
    assert.deepEqual([await opacity('33'), await opacity('34')], ['0.6', '1']);
    // The header's columns and the rows' still line up, and the rows are as wide as the table.
    const lefts = (selector: string): Promise<number[]> =>
      page.evaluate(
        `[...document.querySelectorAll('${selector}')].map((one) => Math.round(one.getBoundingClientRect().left))`,
      );
    assert.deepEqual(await lefts('[data-key="34"] > .cell'), await lefts('.header > .head'));
    await cell(page, '33', 'enabled').dblclick();
    await page.keyboard.press('Shift+F10');
    const menu = page.getByRole('menu');
    await menu.getByText('Enable', { exact: true }).waitFor();
    assert.equal(await menu.getByText('Raise line').count(), 0);
    assert.equal(
      await menu.getByRole('menuitem', { name: 'Enable', exact: true }).getAttribute('aria-disabled'),
      'true',
    );
  },
  {
    prepare: (controller) => {
      controller.isTarget = true;
      controller.put(33, null, { unavailable: 'the CPU executes nothing' });
    },
  },
);

onPanel('everything has a role and a name', async ({ page }) => {
  await filter(page).fill('!idle');
  const nameless: unknown =
    await page.evaluate(`[...document.querySelectorAll('button, input, select, [role=checkbox], [role=grid], [role=menu], [role=tab], [role=tabpanel], [role=toolbar], [role=region]')]
    .filter((element) => !(element.getAttribute('aria-label') || element.getAttribute('aria-labelledby') || element.textContent.trim()))
    .map((element) => element.outerHTML)`);
  assert.deepEqual(nameless, []);
  const strayCells: unknown =
    await page.evaluate(`[...document.querySelectorAll('[role=gridcell], [role=columnheader]')]
    .filter((element) => element.parentElement.getAttribute('role') !== 'row').length`);
  assert.equal(strayCells, 0);
  await page.getByRole('tab', { name: 'Interrupts', selected: true }).press('ArrowRight');
  await page.getByRole('tab', { name: 'Access log', selected: true }).waitFor();
  assert.ok(await page.getByRole('tabpanel', { name: 'Access log' }).isVisible());
  const dangling: unknown = await page.evaluate(`[...document.querySelectorAll('[aria-controls], [aria-labelledby]')]
    .flatMap((element) => [element.getAttribute('aria-controls'), element.getAttribute('aria-labelledby')])
    .filter((id) => id && !document.getElementById(id))`);
  assert.deepEqual(dangling, []);
});
