import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodePacket } from '../../../../adapter/rsp/packets.ts';
import { hex, script, type Answer } from './scripted-stub.ts';
import { assertFails, connect, ONE } from './setup.ts';

/* Stubs that answer as none should: every question has an end, and an error that says what is wrong. */

const THREADS = 'PacketSize=1000;qXfer:threads:read+';

describe('threads', () => {
  test('a list without an end', async () => {
    let next = 1;
    const { client, wait } = await connect((packet) => {
      if (packet === 'qfThreadInfo' || packet === 'qsThreadInfo') return `m${(next++).toString(16)}`;
      return undefined;
    });
    await assertFails(wait(client.threads.list()), 'malformed', /^listing the threads: the list has no end$/);
    const again = await connect(script({ qfThreadInfo: 'm1', qsThreadInfo: 'm1' }));
    await assertFails(again.wait(again.client.threads.list()), 'malformed', /the list has no end/);
  });

  test('names that are none', async () => {
    for (const list of ['m', 'mx', 'm1,,2', 'mp1', 'm-1', 'm0', 'm123456789abcdef0']) {
      const { client, wait } = await connect(script({ qfThreadInfo: list, qsThreadInfo: 'l' }));
      await assertFails(wait(client.threads.list()), 'malformed', /^listing the threads: "[^"]*" is no thread$/);
    }
  });

  test('a stub that has them as an object only, or not at all', async () => {
    const xml = `<?xml version="1.0"?><threads><thread id="p1.1" core="0">run</thread><thread id="p1.2"/></threads>`;
    const { client, wait } = await connect(script({ 'qXfer:threads:read::0,ffc': `l${xml}` }), { features: THREADS });
    assert.deepEqual(
      (await wait(client.threads.list())).map(({ text }) => text),
      ['p1.1', 'p1.2'],
    );
    const broken = await connect(script({ 'qXfer:threads:read::0,ffc': 'l<threads>' }), { features: THREADS });
    await assertFails(
      broken.wait(broken.client.threads.list()),
      'malformed',
      /threads: line 1: <threads> .*not closed/,
    );
    const none = await connect(script({ qC: '', p0: '0100000000000000', Hg1: '' }));
    const [only = ONE] = await none.wait(none.client.threads.list());
    assert.equal(only.text, '1');
    assert.equal(await none.wait(none.client.registers.read(only, 0)), 1n, 'there is nothing to select');
    assert.equal(await none.wait(none.client.threads.extraInfo(only)), null);
  });

  test('a register of a thread that is none is not read from another', async () => {
    const { client, wait } = await connect(script({ 'Hgp1.1': 'E22', p0: '0100000000000000' }));
    await assertFails(wait(client.registers.read(ONE, 0)), 'refused', /^selecting thread p1.1: .*E22/);
    await assertFails(wait(client.registers.write(ONE, 0, 1n)), 'refused', /^selecting thread p1.1: .*E22/);
  });
});

describe('objects', () => {
  const features = (answer: (packet: string) => Answer): Promise<Awaited<ReturnType<typeof connect>>> =>
    connect((packet) => (packet.startsWith('qXfer') ? answer(packet) : undefined));

  test('pieces without an end, of nothing, and longer than asked for', async () => {
    const endless = await features(() => `m${'x'.repeat(4092)}`);
    await assertFails(endless.wait(endless.client.registers.describe()), 'malformed', /it has no end within \d+ bytes/);
    const empty = await features(() => 'm');
    await assertFails(empty.wait(empty.client.registers.describe()), 'malformed', /a piece of nothing/);
    const long = await features(() => `l${'x'.repeat(5000)}`);
    await assertFails(long.wait(long.client.registers.describe()), 'malformed', /not "m" or "l" and up to 4092 bytes/);
  });

  test('pieces that come slowly, one byte at a time', async () => {
    let busy = false;
    const later = (answer: string): null => {
      slow.clock.after(4000, () => slow.stub.say(answer));
      return null;
    };
    const slow = await connect((packet) => {
      if (packet.startsWith('qXfer')) {
        busy = true;
        return later('mx');
      }
      return busy && packet === 'vCont?' ? later('vCont;c;C;s;S') : undefined;
    });
    const began = slow.clock.now();
    await assertFails(slow.wait(slow.client.registers.describe()), 'timeout', /target.xml .*not finished within 60 s/);
    assert.ok(slow.clock.now() - began < 70_000);
  });

  test('an error instead', async () => {
    const { client, wait } = await features(() => 'E00');
    await assertFails(wait(client.registers.describe()), 'refused', /^reading target.xml of the stub: .*\(E00\)$/);
    await assertFails(wait(client.registers.readAll(ONE)), 'refused', /reading target.xml/);
  });
});

