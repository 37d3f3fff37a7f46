import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseStop } from '../../../../adapter/rsp/client/stop-reply.ts';
import { threadId } from '../../../../adapter/rsp/client/thread-id.ts';
import { hex, script, type Answer } from './scripted-stub.ts';
import { assertFails, connect, failure, ONE, type Setup } from './setup.ts';

const ALL = [{ kind: 'continue', thread: 'all' }] as const;

/** A client whose target runs. */
async function running(answers: Readonly<Record<string, Answer>> = {}, features?: string): Promise<Setup> {
  const table = await connect(script({ 'vCont;c': null, ...answers }), features === undefined ? {} : { features });
  return table;
}

describe('stops as they are told', () => {
  const stop = (text: string): ReturnType<typeof parseStop> => parseStop(Buffer.from(text), 'little');
  const bare = { signal: 5, thread: null, watch: null, breakpoint: null, core: null, registers: new Map() };

  test('thread, core, registers', () => {
    assert.deepEqual(stop('T05thread:p01.02;core:1;20:0011223344556677;1f:xxxxxxxx;'), {
      kind: 'stopped',
      ...bare,
      thread: { process: 1, thread: 2, text: 'p01.02' },
      core: 1,
      registers: new Map([
        [0x20, 0x7766554433221100n],
        [0x1f, null],
      ]),
    });
  });

  test('watchpoints and breakpoints', () => {
    const hit = stop('T05awatch:8000104;');
    assert.deepEqual(hit.kind === 'stopped' && hit.watch, { kind: 'access', address: 0x8000104n });
    const broken = stop('T05swbreak:;hwbreak:;');
    assert.equal(broken.kind === 'stopped' && broken.breakpoint, 'hardware');
  });

  test('short ones, and what makes no sense', () => {
    assert.deepEqual(stop('S05'), { kind: 'stopped', ...bare });
    assert.deepEqual(stop('T05thread:;watch:zz;core:;:;5;0:123;zz:00;library:;fork:p1.1'), {
      kind: 'stopped',
      ...bare,
    });
    assert.deepEqual(stop('W07'), { kind: 'exited', code: 7, process: null });
    assert.deepEqual(stop('X09;process:1f'), { kind: 'signalled', signal: 9, process: 31 });
  });
});

