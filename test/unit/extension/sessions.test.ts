import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observeFromAdapter, observeToAdapter } from '../../../extension/sessions/messages.ts';
import { GicSession } from '../../../extension/sessions/session.ts';
import { SessionStore } from '../../../extension/sessions/store.ts';
import { FakeAdapter, stop } from './fake.ts';

test('a request without an answer fails readably', async () => {
  const adapter = new FakeAdapter('a');
  adapter.hangs = true;
  const session = new GicSession(adapter, 20);
  await assert.rejects(session.request('gic/read', { frames: [] }), {
    message: 'GIC: a: gic/read: no answer within 0.02 s',
  });
});

test('the end of a session settles every request', async () => {
  const adapter = new FakeAdapter('a');
  adapter.hangs = true;
  const session = new GicSession(adapter);
  const pending = session.request('gic/irqs', {});
  session.end('the debug adapter was killed');
  await assert.rejects(pending, /the debug adapter was killed/);
  await assert.rejects(session.request('gic/irqs', {}), /the debug adapter was killed/);
});

test('the description is asked for once, a failure is not kept', async () => {
  const adapter = new FakeAdapter('a');
  adapter.customRequest = () => Promise.reject(new Error('too early'));
  const session = new GicSession(adapter);
  await assert.rejects(session.describe(), /too early/);
  let asked = 0;
  adapter.customRequest = () => {
    asked++;
    return Promise.resolve(adapter.describe);
  };
  assert.equal(await session.describe(), await session.describe());
  assert.equal(asked, 1);
});

function recorded(store: SessionStore): string[] {
  const events: string[] = [];
  store.onDidChange((event) => {
    events.push(
      `${event.kind} ${event.session.id}${event.kind === 'removed' ? ` ${event.accident ?? ''}` : ''}`.trim(),
    );
  });
  return events;
}

test('a session is announced once, when it is ready', () => {
  const store = new SessionStore();
  const events = recorded(store);
  store.start(new FakeAdapter('a'));
  assert.deepEqual(store.all(), []);
  store.observe('a', { kind: 'ready' });
  stop(store, 'a', 1, 'start');
  store.observe('a', { kind: 'ready' });
  assert.deepEqual(events, ['added a', 'changed a']);
  assert.equal(store.get('a')?.position, 1);
});

test('a killed adapter is an accident, a disconnect is not, and neither is told twice', () => {
  const store = new SessionStore();
  const events = recorded(store);
  for (const id of ['a', 'b', 'refused']) store.start(new FakeAdapter(id));
  store.observe('a', { kind: 'ready' });
  store.observe('b', { kind: 'ready' });
  store.observe('b', { kind: 'ending' });
  store.end('a', 'the debug adapter was killed (SIGKILL)');
  store.end('a');
  store.end('b', 'the debug adapter ended');
  store.end('refused', 'the debug adapter ended');
  assert.deepEqual(events.slice(2), ['removed a the debug adapter was killed (SIGKILL)', 'removed b']);
});

test('messages are read for what they mean', () => {
  const changed = { version: 3, position: 7, cause: 'step' };
  const event = (name: string, body?: unknown): unknown => ({ type: 'event', event: name, body });
  assert.deepEqual(observeFromAdapter(event('gic/changed', changed)), { kind: 'changed', change: changed });
  assert.equal(observeFromAdapter(event('gic/changed', { version: 'x' })), undefined);
  assert.deepEqual(observeFromAdapter(event('stopped')), { kind: 'stopped' });
  assert.deepEqual(observeFromAdapter(event('terminated')), { kind: 'ending' });
  assert.deepEqual(observeFromAdapter({ type: 'response', command: 'launch', success: true }), { kind: 'ready' });
  assert.equal(observeFromAdapter({ type: 'response', command: 'launch', success: false }), undefined);
  assert.deepEqual(observeFromAdapter({ type: 'response', command: 'continue', success: true }), { kind: 'running' });
  assert.deepEqual(observeToAdapter({ type: 'request', command: 'disconnect' }), { kind: 'ending' });
  for (const odd of [undefined, null, 4, 'x', [], {}]) assert.equal(observeFromAdapter(odd), undefined);
});
