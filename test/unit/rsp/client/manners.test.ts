import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RspClient } from '../../../../adapter/rsp/client/client.ts';
import { encodePacket } from '../../../../adapter/rsp/packets.ts';
import { hex, script, ScriptedStub, QEMU_FEATURES, type Answer } from './scripted-stub.ts';
import { assertFails, connect, failure, ONE } from './setup.ts';
import { VirtualClock } from './virtual-clock.ts';

const READ = { 'm10,4': '01000000', 'm14,4': '02000000' };
const both = [0x10n, 0x14n].map((address) => ({ address, width: 4 as const }));

/** Answers one after another, then the last for ever. */
function inTurn(packet: string, ...answers: readonly Answer[]): (asked: string) => Answer | undefined {
  let next = 0;
  return (asked) => (asked === packet ? (answers[Math.min(next++, answers.length - 1)] ?? null) : undefined);
}

describe('acknowledgements', () => {
  test('no-ack mode, where it is offered', async () => {
    const answers = { ...READ, QStartNoAckMode: 'OK' };
    const { client, stub, wait } = await connect(script(answers), { features: 'PacketSize=400;QStartNoAckMode+' });
    assert.equal(client.features.noAckMode, true);
    const before = stub.raw.length;
    assert.deepEqual(await wait(client.memory.readExactBatch(both)), [1n, 2n]);
    assert.ok(!stub.raw.slice(before).includes('+'));
  });

  test('gdbserver with acknowledgements swallows requests that run ahead: they do not', async () => {
    const { client, stub, wait } = await connect(script(READ), { acks: 'gdbserver' });
    assert.equal(client.pipelined, false);
    assert.deepEqual(await wait(client.memory.readExactBatch(both)), [1n, 2n]);
    assert.deepEqual(stub.packets.slice(-3), ['m10,4', 'm14,4', 'vCont?']);
  });

  test('a garbled reply is asked for again, but not for ever', async () => {
    const bad = Buffer.from('$01000000#00');
    const once = await connect(inTurn('m10,4', [bad]), { acks: 'gdbserver' });
    // The stub repeats what it sent last: the same garbage.
    await assertFails(once.wait(once.client.memory.readExact(0x10n, 4)), 'malformed', /garbled: a wrong checksum/);
    assert.equal(once.stub.nacks, 3 * 2, 'three times for each of two attempts');
  });

  test('a request that the stub could not read is sent again', async () => {
    const answers = inTurn('m10,4', [Buffer.from('-')], '01000000');
    const { client, stub, wait } = await connect(answers, { acks: 'gdbserver' });
    assert.equal(await wait(client.memory.readExact(0x10n, 4)), 1n);
    assert.equal(stub.packets.filter((packet) => packet === 'm10,4').length, 2);
    const deaf = await connect(inTurn('m10,4', [Buffer.from('-')]), { acks: 'gdbserver' });
    await assertFails(deaf.wait(deaf.client.memory.readExact(0x10n, 4)), 'malformed', /cannot read what it is sent/);
  });

  test('acknowledgements that are missing are not missed', async () => {
    const clock = new VirtualClock();
    const stub = new ScriptedStub(script(READ));
    const deliver = stub.listen.bind(stub);
    stub.listen = (listener) =>
      deliver({
        ...listener,
        bytes: (bytes) => {
          if (bytes[0] !== 0x2b) listener.bytes(bytes);
        },
        closed: () => undefined,
      });
    const client = await clock.wait(RspClient.connect(stub, { clock }));
    assert.equal(await clock.wait(client.memory.readExact(0x10n, 4)), 1n);
  });
});

