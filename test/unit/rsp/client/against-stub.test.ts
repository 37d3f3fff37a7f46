import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RspClient } from '../../../../adapter/rsp/client/client.ts';
import { RspError } from '../../../../adapter/rsp/client/errors.ts';
import type { StopReply } from '../../../../adapter/rsp/client/stop-reply.ts';
import type { Transport, TransportListener } from '../../../../adapter/rsp/client/transport.ts';
import { GdbStub } from '../../../../adapter/rsp/stub/stub.ts';
import { FakeTarget } from '../fake-target.ts';
import { assertFails } from './setup.ts';

/** The stub of this house, without anything in between. */
class DirectTransport implements Transport {
  readonly target = new FakeTarget();
  #stub: GdbStub | null = null;

  listen(listener: TransportListener): void {
    this.#stub = new GdbStub(
      this.target,
      (bytes) => listener.bytes(bytes),
      (error) => {
        throw error;
      },
    );
  }

  send(bytes: Uint8Array): void {
    this.#stub?.receive(bytes);
  }

  close(): void {
    this.#stub?.close();
  }
}

async function connect(): Promise<{ client: RspClient; target: FakeTarget; stops: StopReply[]; output: string[] }> {
  const transport = new DirectTransport();
  const stops: StopReply[] = [];
  const output: string[] = [];
  const client = await RspClient.connect(transport, {
    onStop: (stop) => stops.push(stop),
    onOutput: (text) => output.push(text),
  });
  return { client, target: transport.target, stops, output };
}

