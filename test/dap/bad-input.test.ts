import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SCENARIO, startAdapter, withClient, ZIPPED } from './client.ts';

const directory = mkdtempSync(join(tmpdir(), 'gic-dap-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const HEADER = '{"format":"gic-trace/1","gic":"v2","cpus":1,"spis":32,"dist":"0x08000000","cpuif":"0x08010000"}';

const LAUNCHES: readonly [string, Record<string, unknown>, RegExp][] = [
  ['no program', {}, /"program" is missing/],
  ['a program that is no string', { program: 7 }, /"program" is not a string/],
  ['an empty program', { program: ' ' }, /empty/],
  ['a missing file', { program: '/nowhere/run.gictrace' }, /\/nowhere\/run\.gictrace: no such file/],
  ['a directory', { program: directory }, /is a directory/],
  ['standard input', { program: '-' }, /no such file/],
  ['a malformed line', { program: file('bad.gictrace', `${HEADER}\n{"op":`) }, /bad\.gictrace:2: /],
  [
    'an impossible header',
    { program: file('head.gictrace', HEADER.replace('"cpus":1', '"cpus":99')) },
    /head\.gictrace:1: .*99/,
  ],
  ['a text that is no recording', { program: file('notes.txt', 'dear diary\n') }, /no GIC operation/],
  ['an empty file', { program: file('empty.log', '') }, /empty/],
  ['a damaged archive', { program: file('cut.gz', Buffer.from([0x1f, 0x8b, 8, 0, 0])) }, /cut\.gz: .*gzip/],
  ['a GIC that does not exist', { program: SCENARIO, gic: 'v9' }, /"gic" is not "v2" or "v3"/],
  ['too many vCPUs', { program: SCENARIO, cpus: 65 }, /from 1 to 64/],
  ['a base that is no address', { program: SCENARIO, bases: { dist: 'here' } }, /"dist" is not an address/],
  ['a base that is not aligned', { program: SCENARIO, bases: { dist: '0x08000004' } }, /not aligned/],
  ['bases that are none', { program: SCENARIO, bases: [] }, /not an object/],
];

test('a launch that cannot be says why, aloud, and the next one may', () =>
  withClient(async (client) => {
    await client.initialize();
    for (const [what, args, message] of LAUNCHES) {
      const response = await client.ask('launch', args);
      assert.equal(response.success, false, what);
      assert.match(response.message ?? '', message, what);
      const { error } = response.body as { error: { showUser: boolean } };
      assert.equal(error.showUser, true, what);
    }
    await client.request('launch', { program: SCENARIO });
    await client.event('initialized');
    assert.match(await client.refused('launch', { program: SCENARIO }), /already/);
    assert.match(await client.refused('attach'), /already/);
  }));

const COMMANDS = [
  'configurationDone continue reverseContinue next stepIn stepOut stepBack pause threads stackTrace scopes variables',
  'setVariable setExpression evaluate completions source loadedSources setBreakpoints breakpointLocations',
  'setExceptionBreakpoints exceptionInfo dataBreakpointInfo setDataBreakpoints readMemory writeMemory cancel',
  'gic/describe gic/read gic/write gic/preview gic/irqs gic/explain gic/journal gic/line gic/step',
]
  .join(' ')
  .split(' ');

test('every request is answered before there is anything to debug', () =>
  withClient(async (client) => {
    for (const command of COMMANDS) {
      const response = await client.ask(command, {});
      if (!['configurationDone', 'cancel'].includes(command)) assert.equal(response.success, false, command);
      assert.doesNotMatch(response.message ?? '', /internal/, command);
    }
    assert.match(await client.refused('threads'), /launch a recording first/);
  }));

test('arguments of every wrong kind are refused, none kills the adapter', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const wrong: unknown[] = [
      undefined,
      null,
      0,
      'x',
      [],
      [1],
      {},
      { threadId: 'x' },
      { variablesReference: -1 },
      { frameId: {} },
    ];
    wrong.push(
      { expression: 5 },
      { target: {}, value: [] },
      { start: -1, count: 'x' },
      { frames: 'GICD' },
      { since: {} },
    );
    wrong.push(
      { source: 5, breakpoints: {} },
      { breakpoints: [null] },
      { memoryReference: '0x', count: 1e9, data: '%' },
    );
    wrong.push({ direction: 'sideways' }, { direction: 'forward', to: -1 }, { intid: 1e9 }, { intid: 33, level: 7 });
    for (const command of COMMANDS) {
      for (const args of wrong) {
        const response = await client.ask(command, args);
        const { error } = (response.body ?? {}) as { error?: { id: number } };
        assert.notEqual(error?.id, 2, `${command} ${JSON.stringify(args)}: ${response.message ?? ''}`);
      }
    }
    assert.match(await client.refused('nonsense'), /unknown request "nonsense"/);
    assert.match(await client.refused('constructor'), /unknown request/);
    assert.equal(client.stderr, '');
  }));

test('messages that are none are skipped', () =>
  withClient(async (client) => {
    client.raw('Content-Length: 5\r\n\r\nhello');
    client.raw('Content-Length: 4\r\n\r\nnull');
    client.raw('Content-Length: 2\r\n\r\n[]');
    client.raw('Content-Length: x\r\n\r\n');
    client.raw('Nonsense\r\n\r\n');
    client.sendMessage({ seq: 900, type: 'request' });
    client.sendMessage({ seq: 901, type: 'response', request_seq: 4 });
    await client.start(SCENARIO);
  }));

test('references that the guest has left behind are refused', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const { scopes } = await client.request<{ scopes: { variablesReference: number }[] }>('scopes', { frameId: 1 });
    await client.go('next');
    const variablesReference = scopes[0]?.variablesReference;
    assert.match(await client.refused('variables', { variablesReference }), /out of date/);
  }));

for (const farewell of ['disconnect', 'terminate'] as const) {
  test(`${farewell} works at any time`, () =>
    withClient(async (client) => {
      await client.initialize();
      await client.request('launch', { program: ZIPPED, stopOnEntry: false });
      void client.ask('configurationDone').catch(() => {});
      await client.request(farewell);
      if (farewell === 'terminate') {
        await client.event('terminated');
        await client.request('disconnect');
      }
      while (!client.closed) await new Promise((resolve) => setTimeout(resolve, 10));
    }));
}

test('the adapter ends with its client', () =>
  withClient(async (client) => {
    const child = startAdapter();
    child.stdin?.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    await client.initialize();
  }));

test('unknown arguments end in the usage and exit code 2', async () => {
  for (const args of [['--what'], ['--port'], ['--port', 'x'], ['--port', '99999'], ['--port', '1', '2'], ['file']]) {
    const child = startAdapter(...args);
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    assert.deepEqual(await once(child, 'close'), [2, null], args.join(' '));
    assert.match(text, /usage:/);
  }
});