describe('out of step', () => {
  test('a late reply is not the answer of the next request', async () => {
    const { client, stub, clock, wait } = await connect(inTurn('m10,4', null, '02000000'), { acks: 'gdbserver' });
    const late = failure(client.request('m10,4', 'a first read'));
    clock.after(5100, () => stub.say('01000000'));
    const error = await wait(late);
    assert.deepEqual([error.kind, error.message], ['timeout', 'a first read: no answer within 5 s']);
    await clock.rest();
    assert.equal(await wait(client.memory.readExact(0x10n, 4)), 2n);
  });

  test('a reply that nobody asked for is not the answer of the next request', async () => {
    const { client, stub, clock, wait } = await connect(script(READ));
    stub.say('09000000');
    await clock.rest();
    assert.equal(await wait(client.memory.readExact(0x10n, 4)), 1n);
    assert.deepEqual(stub.packets.slice(-3), ['qC', 'm10,4', 'vCont?'], 'in step first, then read once');
    const racing = client.memory.readExact(0x14n, 4);
    stub.say('09000000');
    assert.equal(await wait(racing), 2n);
  });

  test('without an answer to anything, it is over, and everything says why', async () => {
    let silent = false;
    const { client, stub, clock, closed, wait } = await connect(() => (silent ? null : undefined));
    silent = true;
    await assertFails(wait(client.memory.readExact(0x10n, 4)), 'timeout', /0x10: no answer within 5 s$/);
    assert.equal(stub.closed, true);
    await assertFails(client.memory.readExact(0x14n, 4), 'timeout', /^reading 4 bytes at 0x14: no answer within 5 s$/);
    await assertFails(client.monitor('help'), 'timeout', /^monitor help: no answer within 5 s$/);
    assert.equal(closed.length, 1);
    assert.equal(clock.pending, 0);
  });

  test('a reply of a strange shape is refused, and the client goes on', async () => {
    const strange = ['0100000', '01000g00', 'm', '', 'E1', 'OK', '0100000000'];
    for (const reply of strange) {
      const { client, wait } = await connect(script({ ...READ, 'm10,4': reply }));
      const error = await failure(wait(client.memory.readExact(0x10n, 4)));
      assert.equal(error.kind, reply === '' ? 'unsupported' : 'malformed', `${reply}: ${error.message}`);
      assert.equal(await wait(client.memory.readExact(0x14n, 4)), 2n);
    }
  });

  test('two replies that changed places are found by asking twice', async () => {
    let held: string | null = null;
    let faults = 1;
    const answers = (packet: string): Answer | undefined => {
      const reply = READ[packet as keyof typeof READ] as string | undefined;
      if (reply === undefined) return undefined;
      if (held !== null) {
        const answer = [reply, held];
        held = null;
        return answer;
      }
      if (faults-- <= 0) return reply;
      held = reply;
      return [];
    };
    const { client, wait } = await connect(answers);
    assert.deepEqual(await wait(client.memory.readExactBatch(both, { verify: true })), [1n, 2n]);
  });

  test('a write is not repeated where its reply is in doubt', async () => {
    const { client, stub, wait } = await connect(inTurn('M10,4:2a000000', ['OK', 'OK'], 'OK'));
    await assertFails(wait(client.memory.writeExact(0x10n, 4, 42n)), 'desynchronised', /checking|writing/);
    assert.equal(stub.packets.filter((packet) => packet.startsWith('M')).length, 1);
    await wait(client.memory.writeExact(0x10n, 4, 42n));
  });

  test('a batch that goes wrong twice is the last that runs ahead', async () => {
    const second = inTurn('m14,4', [], '02000000', [], '02000000');
    const { client, wait } = await connect((packet) => {
      const known = second(packet);
      return known === undefined ? script(READ)(packet) : known;
    });
    const lose = async (): Promise<void> => assert.deepEqual(await wait(client.memory.readExactBatch(both)), [1n, 2n]);
    await lose();
    assert.equal(client.pipelined, true);
    await lose();
    assert.equal(client.pipelined, false);
  });
});