describe("the client against this house's stub", () => {
  test('features', async () => {
    const { client } = await connect();
    assert.equal(client.features.packetSize, 0x4000);
    assert.equal(client.features.noAckMode, true);
    assert.equal(client.pipelined, true);
    assert.deepEqual([...client.features.resumeActions], ['c', 'C', 's', 'S']);
    assert.equal(client.features.current?.text, '1');
  });

  test('threads', async () => {
    const { client } = await connect();
    const threads = await client.threads.list();
    assert.deepEqual(threads, [
      { process: null, thread: 1, text: '1' },
      { process: null, thread: 2, text: '2' },
    ]);
    assert.equal(await client.threads.extraInfo(threads[1] as (typeof threads)[0]), 'two: does 2');
  });

  test('description and registers', async () => {
    const { client, target } = await connect();
    const description = await client.registers.describe();
    assert.equal(description?.architecture, 'aarch64');
    assert.deepEqual(
      description.registers.map(({ name, number, bits }) => [name, number, bits]),
      [
        ['x0', 0, 64],
        ['pc', 1, 64],
        ['v0', 2, 128],
        ['odd', 3, 32],
      ],
    );
    const [one, two] = (await client.threads.list()) as [never, never];
    assert.equal(await client.registers.read(one, 1), 2n);
    assert.equal(await client.registers.read(two, 3), 8n);
    assert.deepEqual(
      [...(await client.registers.readAll(two))],
      [
        [0, 5n],
        [1, 6n],
        [2, 7n],
      ],
    );
    const wide = 0x0123456789abcdef0011223344556677n;
    await client.registers.write(one, 2, wide);
    assert.equal(target.values[0]?.[2], wide);
    assert.equal(await client.registers.read(one, 2), wide);
    await assertFails(client.registers.write(one, 0, 0xbadn), 'refused', /writing x0 of thread 1: .*E16/);
    await assertFails(client.registers.write(one, 3, 1n << 32n), 'refused', /0x100000000 does not fit in 32 bits/);
    const many = await client.registers.readMany(one, [0, 9, 3]);
    assert.deepEqual([many[0], many[2]], [1n, 4n]);
    assert.ok(many[1] instanceof RspError && many[1].code === 0x16);
  });

  test('memory', async () => {
    const { client, target } = await connect();
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7) & 0xff);
    await client.memory.write(0x1000n, bytes);
    assert.deepEqual(target.memory, bytes);
    assert.deepEqual(await client.memory.read(0x1000n, 4096), bytes);
    assert.equal((await client.memory.read(0x1f00n, 4096)).length, 0x100);
    assert.equal((await client.memory.read(0x1000n, 0)).length, 0);
    await assertFails(
      client.memory.read(0x2000n, 4),
      'refused',
      /^reading 4 bytes at 0x2000: the stub refused it \(E0e\)/,
    );
    await client.memory.writeExact(0x1008n, 8, 0x1122334455667788n);
    assert.equal(await client.memory.readExact(0x1008n, 8), 0x1122334455667788n);
    assert.equal(await client.memory.readExact(0x1009n, 1), 0x77n);
    assert.equal(await client.memory.physical(), false);
    await client.memory.setPhysical(true);
    assert.equal(await client.memory.physical(), true);
    assert.equal(await client.memory.readExact(0x9008n, 4), 0x55667788n);
  });

  test('many exact reads, verified', async () => {
    const { client, target } = await connect();
    for (let i = 0; i < 4096; i++) target.memory[i] = (i * 31 + (i >> 8)) & 0xff;
    const view = new DataView(target.memory.buffer);
    const reads = Array.from({ length: 1000 }, (_, i) => ({ address: 0x1000n + BigInt(4 * i), width: 4 as const }));
    const expected = reads.map((_, i) => BigInt(view.getUint32(4 * i, true)));
    assert.deepEqual(await client.memory.readExactBatch(reads, { verify: true }), expected);
    const mixed = await client.memory.readExactBatch([
      { address: 0x1000n, width: 2 },
      { address: 0x5000n, width: 4 },
      { address: 0x1000n, width: 8 },
    ]);
    assert.equal(mixed[0], BigInt(view.getUint16(0, true)));
    assert.ok(mixed[1] instanceof RspError);
    assert.equal(mixed[1].message, 'reading 4 bytes at 0x5000: the stub refused it (E0e)');
    assert.equal(mixed[2], view.getBigUint64(0, true));
  });

  test('stops, runs and steps', async () => {
    const { client, target, stops } = await connect();
    assert.equal((await client.run.haltReason()).kind, 'stopped');
    const point = { kind: 'software', address: 2n, length: 4 } as const;
    await client.stops.insert(point);
    const run = await client.run.resume([{ kind: 'continue', thread: 'all' }]);
    assert.equal(client.run.running, true);
    await assertFails(client.memory.read(0x1000n, 4), 'running', /the target is running/);
    target.stop({ kind: 'breakpoint', thread: 1 });
    const { stop, interrupted } = await run.ended;
    assert.equal(interrupted, null);
    assert.ok(stop.kind === 'stopped');
    assert.equal(stop.signal, 5);
    assert.equal(stop.breakpoint, 'software');
    assert.equal(stop.thread?.thread, 1);
    assert.equal(stop.registers.get(1), 2n);
    await client.stops.remove(point);

    await client.stops.insert({ kind: 'access', address: 0x1000n, length: 64 });
    const watched = await client.run.resume([
      { kind: 'step', thread: { process: null, thread: 2, text: '2' } },
      { kind: 'continue', thread: 'all' },
    ]);
    target.stop({ kind: 'watchpoint', thread: 2, address: 0x1010n, write: true });
    const hit = (await watched.ended).stop;
    assert.deepEqual(hit.kind === 'stopped' && hit.watch, { kind: 'access', address: 0x1010n });
    assert.equal(stops.length, 2);
    assert.ok(target.log.includes('run 1 step 2'), target.log.join());

    const interrupted2 = await client.run.resume([{ kind: 'continue', thread: 'all' }]);
    const told = await client.run.interrupt();
    assert.equal(told?.kind === 'stopped' && told.signal, 2);
    assert.equal((await interrupted2.ended).interrupted, 'asked');
    assert.equal(await client.run.interrupt(), null);

    const gone = await client.run.resume([{ kind: 'continue', thread: 'all' }]);
    target.stop({ kind: 'exited', code: 3 });
    assert.deepEqual((await gone.ended).stop, { kind: 'exited', code: 3, process: null });
  });

  test('a run that is refused by words ends at once', async () => {
    const { client, target, output } = await connect();
    target.refusal = 'somebody else has it';
    const { ended } = await client.run.resume([{ kind: 'continue', thread: 'all' }]);
    assert.equal((await ended).stop.kind, 'stopped');
    assert.deepEqual(output, ['somebody else has it\n']);
  });

  test('monitor commands', async () => {
    const { client } = await connect();
    assert.equal(await client.monitor('gic irqs'), 'gic irqs of 1\n');
    assert.equal(await client.monitor('no'), 'not now\n');
  });

  test('leaving', async () => {
    const left = await connect();
    await left.client.detach();
    assert.ok(left.target.log.includes('released'));
    await assertFails(left.client.memory.read(0x1000n, 4), 'closed', /connection was closed/);
    const killed = await connect();
    await killed.client.kill(1);
    assert.ok(killed.target.log.includes('killed'));
    const silent = await connect();
    await silent.client.kill();
    assert.ok(silent.target.log.includes('killed'));
    const running = await connect();
    const { ended } = await running.client.run.resume([{ kind: 'continue', thread: 'all' }]);
    await running.client.detach();
    assert.equal((await ended).interrupted, 'asked');
  });

  test('two who ask at once are answered in turn', async () => {
    const { client, target } = await connect();
    target.memory.set([1, 2, 3, 4]);
    const threads = await client.threads.list();
    const all = await Promise.all([
      client.memory.readExact(0x1000n, 4),
      client.registers.read(threads[1] as (typeof threads)[0], 0),
      client.registers.read(threads[0] as (typeof threads)[0], 0),
      client.memory.readExact(0x1001n, 2),
    ]);
    assert.deepEqual(all, [0x04030201n, 5n, 1n, 0x0302n]);
  });
});
