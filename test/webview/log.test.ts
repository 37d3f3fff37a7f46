import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { FakeController, FakeModel } from './fake-model.ts';
import { Harness, scrollTo, type Panel } from './harness.ts';

let harness: Harness;
before(async () => {
  harness = await Harness.start();
});
after(() => harness.stop());

const row = (page: Page, index: number): Locator => page.locator(`.log-row[data-index="${index}"]`);

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
}

/** Indexes of the rows that are really in view, top to bottom. */
const inView = (page: Page): Promise<number[]> =>
  page.evaluate(`(() => {
    const view = document.querySelector('.log-window').getBoundingClientRect();
    return [...document.querySelectorAll('.log-row')].filter((row) => {
      const box = row.getBoundingClientRect();
      return box.bottom > view.top && box.top < view.bottom;
    }).map((row) => Number(row.dataset.index));
  })()`);

function onLog(
  name: string,
  total: number,
  position: number,
  body: (panel: Panel, controller: FakeController) => Promise<void>,
): void {
  test(name, async () => {
    const model = new FakeModel();
    const controller = new FakeController(2, 32);
    controller.total = total;
    controller.position = position;
    model.add('a', controller);
    const panel = await harness.open(model);
    await panel.page.getByRole('tab', { name: 'Access log' }).click();
    await panel.page.locator('.log-row .log-op').first().waitFor();
    await body(panel, controller);
    await panel.close();
  });
}

onLog('three million entries: the current one is shown, few are fetched', 3_000_000, 1_234_567, async (panel) => {
  const { page, model } = panel;
  await row(page, 1_234_567).locator('.log-op').waitFor();
  assert.equal(await row(page, 1_234_567).getAttribute('aria-current'), 'step');
  assert.ok((await row(page, 1_234_568).getAttribute('class'))?.includes('future'));
  assert.ok(!(await row(page, 1_234_566).getAttribute('class'))?.includes('future'));
  const asked = model.of('gic/journal').map(({ args }) => args);
  assert.ok(asked.length <= 4 && asked.every(({ count }) => count <= 200), JSON.stringify(asked));
  assert.ok((await page.locator('.log-row').count()) < 60);
  assert.equal(await page.getByRole('grid', { name: 'Access log' }).getAttribute('aria-rowcount'), '3000002');
});

