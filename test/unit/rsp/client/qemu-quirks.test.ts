import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RspError } from '../../../../adapter/rsp/client/errors.ts';
import { parseThreadId, threadId } from '../../../../adapter/rsp/client/thread-id.ts';
import { script, type Answer } from './scripted-stub.ts';
import { assertFails, connect, ONE } from './setup.ts';

const XML = (body: string): string =>
  `<?xml version="1.0"?><target><architecture>aarch64</architecture>${body}</target>`;
const CORE = XML('<feature name="f"><reg name="x0" bitsize="64"/><reg name="pc" bitsize="64"/></feature>');

/** Answers of an object, in pieces as they are asked for. */
function object(packet: string, text: string): Answer {
  const match = /:([0-9a-f]+),([0-9a-f]+)$/.exec(packet);
  const at = parseInt(match?.[1] ?? '0', 16);
  const piece = text.slice(at, at + parseInt(match?.[2] ?? '0', 16));
  return `${at + piece.length < text.length ? 'm' : 'l'}${piece}`;
}

describe('what QEMU is known for', () => {
  test('7.2 tells of a stop that nobody asked for, which shifts no reply', async () => {
    const answers = script({ 'm8000004,4': '07007a03', 'm8000008,4': '3b040000' });
    const { client, stub, stops, wait } = await connect((packet) => {
      // It comes with the first answers.
      if (packet.startsWith('qSupported')) return ['T02thread:01;', 'PacketSize=1000;multiprocess+'];
      return answers(packet);
    });
    assert.equal(await wait(client.memory.readExact(0x8000004n, 4)), 0x037a0007n);
    stub.say('T02thread:01;');
    const all = wait(client.memory.readExactBatch([4n, 8n].map((at) => ({ address: 0x8000000n + at, width: 4 }))));
    stub.say('T02thread:01;');
    assert.deepEqual(await all, [0x037a0007n, 0x43bn]);
    assert.deepEqual(stops, [], 'nothing was running');
  });

  test('a stop that comes instead of the answer of "?" is not taken for it', async () => {
    let asked = 0;
    const { client, wait } = await connect((packet) => {
      if (packet !== '?') return undefined;
      return asked++ === 0 ? ['T02thread:01;', 'T05thread:p01.02;'] : 'T05thread:p01.02;';
    });
    const why = await wait(client.run.haltReason());
    assert.ok(why.kind === 'stopped');
    assert.deepEqual([why.signal, why.thread?.text], [5, 'p01.02']);
  });

  test('no no-ack mode, and requests ahead of replies all the same', async () => {
    const { client, stub, wait } = await connect((packet) => (packet.startsWith('m') ? '2a000000' : undefined));
    assert.equal(client.features.noAckMode, false);
    assert.equal(client.pipelined, true);
    const before = stub.raw.length;
    const reads = Array.from({ length: 300 }, (_, i) => ({ address: BigInt(4 * i), width: 4 as const }));
    assert.deepEqual(await wait(client.memory.readExactBatch(reads)), Array(300).fill(42n));
    const sent = stub.raw.slice(before);
    assert.match(sent, /^(\$m[0-9a-f]+,4#..){128}\+/, 'the window is full before the first acknowledgement');
    assert.equal(sent.match(/\+/g)?.length, 301);
  });

  test('p answers empty until the description was read', async () => {
    let read = false;
    const { client, wait } = await connect((packet) => {
      if (packet.startsWith('qXfer')) {
        read = true;
        return object(packet, CORE);
      }
      return packet.startsWith('p') ? (read ? '2a00000000000000' : '') : undefined;
    });
    assert.equal(await wait(client.registers.read(ONE, 1)), 42n);
  });

  test('a stub without p is asked for all registers', async () => {
    const all = `0100000000000000${'x'.repeat(16)}`;
    const { client, stub, wait } = await connect((packet) => {
      if (packet.startsWith('qXfer')) return object(packet, CORE);
      return packet === 'g' ? all : undefined;
    });
    assert.equal(await wait(client.registers.read(ONE, 0)), 1n);
    assert.equal(await wait(client.registers.read(ONE, 1)), null, 'not available');
    assert.equal(stub.packets.filter((packet) => packet.startsWith('p')).length, 1, 'it was asked once');
    await assertFails(wait(client.registers.write(ONE, 0, 5n)), 'unsupported', /does not tell all/);
  });

  test('a stub without P has all registers written', async () => {
    let all = '01000000000000000200000000000000';
    const { client, wait } = await connect((packet) => {
      if (packet.startsWith('qXfer')) return object(packet, CORE);
      if (packet.startsWith('G')) {
        all = packet.slice(1);
        return 'OK';
      }
      return packet === 'g' ? all : undefined;
    });
    await wait(client.registers.write(ONE, 1, 0x1234n));
    assert.equal(all, '01000000000000003412000000000000');
  });

  test('threads are named by process and thread, and told as they were written', async () => {
    const { client, stub, wait } = await connect(
      script({
        qfThreadInfo: 'mp01.01',
        qsThreadInfo: ['l'],
        'qThreadExtraInfo,p01.01': Buffer.from('CPU#0 [halted ]').toString('hex'),
        p0: '2a00000000000000',
      }),
    );
    const threads = await wait(client.threads.list());
    assert.deepEqual(threads, [{ process: 1, thread: 1, text: 'p01.01' }]);
    const [thread = ONE] = threads;
    assert.equal(await wait(client.threads.extraInfo(thread)), 'CPU#0 [halted ]');
    assert.equal(await wait(client.registers.read(thread, 0)), 42n);
    assert.equal(await wait(client.registers.read(thread, 0)), 42n);
    assert.equal(stub.packets.filter((packet) => packet === 'Hgp01.01').length, 1, 'selected once');
    assert.deepEqual(parseThreadId('p1.-1'), null);
    assert.deepEqual(parseThreadId('0'), null);
    assert.equal(threadId(1, 18).text, 'p1.12');
  });

  test('a step of a CPU that is off never answers: it is interrupted', async () => {
    const { client, stub, stops, wait } = await connect((packet) => (packet.startsWith('vCont;') ? null : undefined));
    stub.onInterrupt = () => stub.say('T02thread:p01.02;');
    const { stop, interrupted } = await wait(client.run.step(threadId(1, 2), 100));
    assert.equal(interrupted, 'limit');
    assert.ok(stop.kind === 'stopped' && stop.signal === 2);
    assert.equal(stub.packets.includes('vCont;s:p1.2'), true);
    assert.equal(client.run.running, false);
    assert.equal(stops.length, 1);
  });

  test('physical addresses', async () => {
    let mode = '0';
    const { client, wait } = await connect((packet) => {
      if (packet === 'qqemu.PhyMemMode') return mode;
      const match = /^Qqemu\.PhyMemMode:([01])$/.exec(packet);
      if (match?.[1] === undefined) return undefined;
      mode = match[1];
      return 'OK';
    });
    assert.equal(await wait(client.memory.physical()), false);
    await wait(client.memory.setPhysical(true));
    assert.equal(await wait(client.memory.physical()), true);
    const other = await connect();
    assert.equal(await other.wait(other.client.memory.physical()), null);
    await assertFails(
      other.wait(other.client.memory.setPhysical(true)),
      'unsupported',
      /^making addresses physical: the stub does not support it$/,
    );
  });

  test('reading a GICv2 with several CPUs kills it: the read says so, and everything after it', async () => {
    const { client, stub, closed, wait } = await connect((packet) => {
      if (packet.startsWith('m8000004')) stub.die('connection closed by 127.0.0.1:1234');
      return packet.startsWith('m') ? null : undefined;
    });
    const first = wait(client.memory.readExact(0x8000004n, 4));
    await assertFails(first, 'closed', /^reading 4 bytes at 0x8000004: connection closed by 127/);
    await assertFails(client.memory.readExact(0n, 4), 'closed', /^reading 4 bytes at 0x0: connection closed by/);
    await assertFails(client.monitor('x'), 'closed', /^monitor x: connection closed by/);
    assert.equal(closed.length, 1);
  });

  test('the virtual address of a device gives an error, which has its number', async () => {
    const { client, wait } = await connect(script({ 'm8000000,4': 'E14', 'm8000004,4': 'E.no such memory' }));
    const reads = [0x8000000n, 0x8000004n].map((address) => ({ address, width: 4 as const }));
    const [first, second] = await wait(client.memory.readExactBatch(reads));
    assert.ok(first instanceof RspError && first.kind === 'refused' && first.code === 0x14);
    assert.ok(second instanceof RspError && second.code === null);
    assert.equal(second.message, 'reading 4 bytes at 0x8000004: the stub says: no such memory');
  });

  test('0x800 bytes at most are read at once', async () => {
    const { client, stub, wait } = await connect((packet) => {
      const match = /^m([0-9a-f]+),([0-9a-f]+)$/.exec(packet);
      if (match === null) return undefined;
      const length = parseInt(match[2] ?? '', 16);
      return length > 0x800 ? 'E22' : (match[1] ?? '').slice(-4, -2).padStart(2, '0').repeat(length);
    });
    const bytes = await wait(client.memory.read(0x10000n, 0x1900));
    assert.deepEqual(
      stub.packets.filter((packet) => packet.startsWith('m')),
      ['m10000,800', 'm10800,800', 'm11000,800', 'm11800,100'],
    );
    assert.deepEqual([bytes.length, bytes[0x800], bytes[0x18ff]], [0x1900, 8, 0x18]);
  });
});
