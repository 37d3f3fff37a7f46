import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { withClient } from './client.ts';

const log = (name: string): string => fileURLToPath(new URL(`../data/logs/real/${name}`, import.meta.url));

for (const name of ['edk2-v2.log.gz', 'linux-v2-smp2.log.gz', 'linux-v3-smp2-ts.log.gz', 'xen-v3.log.gz']) {
  test(`${name} opens, steps both ways, and runs to its end and back`, () =>
    withClient(async (client) => {
      const stop = await client.start(log(name));
      assert.equal(stop.body.reason, 'entry');
      const first = (await client.frame(stop.body.threadId ?? 0)).line;
      const next = await client.go('next');
      assert.ok((await client.frame(next.body.threadId ?? 0)).line > 0);
      const back = await client.go('stepBack');
      assert.equal((await client.frame(back.body.threadId ?? 0)).line, first);
      assert.match((await client.go('continue')).body.description ?? '', /End/);
      assert.match((await client.go('reverseContinue')).body.description ?? '', /Beginning/);
      const said = client.events('output').map((event) => (event as DebugProtocol.OutputEvent).body.output);
      assert.ok(
        said.some((text) => text.startsWith('Imported ')),
        'the import says what it made of the log',
      );
    }));
}

test('an access whose CPU the log does not tell is nobody’s, and says so', () =>
  withClient(async (client) => {
    const stop = await client.start(log('linux-v2-smp2.log.gz'));
    assert.equal(stop.body.threadId, 1000);
    const { threads } = await client.request<{ threads: DebugProtocol.Thread[] }>('threads');
    assert.deepEqual(threads.at(-1), { id: 1000, name: 'CPU unknown' });
    const access = await client.variables(1000, 'Access');
    assert.equal(access.find(({ name }) => name === 'vCPU')?.value, 'unknown');
  }));

/** A recording in which one of QEMU's answers is not what it was. */
function lying(): string {
  const story = new URL('../data/vectors/qemu-7.2-story-v3-level.jsonl', import.meta.url);
  const text = readFileSync(story, 'utf8');
  const lie = text.replace('"value":"0x28"', '"value":"0x29"');
  assert.notEqual(lie, text);
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'gic-lie-')), 'story.gictrace');
  writeFileSync(file, lie);
  return file;
}

test('a disagreement stops before the access, and tells what was expected', () =>
  withClient(async (client) => {
    await client.launch(lying());
    await client.request('setExceptionBreakpoints', { filters: ['mismatch'] });
    await client.request('configurationDone');
    await client.stoppedEvent();
    const stop = await client.go('continue');
    const { reason, description, text, threadId } = stop.body;
    assert.deepEqual([reason, description], ['exception', 'The controller disagrees with the recording']);
    assert.match(text ?? '', /the model answers .*, the recording says /);
    const info = await client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', { threadId });
    assert.equal(info.exceptionId, 'mismatch');
    assert.match(info.details?.message ?? '', /register: ICC_/);
    const access = await client.variables(threadId ?? 0, 'Access');
    assert.ok(access.some(({ name }) => name === 'remark'));
    const line = (await client.frame(threadId ?? 0)).line;
    const later = await client.go('continue');
    assert.ok((await client.frame(later.body.threadId ?? 0)).line > line, 'going on steps over it');
    await client.request('setExceptionBreakpoints', { filters: [] });
    await client.go('next');
    assert.match(await client.refused('exceptionInfo', { threadId }), /did not stop at an exception/);
  }));

test('overrides of a log are heeded', () =>
  withClient(async (client) => {
    await client.start(log('linux-v2-smp2.log.gz'), { cpus: 4, spis: 64, bases: { dist: '0x40000000' } });
    const { cpus, spis, frames } = await client.gic('gic/describe', {});
    assert.deepEqual([cpus, spis, frames.find(({ id }) => id === 'GICD')?.base], [4, 64, '0x40000000']);
  }));