describe('registers', () => {
  test('all of them, in part', async () => {
    for (const [all, message] of [
      ['01', /tells x0 in part/],
      ['01xx030405060708', /tells x0 in part/],
      ['00'.repeat(9), /tells more than it describes/],
      ['0', /not pairs of hex digits/],
      ['', /does not support it/],
    ] as const) {
      const { client, wait } = await connect(script({ g: all }));
      const kind = all === '' ? 'unsupported' : 'malformed';
      await assertFails(wait(client.registers.readAll(ONE)), kind, message);
    }
  });

  test('one of another size', async () => {
    const { client, wait } = await connect(script({ p0: '01020304', p1: '0102030' }));
    await assertFails(
      wait(client.registers.read(ONE, 0)),
      'malformed',
      /reading x0 of thread p1.1: .*not 16 hex digits/,
    );
    await assertFails(
      wait(client.registers.read(ONE, 1)),
      'malformed',
      /reading register 1 of thread p1.1: .*not hex digits/,
    );
    await assertFails(wait(client.registers.write(ONE, 1, 0n)), 'unsupported', /its size is not known/);
  });
});

describe('memory', () => {
  test('short replies are continued, and crumbs are not', async () => {
    const { client, stub, wait } = await connect((packet) => {
      const match = /^m([0-9a-f]+),([0-9a-f]+)$/.exec(packet);
      if (match === null) return undefined;
      return 'ab'.repeat(Math.min(parseInt(match[2] ?? '', 16), 100));
    });
    assert.deepEqual(await wait(client.memory.read(0x1000n, 250)), new Uint8Array(250).fill(0xab));
    assert.deepEqual(
      stub.packets.filter((packet) => packet.startsWith('m')),
      ['m1000,fa', 'm1064,96', 'm10c8,32'],
    );
    const crumbs = await connect((packet) => (packet.startsWith('m') ? 'ab' : undefined));
    await assertFails(crumbs.wait(crumbs.client.memory.read(0n, 1000)), 'malformed', /answers in crumbs/);
  });

  test('reading ends where memory does', async () => {
    const { client, wait } = await connect((packet) => {
      const match = /^m([0-9a-f]+),([0-9a-f]+)$/.exec(packet);
      if (match === null) return undefined;
      return parseInt(match[1] ?? '', 16) >= 0x1800 ? 'E14' : 'ab'.repeat(parseInt(match[2] ?? '', 16));
    });
    assert.equal((await wait(client.memory.read(0x1000n, 0x4000))).length, 0x800);
    await assertFails(wait(client.memory.read(0x1800n, 4)), 'refused', /E14/);
  });

  test('more than was asked for is no answer', async () => {
    const { client, wait } = await connect((packet) => (packet.startsWith('m') ? 'ab'.repeat(600_000) : undefined));
    await assertFails(wait(client.memory.read(0n, 16)), 'malformed', /garbled: more than 1048576 bytes/);
  });

  test('addresses and values that are none are not sent', async () => {
    const { client, stub } = await connect();
    const before = stub.packets.length;
    await assertFails(client.memory.readExact(-1n, 4), 'refused', /no such addresses/);
    await assertFails(client.memory.readExact(0xffff_ffff_ffff_fffdn, 4), 'refused', /no such addresses/);
    await assertFails(client.memory.writeExact(0n, 4, 1n << 32n), 'refused', /0x100000000 does not fit/);
    await assertFails(client.memory.writeExact(0n, 4, -1n), 'refused', /does not fit/);
    await assertFails(client.memory.read(0n, 1e9), 'refused', /reading 1000000000 bytes at 0x0: more than/);
    assert.equal(stub.packets.length, before);
  });

  test('a write that fails on its way says how far it came', async () => {
    const { client, wait } = await connect(
      (packet) => (packet.startsWith('M0,') ? 'OK' : packet.startsWith('M') ? 'E14' : undefined),
      { features: 'PacketSize=80' },
    );
    await assertFails(
      wait(client.memory.write(0n, new Uint8Array(100))),
      'refused',
      /^writing 100 bytes at 0x0: .*\(E14\), behind the first 50 bytes$/,
    );
  });
});