describe('runs', () => {
  test('while the target runs, nothing is sent but an interrupt', async () => {
    const { client, stub, wait, clock, stops } = await running();
    const { ended } = await wait(client.run.resume(ALL));
    const before = stub.raw.length;
    await assertFails(client.memory.readExact(0n, 4), 'running', /^reading 4 bytes at 0x0: the target is running$/);
    await assertFails(client.monitor('x'), 'running', /running/);
    await assertFails(client.run.resume(ALL), 'running', /running/);
    await clock.rest();
    assert.equal(stub.raw.length, before);
    stub.onInterrupt = () => stub.say('T02thread:1;');
    const told = await wait(client.run.interrupt());
    assert.equal(told?.kind === 'stopped' && told.signal, 2);
    assert.equal(stub.raw.slice(before).startsWith('\x03'), true);
    assert.equal((await ended).interrupted, 'asked');
    assert.equal(stops.length, 1);
    assert.equal(clock.pending, 0);
  });

  test('output goes to the console while it runs', async () => {
    const { client, stub, wait, output } = await running();
    const { ended } = await wait(client.run.resume(ALL));
    stub.say(`O${hex('gr\u00fc')}`.slice(0, -2), `O${hex('gr\u00fc').slice(-2)}`, 'T05thread:1;');
    assert.equal((await wait(ended)).interrupted, null);
    assert.equal(output.join(''), 'gr\u00fc');
  });

  test('the thread is selected anew behind a run', async () => {
    const { client, stub, wait } = await running({ 'vCont;c': 'T05thread:p1.2;', p0: '0100000000000000' });
    await wait(client.registers.read(ONE, 0));
    await wait((await wait(client.run.resume(ALL))).ended);
    await wait(client.registers.read(ONE, 0));
    assert.equal(stub.packets.filter((packet) => packet === 'Hgp1.1').length, 2);
  });

  test('a refusal ends it', async () => {
    for (const [reply, kind] of [
      ['E01', 'refused'],
      ['', 'unsupported'],
    ] as const) {
      const { client, wait } = await running({ 'vCont;c': reply });
      const { ended } = await wait(client.run.resume(ALL));
      assert.equal((await failure(wait(ended))).kind, kind);
      assert.equal(client.run.running, false);
    }
  });

  test('a target that does not stop goes on running, and can be interrupted again', async () => {
    const { client, stub, wait } = await running();
    const { ended } = await wait(client.run.resume(ALL, 100));
    await assertFails(wait(ended), 'timeout', /^resuming the target: it does not stop within 5 s$/);
    await assertFails(
      wait(client.run.interrupt()),
      'timeout',
      /^interrupting the target: it does not stop within 5 s$/,
    );
    assert.equal(client.run.running, true);
    stub.onInterrupt = () => stub.say('T02thread:1;');
    assert.equal((await wait(client.run.interrupt()))?.kind, 'stopped');
    assert.equal(client.run.running, false);
  });

  test('where an interrupt is not answered, the stub is asked whether the stop was lost', async () => {
    const { client, wait } = await running({ '?': 'T05thread:1;' });
    const { ended } = await wait(client.run.resume(ALL));
    await assertFails(wait(client.run.interrupt()), 'timeout', /does not stop within 5 s/);
    assert.equal((await wait(client.run.doubt()))?.kind, 'stopped');
    const { interrupted, stopsInDoubt } = await wait(ended);
    assert.deepEqual([interrupted, stopsInDoubt, client.run.running], ['asked', true, false]);
    assert.equal(await wait(client.run.doubt()), null);
  });

  test('a stub that answers neither is given up', async () => {
    let isMute = false;
    const { client, wait, closed } = await connect((packet) => (isMute || packet === 'vCont;c' ? null : undefined));
    const { ended } = await wait(client.run.resume(ALL));
    isMute = true;
    await assertFails(wait(client.run.interrupt()), 'timeout', /does not stop within 5 s/);
    await assertFails(wait(client.run.doubt()), 'desynchronised', /out of step/);
    await failure(wait(ended));
    assert.equal(closed.length, 1);
  });

  test('a stop that is garbled is asked for again', async () => {
    const { client, stub, wait } = await running();
    const { ended } = await wait(client.run.resume(ALL));
    let asked = 0;
    stub.say(Buffer.from('$T05thread:1;#00'));
    stub.onNack = () => {
      if (asked++ === 1) stub.say('T05thread:1;');
    };
    assert.deepEqual((await wait(ended)).stopsInDoubt, false);
    assert.equal(stub.nacks, 3);
  });

  test('without acknowledgements, the stub is asked why the target stands', async () => {
    const answers = { QStartNoAckMode: 'OK', '?': 'T05thread:1;hwbreak:;' };
    const { client, stub, wait } = await running(answers, 'PacketSize=1000;QStartNoAckMode+');
    const { ended } = await wait(client.run.resume(ALL));
    stub.say(Buffer.from('$T05thread:1;#00'));
    const { stop, interrupted, stopsInDoubt } = await wait(ended);
    assert.deepEqual(
      [stop.kind === 'stopped' && stop.breakpoint, interrupted, stopsInDoubt],
      ['hardware', 'garbled', true],
    );
    assert.equal(stub.interrupts, 1);
  });

  test('of two different stops, the one that the stub tells again is right', async () => {
    const { client, stub, wait } = await running({ '?': 'T05thread:2;' });
    const { ended } = await wait(client.run.resume(ALL));
    stub.say('T02thread:1;', 'T05thread:2;');
    const { stop, stopsInDoubt } = await wait(ended);
    assert.equal(stop.kind === 'stopped' && stop.thread?.thread, 2);
    assert.equal(stopsInDoubt, true);
  });

  test('the end of the process, and then of the connection', async () => {
    const { client, stub, wait, stops, closed } = await running();
    const { ended } = await wait(client.run.resume(ALL));
    stub.say('W00;process:1');
    assert.deepEqual((await wait(ended)).stop, { kind: 'exited', code: 0, process: 1 });
    stub.die('closed by the other side');
    await assertFails(wait(client.run.haltReason()), 'closed', /closed by the other side/);
    assert.deepEqual([stops.length, closed.length], [1, 1]);
  });

  test('the end of the connection ends the run', async () => {
    const { client, stub, wait } = await running();
    const { ended } = await wait(client.run.resume(ALL));
    stub.die('gone');
    await assertFails(wait(ended), 'closed', /^resuming the target: gone$/);
    assert.equal(client.run.running, false);
    assert.equal(await wait(client.run.interrupt()), null);
  });

  test('actions by thread, where vCont is offered', async () => {
    const { client, stub, wait } = await connect((packet) =>
      packet.startsWith('vCont;') ? 'T05thread:1;' : undefined,
    );
    const actions = [{ kind: 'step', thread: threadId(1, 0x12) } as const, ...ALL];
    await wait((await wait(client.run.resume(actions))).ended);
    assert.ok(stub.packets.includes('vCont;s:p1.12;c'));
    const many = Array.from({ length: 600 }, (_, i) => ({ kind: 'step' as const, thread: threadId(1, i + 1) }));
    await assertFails(wait(client.run.resume(many)), 'unsupported', /a packet of \d+ bytes is needed/);
    assert.equal(client.run.running, false);
  });

  test('one action, where it is not', async () => {
    const { client, stub, wait } = await connect(script({ 'vCont?': '', c: 'S05', s: 'T05thread:2;' }));
    await wait((await wait(client.run.resume(ALL))).ended);
    await wait(client.run.step(threadId(null, 2)));
    assert.deepEqual(
      stub.packets.filter((packet) => /^(Hc|[cs]$)/.test(packet)),
      ['Hc-1', 'c', 'Hc2', 's'],
    );
    const both = [{ kind: 'step', thread: ONE } as const, ...ALL];
    await assertFails(wait(client.run.resume(both)), 'unsupported', /can move one thread/);
    const refused = await connect(script({ 'vCont?': '', Hc9: 'E22' }));
    await assertFails(refused.wait(refused.client.run.step(threadId(null, 9))), 'refused', /stepping thread 9: .*E22/);
  });
});

describe('leaving', () => {
  test('whatever the stub answers, the connection is closed', async () => {
    for (const answer of ['OK', 'E01', '', null, 'nonsense']) {
      const { client, stub, wait } = await connect(script({ 'D;1': answer }));
      await wait(client.detach(1)).then(
        () => assert.equal(answer, 'OK'),
        (error: unknown) => assert.match(String(error), /detaching from the target: /),
      );
      assert.equal(stub.closed, true);
      assert.equal(stub.packets.at(-1) === 'D;1' || answer === null || answer === 'nonsense', true);
    }
  });

  test('nothing is answered behind it', async () => {
    const { client, wait, clock, closed } = await connect();
    const under = failure(client.memory.readExact(0n, 4));
    client.close();
    client.close();
    assert.equal((await wait(under)).kind, 'closed');
    assert.equal(clock.pending, 0);
    assert.equal(closed.length, 1);
  });
});
