import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Conversation } from '../../extension/panel/conversation.ts';
import { findEntry } from '../../extension/panel/find.ts';
import { contentSecurityPolicy, panelHtml } from '../../extension/panel/html.ts';
import type { ToWebview } from '../../webview/messages.ts';
import { FakeController, FakeModel } from './fake-model.ts';

function start(...ids: string[]): { model: FakeModel; posted: ToWebview[]; conversation: Conversation } {
  const model = new FakeModel();
  for (const id of ids) model.add(id, new FakeController(2, 32));
  const posted: ToWebview[] = [];
  const conversation = new Conversation(model, (message) => posted.push(message));
  return { model, posted, conversation };
}

function ofType<T extends ToWebview['type']>(posted: readonly ToWebview[], type: T): Extract<ToWebview, { type: T }>[] {
  return posted.filter((message): message is Extract<ToWebview, { type: T }> => message.type === type);
}

const settle = (): Promise<unknown> => sleep(30);

test('nothing is sent before the webview is ready; then everything', async () => {
  const { posted, conversation } = start('a');
  await settle();
  assert.deepEqual(posted, []);
  conversation.receive({ type: 'ready' });
  await settle();
  assert.deepEqual(posted.map(({ type }) => type).sort(), ['describe', 'irqs', 'sessions']);
  assert.equal(ofType(posted, 'irqs')[0]?.irqs.full, true);
  conversation.receive({ type: 'ready' });
  await settle();
  assert.equal(ofType(posted, 'irqs')[1]?.irqs.full, true, 'a webview that starts anew gets the whole table again');
});

test('a change sends only what changed, once for many changes, and a stop is told from an edit', async () => {
  const { model, posted, conversation } = start('a');
  conversation.receive({ type: 'ready' });
  await settle();
  posted.length = 0;
  const controller = model.controllers.get('a');
  assert.ok(controller);
  for (let at = 1; at <= 5; at++) {
    controller.step([[33, null, { pending: at % 2 === 1 }]], at);
    model.changed('a', 'step');
  }
  await settle();
  const irqs = ofType(posted, 'irqs');
  assert.ok(irqs.length <= 2, `${irqs.length} reads for five changes`);
  assert.equal(irqs.at(-1)?.irqs.full, false);
  assert.equal(irqs[0]?.newStop, true);
  assert.deepEqual(ofType(posted, 'moved').at(-1), { type: 'moved', sessionId: 'a', version: 6, position: 5 });
  posted.length = 0;
  conversation.receive({ type: 'edit', sessionId: 'a', id: '1', target: 'irq(33).enabled', value: '1' });
  await settle();
  assert.equal(ofType(posted, 'irqs')[0]?.newStop, false);
});

test('edits go to the session they name, whatever is shown', async () => {
  const { model, posted, conversation } = start('a', 'b');
  conversation.receive({ type: 'ready' });
  conversation.receive({ type: 'select', sessionId: 'b' });
  conversation.receive({ type: 'edit', sessionId: 'a', id: '1', target: 'irq(33).enabled', value: '1' });
  model.focus = 'b';
  model.fire({ kind: 'focused' });
  await settle();
  assert.deepEqual(model.of('gic/write'), [{ sessionId: 'a', args: { target: 'irq(33).enabled', value: '1' } }]);
  assert.equal(ofType(posted, 'edited')[0]?.sessionId, 'a');
});

test('an answer to an edit that arrives while the view is hidden is delivered when it is back', async () => {
  const { posted, conversation } = start('a');
  conversation.receive({ type: 'ready' });
  await settle();
  conversation.receive({ type: 'edit', sessionId: 'a', id: '1', target: 'irq(1, 0).enabled', value: '0' });
  conversation.pause();
  await settle();
  assert.equal(ofType(posted, 'edited').length, 0);
  conversation.receive({ type: 'ready' });
  await settle();
  assert.equal(ofType(posted, 'edited')[0]?.response.verdict, 'ignored');
});

test('rows of a session that is no longer shown are not sent', async () => {
  const { posted, conversation } = start('a', 'b');
  conversation.receive({ type: 'ready' });
  conversation.receive({ type: 'select', sessionId: 'a' });
  await settle();
  assert.deepEqual([...new Set(ofType(posted, 'irqs').map(({ sessionId }) => sessionId))], ['a']);
});

test('a session that ended and started again under the same id is described afresh', async () => {
  const { model, posted, conversation } = start('a');
  conversation.receive({ type: 'ready' });
  await settle();
  model.remove('a');
  assert.equal(ofType(posted, 'sessions').at(-1)?.selected, null);
  const next = new FakeController(4, 64);
  next.version = 0;
  model.add('a', next);
  await settle();
  assert.equal(ofType(posted, 'describe').at(-1)?.summary.cpus, 4);
  assert.equal(ofType(posted, 'irqs').at(-1)?.irqs.full, true);
});

test('failures are told, and the next read starts afresh', async () => {
  const { model, posted, conversation } = start('a');
  conversation.receive({ type: 'ready' });
  await settle();
  model.failure = (command) => (command === 'gic/irqs' ? 'the adapter died' : undefined);
  model.controllers.get('a')?.step([], 1);
  model.changed('a', 'step');
  await settle();
  const [failed] = ofType(posted, 'failed');
  assert.equal(failed?.request, 'irqs');
  assert.equal(failed.message, 'the adapter died');
  model.failure = undefined;
  model.controllers.get('a')?.step([], 2);
  model.changed('a', 'step');
  await settle();
  assert.equal(ofType(posted, 'irqs').at(-1)?.irqs.full, true);
});

test('a jump knows its direction', async () => {
  const { model, conversation } = start('a');
  const controller = model.controllers.get('a');
  assert.ok(controller);
  controller.total = 100;
  controller.position = 50;
  conversation.receive({ type: 'ready' });
  conversation.receive({ type: 'jump', sessionId: 'a', to: 10 });
  await settle();
  conversation.receive({ type: 'jump', sessionId: 'a', to: 70 });
  await settle();
  assert.deepEqual(
    model.of('gic/step').map(({ args }) => args),
    [
      { direction: 'backward', to: 10 },
      { direction: 'forward', to: 70 },
    ],
  );
});

test('the log is searched both ways, around its end', async () => {
  const controller = new FakeController(1, 32);
  controller.total = 2500;
  const model = new FakeModel();
  model.add('a', controller);
  const find = (text: string, from: number, direction: 'forward' | 'backward'): ReturnType<typeof findEntry> =>
    findEntry(
      (first, count) => model.request('a', 'gic/journal', { start: first, count }),
      { text, from, direction },
      () => true,
    );
  assert.equal((await find('SPURIOUS', 0, 'forward'))?.index, 13);
  assert.equal((await find('spurious', 14, 'forward'))?.index, 36);
  assert.equal((await find('spurious', 12, 'backward'))?.index, 2497);
  assert.equal((await find('spurious', 2500, 'forward'))?.index, 13);
  assert.deepEqual(await find('no such text', 700, 'forward'), { index: null, searched: 2500, complete: true });
  assert.deepEqual(await find('no such text', 700, 'backward'), { index: null, searched: 2500, complete: true });
});

test('the page allows its own files and nothing else', () => {
  const policy = contentSecurityPolicy('https://panel.example');
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /unsafe|\*|data:|connect-src/);
  const html = panelHtml({ cspSource: 'https://panel.example', script: 'https://a/?x=1&"', iconStyles: 'b.css' });
  assert.ok(html.includes('src="https://a/?x=1&amp;&quot;"'));
  assert.doesNotMatch(html, /<style|style="|<script>|onload/);
});
