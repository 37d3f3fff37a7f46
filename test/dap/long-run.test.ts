import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { withClient } from './client.ts';

const directory = mkdtempSync(join(tmpdir(), 'gic-long-'));
const LONG = join(directory, 'long.gictrace');
const ENTRIES = 600_000;

before(() => {
  const header =
    '{"format":"gic-trace/1","gic":"v2","cpus":1,"spis":32,"dist":"0x08000000","cpuif":"0x08010000","redist":"0x080a0000"}\n';
  const pair =
    '{"op":"write","cpu":0,"addr":"0x08000104","len":4,"value":"0x2"}\n' +
    '{"op":"write","cpu":0,"addr":"0x08000184","len":4,"value":"0x2"}\n';
  writeFileSync(LONG, header + pair.repeat(ENTRIES / 2));
});
after(() => rmSync(directory, { recursive: true }));

test('a long run can be looked at, paused, and is not to be edited meanwhile', () =>
  withClient(async (client) => {
    await client.start(LONG);
    const stop = client.send('continue', { threadId: 1 });
    const journal = client.gic('gic/journal', { start: 0, count: 1 });
    const edit = client.refused('writeMemory', { memoryReference: '0x8000104', data: 'AgAAAA==' });
    const again = client.refused('next', { threadId: 1 });
    const stack = client.refused('stackTrace', { threadId: 1 });
    const pause = client.request('pause', { threadId: 1 });
    assert.equal((await stop.response).success, true);
    assert.ok((await journal).position < ENTRIES);
    for (const refusal of [edit, again, stack]) assert.match(await refusal, /the guest is running: pause it first/);
    await pause;
    assert.equal((await client.stoppedEvent()).body.reason, 'pause');
    const { position } = await client.gic('gic/journal', { start: 0, count: 0 });
    assert.ok(position < ENTRIES, `stopped at ${position}`);
    assert.match((await client.go('continue')).body.description ?? '', /End/);
    assert.match(await client.refused('pause', { threadId: 1 }), /not running/);
  }));

test('going far by a request of our own is told to the client', () =>
  withClient(async (client) => {
    await client.start(LONG);
    assert.equal((await client.gic('gic/step', { direction: 'forward', to: ENTRIES })).position, ENTRIES);
    await client.event('continued');
    assert.equal((await client.stoppedEvent()).body.reason, 'goto');
  }));

test('a session may end in the middle of a run', () =>
  withClient(async (client) => {
    await client.start(LONG);
    await client.request('continue', { threadId: 1 });
    await client.request('disconnect');
    while (!client.closed) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(client.events('stopped').length, 0);
  }));

test('loading can be cancelled', () =>
  withClient(async (client) => {
    await client.initialize();
    const launch = client.send('launch', { program: LONG });
    await client.request('cancel', { requestId: launch.seq });
    const response = await launch.response;
    assert.deepEqual([response.success, response.message], [false, 'cancelled']);
    await client.request('cancel', { requestId: launch.seq });
    // And begun anew.
    await client.request('launch', { program: LONG });
    await client.event('initialized');
  }));
