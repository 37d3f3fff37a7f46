import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SCENARIO, TWO_CPUS, withClient, type DapClient } from './client.ts';

async function read(client: DapClient, memoryReference: string, offset: number, count: number): Promise<string> {
  const body = await client.request<{ data?: string }>('readMemory', { memoryReference, offset, count });
  return Buffer.from(body.data ?? '', 'base64').toString('hex');
}

const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString('base64');

test('memory is what the registers hold, little-endian, to the end of the frame', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    assert.equal(await read(client, '0x8000000', 4, 8), '030000003b04004b');
    assert.equal(await read(client, '0x8000004', 1, 2), '0000');
    const end = await client.request<Record<string, unknown>>('readMemory', { memoryReference: '0x8000ffc', count: 8 });
    assert.deepEqual(end, { address: '0x8000ffc', data: base64(0, 0, 0, 0), unreadableBytes: 4 });
    assert.deepEqual(await client.request('readMemory', { memoryReference: '0x1000', count: 4 }), {
      address: '0x1000',
      unreadableBytes: 4,
    });
    assert.deepEqual(await client.request('readMemory', { memoryReference: '0x10', offset: -32, count: 4 }), {
      address: '0x0',
      unreadableBytes: 4,
    });
  }));

test('writing goes through the dispatcher: a set-enable register sets', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    await read(client, '0x8000100', 0, 16);
    client.forgetEvents();
    await client.request('writeMemory', {
      memoryReference: '0x8000100',
      offset: 4,
      data: base64(2, 0, 0, 0, 1, 0, 0, 0),
    });
    assert.equal(await read(client, '0x8000104', 0, 8), '0200000001000000');
    await client.request('writeMemory', { memoryReference: '0x8000104', data: base64(0, 0, 0, 0) });
    assert.equal(await read(client, '0x8000104', 0, 4), '02000000');
    const changes = client.events('gic/changed').map(({ body }) => (body as { cause: string }).cause);
    assert.deepEqual(changes, ['edit', 'edit']);
    const memory = client.events('memory').map((event) => (event as DebugProtocol.MemoryEvent).body);
    assert.ok(
      memory.some(
        ({ memoryReference, offset, count }) => memoryReference === '0x8000100' && offset === 0 && count === 16,
      ),
    );
    assert.ok(memory.some(({ memoryReference }) => memoryReference === '0x8000104'));
    assert.deepEqual(client.events('invalidated')[0]?.body, { areas: ['variables'] });
  }));

test('bytes go where bytes are taken, and are refused elsewhere', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    await client.request('writeMemory', { memoryReference: '0x8000421', data: base64(0x50) });
    assert.equal(await read(client, '0x8000420', 0, 4), '00500000');
    assert.match(
      await client.refused('writeMemory', { memoryReference: '0x8000104', data: base64(1, 2) }),
      /0x8000104 \(GICD_ISENABLER1\) takes whole, aligned words only: 2 of 4 bytes are given/,
    );
    assert.match(
      await client.refused('writeMemory', { memoryReference: '0x8000104', data: base64(1, 0, 0, 0, 9) }),
      /GICD_ISENABLER2.*1 of 4/,
    );
    assert.equal(await read(client, '0x8000104', 0, 4), '00000000', 'nothing of a refused write is made');
    assert.match(await client.refused('writeMemory', { memoryReference: '0x1000', data: base64(1) }), /no GIC frame/);
    assert.match(
      await client.refused('writeMemory', { memoryReference: '0x8000ffc', data: base64(...Array<number>(8).fill(0)) }),
      /beyond GICD/,
    );
    assert.match(await client.refused('writeMemory', { memoryReference: '0x8000104', data: '%%%' }), /base64/);
  }));

test('a reference may name whose bank it means', () =>
  withClient(async (client) => {
    await client.start(TWO_CPUS);
    await client.request('writeMemory', { memoryReference: 'cpu1:0x8000100', data: base64(0, 0, 1, 0) });
    assert.equal(await read(client, 'cpu1:0x8000100', 0, 4), 'ffff0100');
    assert.equal(await read(client, '0x8000100', 0, 4), 'ffff0000');
  }));