describe('monitor', () => {
  const command = `qRcmd,${hex('info qtree')}`;

  test('output in pieces, as the reply, or both', async () => {
    for (const answer of [
      [`O${hex('one ')}`, `O${hex('two')}`, 'OK'],
      hex('one two'),
      [hex('one '), hex('two'), 'OK'],
      [`O${hex('one ')}`, hex('two')],
    ]) {
      const { client, wait } = await connect(script({ [command]: answer }));
      assert.equal(await wait(client.monitor('info qtree')), 'one two', String(answer));
      assert.equal(await wait(client.monitor('info qtree')), 'one two', 'and again');
    }
  });

  test('without end, or not hex', async () => {
    const flood = await connect(script({ [command]: [...Array<string>(40).fill(`O${'41'.repeat(200_000)}`), 'OK'] }));
    await assertFails(flood.wait(flood.client.monitor('info qtree')), 'malformed', /more than 4194304 bytes/);
    const strange = await connect(script({ [command]: ['Ozz', 'OK'] }));
    await assertFails(strange.wait(strange.client.monitor('info qtree')), 'malformed', /something that is not hex/);
    const silent = await connect(script({ [command]: null }));
    await assertFails(silent.wait(silent.client.monitor('info qtree')), 'timeout', /no answer within 30 s/);
    assert.equal(
      await silent.wait(silent.client.monitor('x')).catch(String),
      'RspError: monitor x: the stub does not support it',
    );
    const chatty = await connect((packet) => {
      if (packet !== command) return undefined;
      const say = (): void => {
        chatty.stub.say(`O${hex('.')}`);
        chatty.clock.after(1000, say);
      };
      say();
      return [];
    });
    await assertFails(chatty.wait(chatty.client.monitor('info qtree')), 'timeout', /not finished within 60 s/);
    chatty.client.close();
  });

  test('refused', async () => {
    const { client, wait } = await connect(script({ [command]: ['E01'] }));
    await assertFails(wait(client.monitor('info qtree')), 'refused', /^monitor info qtree: .*E01/);
  });
});

describe('stops', () => {
  test('kinds that the stub has not', async () => {
    const { client, wait } = await connect(script({ 'Z0,10,4': 'OK', 'z0,10,4': 'OK', 'Z2,8000000,1000': 'E22' }));
    const point = { kind: 'software', address: 0x10n, length: 4 } as const;
    await wait(client.stops.insert(point));
    await wait(client.stops.remove(point));
    await assertFails(
      wait(client.stops.insert({ kind: 'write', address: 0x8000000n, length: 0x1000 })),
      'refused',
      /^setting a write watchpoint at 0x8000000: .*E22/,
    );
    await assertFails(
      wait(client.stops.insert({ kind: 'hardware', address: 0n, length: 4 })),
      'unsupported',
      /^setting a hardware breakpoint at 0x0: the stub does not support it$/,
    );
  });
});

test('packets that come without end do not keep a request waiting', async () => {
  let deaf = false;
  const { client, stub, clock, wait } = await connect(() => (deaf ? null : undefined));
  deaf = true;
  const notification = Buffer.from(encodePacket(Buffer.from('x'), 'notification'));
  const noise = ['T02thread:01;', `O${hex('.')}`, Buffer.from('noise'), notification];
  let rounds = 0;
  const say = (): void => {
    stub.say(...noise);
    if (rounds++ < 200) clock.after(500, say);
  };
  say();
  const began = clock.now();
  await assertFails(wait(client.memory.readExact(0n, 4)), 'timeout', /^reading 4 bytes at 0x0: no answer within 5 s$/);
  assert.ok(clock.now() - began <= 15_000, `${clock.now() - began} ms`);
  client.close();
});
