import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SCENARIO, TWO_CPUS, withClient } from './client.ts';

test('expressions are evaluated wherever a client has them typed', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    assert.equal(await client.evaluate('GICD_ICFGR2'), '0xaaaaaaaa');
    assert.equal(await client.evaluate('irq(33).config'), 'edge');
    assert.equal(await client.evaluate('irq(33).enabled ? 1 : 2', 'repl'), '2');
    assert.equal(await client.evaluate('access.register', 'repl'), '"GICD_TYPER"');
    assert.equal(await client.evaluate('GICD_TYPER.ITLinesNumber', 'hover'), 'GICD_TYPER.ITLinesNumber = 0x3');
    // A recording holds addresses, with quotes and commas around them.
    assert.match(await client.evaluate('"addr":"0x08000104",', 'hover'), /^GICD_ISENABLER1 = 0x00000000$/);
    assert.match(await client.refused('evaluate', { expression: 'GICD_ISENABLR1' }), /Did you mean GICD_ISENABLER1/);
    assert.match(await client.refused('evaluate', { expression: '1 +', context: 'watch' }), /column 4/);
  }));

test('what has parts opens, in a watch as in the variables', () =>
  withClient(async (client) => {
    await client.start(TWO_CPUS);
    const names = async (expression: string): Promise<string[]> => {
      const { variablesReference } = await client.request<{ variablesReference: number }>('evaluate', { expression });
      return (await client.children(variablesReference)).map(({ name }) => name);
    };
    assert.deepEqual(await names('GICD_CTLR'), ['Enable']);
    assert.ok((await names('irq(33)')).includes('priority'));
    assert.equal((await names('GICD_ISENABLER1')).length, 32);
    assert.ok((await names('GICD_IPRIORITYR')).length > 8);
    assert.ok((await names('access')).includes('operation'));
    assert.ok((await names('cpu(1)')).includes('queue'));
  }));

test('an assignment is an edit: it goes through the dispatcher, and says what it did not do', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    assert.equal(await client.evaluate('irq(33).enabled = true', 'repl'), 'true');
    assert.equal(await client.evaluate('GICD_ISENABLER1'), '0x00000002');
    assert.equal(await client.evaluate('GICD_ISENABLER1 |= 4', 'repl'), '0x00000006');
    assert.equal(await client.evaluate('irq(33).priority = 0x13', 'repl'), '0x10');
    const output = await client.event<DebugProtocol.OutputEvent>('output');
    assert.match(output.body.output, /irq\(33\)\.priority = 0x13 was narrowed to 0x10.*upper 5 bits/s);
    assert.match(await client.refused('evaluate', { expression: 'GICD_TYPER = 1', context: 'repl' }), /read-only/);
    assert.match(
      await client.refused('evaluate', { expression: 'GICD_CTLR = 1', context: 'watch' }),
      /watched assignment/,
    );
    const journal = await client.gic('gic/journal', { start: 0, count: 4 });
    assert.deepEqual(
      journal.entries.map(({ origin }) => origin),
      ['edit', 'edit', 'edit', 'guest'],
    );
  }));

test('variables and watched expressions are set', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const { scopes } = await client.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: 1 });
    const reference = scopes.find(({ name }) => name.startsWith('Distributor'))?.variablesReference;
    const set = (name: string, value: string): Promise<{ value: string }> =>
      client.request('setVariable', { variablesReference: reference, name, value });
    assert.equal((await set('GICD_CTLR', '1')).value, '0x00000001');
    assert.match(
      await client.refused('setVariable', { variablesReference: reference, name: 'GICD_TYPER', value: '1' }),
      /read-only/,
    );
    assert.match(
      await client.refused('setVariable', { variablesReference: reference, name: 'GICD_CTLR', value: 'on' }),
      /"on" is no value/,
    );
    const body = await client.request<{ value: string }>('setExpression', {
      expression: 'irq(33).config',
      value: 'level',
    });
    assert.equal(body.value, 'level');
    assert.equal(await client.evaluate('GICD_ICFGR2'), '0xaaaaaaa2');
  }));

test('what could be typed is completed', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const { targets } = await client.request<{ targets: DebugProtocol.CompletionItem[] }>('completions', {
      text: '1 + irq(33).pri',
      column: 16,
    });
    assert.deepEqual(
      targets.map(({ label, start, length }) => [label, start, length]),
      [['priority', 13, 3]],
    );
  }));

test('the console knows a few words', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    assert.match(await client.evaluate('help', 'repl'), /irq\(33\)\.priority/);
    assert.match(await client.evaluate('explain 33', 'repl'), /INTID 33 does not fire/);
    assert.match(await client.evaluate('irqs', 'repl'), /idle/);
    assert.match(await client.refused('evaluate', { expression: 'explain', context: 'repl' }), /which interrupt/);
  }));

test('previews tell what an edit would do, writes what it did', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const preview = await client.gic('gic/preview', { target: 'irq(33).enabled', value: '1' });
    assert.deepEqual(preview, {
      ok: true,
      accesses: [
        {
          kind: 'write',
          vcpu: 0,
          address: '0x8000104',
          length: 4,
          value: '0x2',
          register: 'GICD_ISENABLER1',
          text: 'write 0x2 to GICD_ISENABLER1 (enables INTID 33)',
        },
      ],
      verdict: 'applied',
      before: '0x0',
      after: '0x1',
      problems: [],
      effects: ['INTID 33: enabled'],
    });
    assert.equal(await client.evaluate('irq(33).enabled'), 'false');
    const { version, ...written } = await client.gic('gic/write', { target: 'irq(33).enabled', value: '1' });
    assert.deepEqual(written, preview);
    assert.ok(version > 1);
    assert.equal(await client.evaluate('irq(33).enabled'), 'true');
    const refused = await client.gic('gic/write', { target: 'GICD_IIDR', value: '1' });
    assert.deepEqual([refused.ok, refused.accesses, refused.version], [false, [], version]);
    assert.match(await client.refused('gic/write', { target: 'GICD_NOPE', value: '1' }), /no GICD_NOPE/);
  }));

test('wires are driven', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    await client.gic('gic/write', { target: 'irq(33).config', value: 'level' });
    const raised = await client.gic('gic/line', { intid: 33, level: 1 });
    assert.deepEqual([raised.ok, raised.verdict, raised.after], [true, 'applied', '0x1']);
    assert.equal(await client.evaluate('irq(33).pending'), 'true');
    assert.equal((await client.gic('gic/line', { intid: 33, level: 0 })).after, '0x0');
    assert.equal((await client.gic('gic/line', { intid: 3, level: 1 })).ok, false);
  }));
