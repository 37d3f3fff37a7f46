import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SCENARIO, TWO_CPUS, withClient } from './client.ts';

const lineOf = async (client: Parameters<Parameters<typeof withClient>[0]>[0], thread = 1): Promise<number> =>
  (await client.frame(thread)).line;

test('a session stops at the first operation, and steps one at a time, both ways', () =>
  withClient(async (client) => {
    const entry = await client.start(SCENARIO);
    assert.equal(entry.body.reason, 'entry');
    assert.equal(entry.body.allThreadsStopped, true);
    const frame = await client.frame(1);
    assert.deepEqual([frame.line, frame.column, frame.source?.path], [2, 1, SCENARIO]);
    assert.match(frame.name, /^read GICD_TYPER/);
    for (const command of ['next', 'stepIn', 'stepOut']) assert.equal((await client.go(command)).body.reason, 'step');
    assert.equal(await lineOf(client), 5);
    assert.equal((await client.go('stepBack')).body.reason, 'step');
    assert.equal(await lineOf(client), 4);
  }));

test('a run goes to the end of the recording and back to its beginning', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const end = await client.go('continue');
    assert.match(end.body.description ?? '', /End of the recording/);
    const frame = await client.frame(1);
    assert.deepEqual([frame.name, frame.line], ['end of the recording', 35]);
    assert.match((await client.go('next')).body.description ?? '', /End/);
    assert.match((await client.go('reverseContinue')).body.description ?? '', /Beginning/);
    assert.equal(await lineOf(client), 2);
  }));

test('without a stop on entry it runs', () =>
  withClient(async (client) => {
    const stop = await client.start(SCENARIO, { stopOnEntry: false });
    assert.match(stop.body.description ?? '', /End/);
  }));

test('vCPUs are threads: the stop is in the one whose operation comes next, the others show their last', () =>
  withClient(async (client) => {
    await client.start(TWO_CPUS);
    const { threads } = await client.request<{ threads: DebugProtocol.Thread[] }>('threads');
    assert.deepEqual(threads.slice(0, 2), [
      { id: 1, name: 'vCPU 0' },
      { id: 2, name: 'vCPU 1' },
    ]);
    let stop = await client.go('next');
    while (stop.body.threadId !== 2) stop = await client.go('next');
    assert.equal((await client.frame(2)).presentationHint, undefined);
    const other = await client.frame(1);
    assert.equal(other.presentationHint, 'subtle');
    assert.ok(other.line < (await lineOf(client, 2)));
    assert.match(await client.refused('stackTrace', { threadId: 77 }), /no thread 77/);
  }));

test('lines and columns are counted as the client counts', () =>
  withClient(async (client) => {
    await client.request('initialize', { adapterID: 'gic', linesStartAt1: false, columnsStartAt1: false });
    await client.request('launch', { program: SCENARIO });
    await client.event('initialized');
    const [breakpoint] = await client.setBreakpoints(SCENARIO, { line: 9 });
    assert.equal(breakpoint?.line, 9);
    await client.request('configurationDone');
    await client.stoppedEvent();
    assert.deepEqual([(await client.frame(1)).line, (await client.frame(1)).column], [1, 0]);
    await client.go('continue');
    assert.equal((await client.frame(1)).line, 9);
  }));

test('each stop is followed by the version and position that views go by', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const start = await client.event('gic/changed');
    assert.deepEqual(start.body, { version: 2, position: 0, cause: 'start' });
    await client.go('next');
    assert.deepEqual((await client.event('gic/changed')).body, { version: 3, position: 1, cause: 'step' });
    await client.go('stepBack');
    assert.deepEqual((await client.event('gic/changed')).body, { version: 4, position: 0, cause: 'step' });
  }));
