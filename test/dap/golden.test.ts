import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SCENARIO, withClient } from './client.ts';

const GOLDEN = fileURLToPath(new URL('exchange.golden.txt', import.meta.url));

/** A message as a line of text: what differs between runs and machines left out. */
function lineOf(message: DebugProtocol.ProtocolMessage): string {
  const { seq: _seq, request_seq: _request, ...rest } = message as DebugProtocol.Response;
  return JSON.stringify(rest, (_key, value: unknown) => (value === SCENARIO ? basename(SCENARIO) : value));
}

// BLESS=1 npm test writes the exchange as it is now: read the difference before it is kept.
test('a whole exchange is what it was', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    await client.setBreakpoints(SCENARIO, { line: 1 }, { line: 10 }, { line: 999 });
    await client.request('setExceptionBreakpoints', { filters: ['mismatch', 'nonsense'] });
    await client.go('next');
    await client.go('continue');
    await client.request('threads');
    await client.frame(1);
    await client.variables(1, 'Access');
    await client.request('readMemory', { memoryReference: '0x8000100', count: 8 });
    await client.request('writeMemory', { memoryReference: '0x8000104', data: 'AgAAAA==' });
    await client.go('stepBack');
    await client.frame(1);
    await client.gic('gic/journal', { start: 7, count: 3 });
    await client.gic('gic/read', { frames: ['GICD'], registers: ['GICD_CTLR', 'GICD_ISENABLER1'] });
    await client.refused('nonsense');
    await client.refused('variables', { variablesReference: 1 });
    await client.request('terminate');
    await client.request('disconnect');
    const text = client.messages.map((message) => `${lineOf(message)}\n`).join('');
    if (process.env['BLESS'] === '1') writeFileSync(GOLDEN, text);
    assert.equal(text, readFileSync(GOLDEN, 'utf8'));
  }));
