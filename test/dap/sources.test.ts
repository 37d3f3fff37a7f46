import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SCENARIO, withClient, ZIPPED } from './client.ts';

test('a plain recording is a file', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const { sources } = await client.request<{ sources: DebugProtocol.Source[] }>('loadedSources');
    assert.deepEqual(sources, [{ name: 'kvm-4.10-scenario-v2-bringup-spi-level.jsonl', path: SCENARIO }]);
    assert.deepEqual((await client.frame(1)).source, sources[0]);
  }));

test('a compressed recording is text from the adapter, with breakpoints in it', () =>
  withClient(async (client) => {
    await client.launch(ZIPPED);
    const { sources } = await client.request<{ sources: DebugProtocol.Source[] }>('loadedSources');
    const [source] = sources;
    assert.ok(source?.sourceReference !== undefined && source.sourceReference > 0);
    const { content } = await client.request<{ content: string }>('source', {
      source,
      sourceReference: source.sourceReference,
    });
    assert.equal(content, gunzipSync(readFileSync(ZIPPED)).toString());
    const { breakpoints } = await client.request<{ breakpoints: DebugProtocol.Breakpoint[] }>('setBreakpoints', {
      source,
      breakpoints: [{ line: 40 }],
    });
    assert.deepEqual([breakpoints[0]?.verified, breakpoints[0]?.line, breakpoints[0]?.source], [true, 40, source]);
    await client.request('configurationDone');
    const { body } = await client.stoppedEvent();
    assert.deepEqual((await client.frame(body.threadId ?? 0)).source, source);
    const stop = await client.go('continue');
    assert.deepEqual(stop.body.hitBreakpointIds, [breakpoints[0]?.id]);
    assert.equal((await client.frame(stop.body.threadId ?? 0)).line, 40);
  }));

test('other sources are none of ours', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    assert.match(await client.refused('source', { sourceReference: 7 }), /no such source/);
    const [breakpoint] = await client.setBreakpoints('/elsewhere/file.c', { line: 1 });
    assert.equal(breakpoint?.verified, false);
    assert.match(breakpoint.message ?? '', /not the recording/);
  }));