describe('what comes unasked', () => {
  test('output goes to whoever listens, notifications to nobody', async () => {
    const { client, stub, output, wait } = await connect(script(READ));
    stub.say(Buffer.from(encodePacket(Buffer.from('Stop:T05thread:1;'), 'notification')), `O${hex('hello\n')}`);
    const value = client.memory.readExact(0x10n, 4);
    stub.say(`O${hex('again\n')}`);
    assert.equal(await wait(value), 1n);
    assert.deepEqual(output, ['hello\n', 'again\n']);
  });

  test('a file that the target wants is refused, so that the stub goes on', async () => {
    const { client, stub, wait } = await connect((packet) => {
      if (packet === 'vCont;c') return 'Fopen,1000/6,0,1b6';
      return packet === 'F-1,26' ? 'T05thread:1;' : undefined;
    });
    const { ended } = await wait(client.run.resume([{ kind: 'continue', thread: 'all' }]));
    assert.equal((await wait(ended)).stop.kind, 'stopped');
    assert.ok(stub.packets.includes('F-1,26'));
    assert.equal(stub.packets.at(-1), 'vCont?');
  });

  test('hex data that begins like a file request is data', async () => {
    const { client, wait } = await connect(script({ 'm10,4': 'FEEDBEEF' }));
    assert.equal(await wait(client.memory.readExact(0x10n, 4)), 0xefbeedfen);
  });

  test('bytes between packets mean nothing', async () => {
    const { client, wait } = await connect(
      script({ 'm10,4': [Buffer.from('\r\n#00'), '01000000', Buffer.from('@@')] }),
    );
    assert.equal(await wait(client.memory.readExact(0x10n, 4)), 1n);
  });

  test('that the process is gone is told, though nothing ran', async () => {
    const { stub, stops, clock } = await connect();
    stub.say('W07;process:1');
    await clock.rest();
    assert.deepEqual(stops, [{ kind: 'exited', code: 7, process: 1 }]);
  });
});

describe('connecting', () => {
  const attempt = (answers: (packet: string) => Answer | undefined, features = QEMU_FEATURES): Promise<RspClient> => {
    const clock = new VirtualClock();
    return clock.wait(RspClient.connect(new ScriptedStub(answers, { features }), { clock }));
  };

  test('to something that says nothing', async () => {
    await assertFails(
      attempt(() => null),
      'timeout',
      /^connecting to the stub: no answer within 5 s$/,
    );
  });

  test('to something that is no stub', async () => {
    await assertFails(
      attempt(() => [Buffer.from('220 mail ESMTP\r\n')]),
      'timeout',
      /connecting to the stub/,
    );
    const banner = Buffer.from('SSH-2.0-OpenSSH_9.2\r\n');
    await assertFails(
      attempt(() => [banner]),
      'malformed',
      /cannot read what it is sent/,
    );
    await assertFails(
      attempt(() => 'hello'),
      'malformed',
      /the stub answered "hello", not features/,
    );
  });

  test('to a stub whose packets are too small for anything', async () => {
    for (const size of ['0', '1', 'zz', '']) {
      await assertFails(
        attempt(() => undefined, `PacketSize=${size}`),
        'malformed',
        /it takes packets of/,
      );
    }
  });

  test('to a stub that knows next to nothing', async () => {
    const client = await attempt((packet) => (packet.startsWith('q') || packet.startsWith('v') ? '' : undefined));
    assert.equal(client.pipelined, false);
    assert.equal(client.features.packetSize, 400);
    assert.equal(await client.registers.describe(), null);
    await assertFails(client.registers.readAll(ONE), 'unsupported', /does not describe its registers/);
  });

  test('nothing longer than the stub takes is sent', async () => {
    const { client, stub, wait } = await connect(
      (packet) => (packet.startsWith('M') || packet.startsWith('X') ? 'OK' : undefined),
      { features: 'PacketSize=40' },
    );
    await wait(client.memory.write(0xffff_ffff_0000_0000n, new Uint8Array(200).fill(0x23)));
    const writes = stub.packets.filter((packet) => /^X.*[1-9a-f]:/.test(packet));
    assert.equal(writes.map((packet) => packet.split(':')[1] ?? '').join('').length, 200);
    const longest = Math.max(...writes.map((packet) => encodePacket(Buffer.from(packet, 'latin1')).length - 4));
    assert.ok(longest <= 0x40 && longest > 0x30, `${longest}`);
    await assertFails(wait(client.monitor('x'.repeat(100))), 'unsupported', /a packet of 206 bytes is needed/);
  });

  test('a transport that throws is a connection that is gone', async () => {
    const { client, stub, wait } = await connect();
    stub.closed = true;
    await assertFails(wait(client.memory.readExact(0x10n, 4)), 'closed', /the pipe is broken/);
  });
});