onLog('both ends of three million entries can be reached, and the wheel moves by rows', 3_000_000, 0, async (panel) => {
  const { page, model } = panel;
  await row(page, 0).click();
  await page.keyboard.press('End');
  await until('the end', async () => (await inView(page)).at(-1) === 3_000_000);
  await row(page, 2_999_999).locator('.log-op').waitFor();
  assert.match(await row(page, 3_000_000).innerText(), /The end/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('Home');
  await until('the start', async () => (await inView(page))[0] === 0);
  await page.mouse.move(500, 200);
  await page.mouse.wheel(0, 220);
  await until('ten rows on', async () => (await inView(page))[0] === 10);
  // The middle of the scroll bar is the middle of the list.
  await scrollTo(page, '.log', '(element.scrollHeight - element.clientHeight) / 2');
  await until('the middle', async () => Math.abs(((await inView(page))[0] ?? 0) - 1_500_000) < 20);
  const [first = 0] = await inView(page);
  await row(page, first + 3)
    .locator('.log-op')
    .waitFor();
  assert.ok(model.of('gic/journal').length < 20);
  assert.equal(await page.getByRole('button', { name: 'Follow' }).getAttribute('aria-pressed'), 'false');
});

onLog('a short log scrolls natively to its last row', 300, 0, async ({ page }) => {
  await scrollTo(page, '.log', 'element.scrollHeight');
  await until('the end', async () => (await inView(page)).at(-1) === 300);
  await row(page, 299).locator('.log-op').waitFor();
});

onLog(
  'a click or Enter jumps; following keeps the position in view',
  5000,
  100,
  async ({ page, model }, controller) => {
    await row(page, 97).locator('.log-op').waitFor();
    await row(page, 97).click();
    await until('the jump', () => model.of('gic/step').length === 1);
    assert.deepEqual(model.of('gic/step')[0]?.args, { direction: 'backward', to: 97 });
    await until('there', async () => (await row(page, 97).getAttribute('aria-current')) === 'step');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await until('the jump', () => model.of('gic/step').length === 2);
    assert.deepEqual(model.of('gic/step')[1]?.args, { direction: 'forward', to: 99 });
    await until('there again', async () => (await row(page, 99).getAttribute('aria-current')) === 'step');
    controller.step([], 4000);
    model.changed('a', 'step');
    await until('followed', async () => (await inView(page)).includes(4000));
    const follow = page.getByRole('button', { name: 'Follow' });
    await follow.click();
    controller.step([], 10);
    model.changed('a', 'step');
    await page.waitForTimeout(150);
    assert.ok((await inView(page)).includes(4000), 'not following');
    await follow.click();
    await until('followed again', async () => (await inView(page)).includes(10));
  },
);

onLog('what is remarkable is marked by icon, colour and words', 300, 20, async ({ page }) => {
  await scrollTo(page, '.log', '0');
  await row(page, 5).locator('.unknown').waitFor();
  assert.match(await row(page, 5).locator('.log-vcpu').innerText(), /^\?/);
  assert.match((await row(page, 5).locator('.unknown').getAttribute('title')) ?? '', /CPU unknown: the recording/);
  assert.match(await row(page, 7).locator('.log-remark').innerText(), /mismatch\s*The model answers/);
  assert.equal(await row(page, 7).locator('.codicon-error').count(), 1);
  assert.match(await row(page, 11).locator('.log-remark').innerText(), /hole/);
  assert.match(await row(page, 13).locator('.log-remark').innerText(), /spurious/);
  await row(page, 17).getByText('edit', { exact: true }).waitFor();
  assert.equal(await row(page, 19).locator('.log-vcpu').innerText(), '', 'a wire concerns no vCPU');
});

onLog('text is found, forwards and backwards', 100_000, 50_000, async ({ page, model }) => {
  await page.keyboard.press('/');
  await page.keyboard.type('spurious');
  await page.keyboard.press('Enter');
  await until(
    'found',
    async () =>
      ((await page
        .locator('.log-row.found')
        .getAttribute('data-index')
        .catch(() => '')) ?? '') !== '',
  );
  const first = Number(await page.locator('.log-row.found').getAttribute('data-index'));
  assert.equal(first % 23, 13);
  assert.ok(first >= 50_000 && first < 50_023);
  await page.getByRole('button', { name: 'Find next' }).click();
  await until(
    'the next',
    async () => Number(await page.locator('.log-row.found').getAttribute('data-index')) === first + 23,
  );
  await page.getByRole('button', { name: 'Find previous' }).click();
  await until('back', async () => Number(await page.locator('.log-row.found').getAttribute('data-index')) === first);
  assert.deepEqual(model.of('gic/step'), [], 'searching does not travel in time');
  await page.getByRole('textbox', { name: 'Find in the access log' }).fill('no such thing');
  await page.keyboard.press('Enter');
  await page.getByText('No access matches.').first().waitFor();
});

test('the extension can bring a register’s accesses to the front', async () => {
  const model = new FakeModel();
  const controller = new FakeController(2, 32);
  controller.total = 500;
  model.add('a', controller);
  const panel = await harness.open(model);
  panel.conversation.show('a', 'log', { find: 'GICD_ISENABLER9' });
  await panel.page.getByRole('tab', { name: 'Access log', selected: true }).waitFor();
  await row(panel.page, 9).locator('.log-op').waitFor();
  await until('found', async () => (await row(panel.page, 9).getAttribute('class'))?.includes('found') === true);
  await panel.close();
});

test('an empty log says so', async () => {
  const model = new FakeModel();
  model.add('a', new FakeController(1, 32));
  const panel = await harness.open(model);
  await panel.page.getByRole('tab', { name: 'Access log' }).click();
  await panel.page.getByText('There is nothing to log yet').waitFor();
  await panel.close();
});
