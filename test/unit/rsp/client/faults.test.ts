import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RspClient } from '../../../../adapter/rsp/client/client.ts';
import { RspError } from '../../../../adapter/rsp/client/errors.ts';
import { threadId } from '../../../../adapter/rsp/client/thread-id.ts';
import { FAULTS, FaultyTransport, type Fault, type Mode } from './faulty-transport.ts';
import { VirtualClock } from './virtual-clock.ts';

/*
 * One session, in which every packet has every accident. Whatever happens, each step has its right result or fails by
 * an error that says why, and all of it comes to an end.
 */

const ONE = threadId(null, 1);
const TWO = threadId(null, 2);
const READS = Array.from({ length: 4 }, (_, i) => ({ address: 0x1000n + BigInt(4 * i), width: 4 as const }));
/** More virtual milliseconds than any single accident may cost a step. */
const LONGEST_STEP = 60_000;

interface Table {
  readonly client: RspClient;
  readonly transport: FaultyTransport;
  readonly clock: VirtualClock;
}

type Step = readonly [name: string, act: (table: Table) => Promise<unknown>, expected: unknown];

const word = (i: number): bigint => BigInt(0x01010101 * (i + 1));

const STEPS: readonly Step[] = [
  ['threads', async ({ client }) => (await client.threads.list()).map(({ text }) => text), ['1', '2']],
  [
    'description',
    async ({ client }) => (await client.registers.describe())?.registers.map(({ name }) => name),
    ['x0', 'pc', 'v0', 'odd'],
  ],
  ['a register', ({ client }) => client.registers.read(TWO, 3), 8n],
  ['registers', ({ client }) => client.registers.readMany(ONE, [0, 1, 2], true), [1n, 2n, 3n]],
  ['all registers', async ({ client }) => [...(await client.registers.readAll(TWO)).values()], [5n, 6n, 7n]],
  ['a word', ({ client }) => client.memory.readExact(0x1004n, 4), word(1)],
  ['another word', ({ client }) => client.memory.readExact(0x1008n, 4), word(2)],
  ['many words', ({ client }) => client.memory.readExactBatch(READS, { verify: true }), READS.map((_, i) => word(i))],
  ['bytes', async ({ client }) => [...(await client.memory.read(0x1004n, 6))], [2, 2, 2, 2, 3, 3]],
  [
    'a write',
    async ({ client, transport }) => {
      await client.memory.writeExact(0x1100n, 4, 0xcafen);
      return [...transport.target.memory.subarray(0x100, 0x104)];
    },
    [0xfe, 0xca, 0, 0],
  ],
  [
    'a write of a register',
    async ({ client, transport }) => {
      await client.registers.write(ONE, 2, 33n);
      return transport.target.values[0]?.[2];
    },
    33n,
  ],
  [
    'a run',
    async ({ client, transport, clock }) => {
      const { ended } = await client.run.resume([{ kind: 'continue', thread: 'all' }], 20_000);
      clock.after(50, () => transport.target.stop({ kind: 'trap', thread: 2 }));
      const { stop } = await ended;
      return stop.kind === 'stopped' && [stop.signal, stop.thread?.thread, stop.registers.get(1)];
    },
    [5, 2, 6n],
  ],
  ['a register behind it', ({ client }) => client.registers.read(ONE, 0), 1n],
  [
    'an interrupt',
    async ({ client }) => {
      await client.run.resume([{ kind: 'continue', thread: 'all' }]);
      const stop = await client.run.interrupt();
      return stop?.kind === 'stopped' && [stop.signal, stop.thread?.thread];
    },
    [2, 1],
  ],
  ['physical', ({ client }) => client.memory.physical(), false],
  // Of which thread is the stub's to decide.
  ['a monitor command', async ({ client }) => (await client.monitor('hello')).replace(/\d/, ''), 'hello of \n'],
  ['a word at the end', ({ client }) => client.memory.readExact(0x100cn, 4), word(3)],
  ['leaving', ({ client }) => client.detach(), undefined],
];

const BRIEFLY: ReadonlySet<string> = new Set([
  ...[
    'threads',
    'registers',
    'a word',
    'many words',
    'a write',
    'a run',
    'an interrupt',
    'a monitor command',
    'leaving',
  ],
]);

/** Those that acknowledgements have a part in. */
const ACKNOWLEDGED: readonly Fault[] = [
  ...(['drop', 'too late', 'corrupt', 'cut', 'duplicate', 'garbage before'] as const),
  ...(['stop before', 'request lost', 'request garbled', 'request twice'] as const),
];

/** What the protocol gives no means to notice: a piece of output has no place of its own. */
const UNNOTICED: readonly Fault[] = [
  'drop',
  'duplicate',
  'duplicate later',
  'reorder',
  'overtaken',
  'overtaken by far',
  'request twice',
  'oversize',
];

interface Outcome {
  readonly packets: number;
  readonly failed: number;
}

async function session(mode: Mode, fault: Fault | null, n: number): Promise<Outcome> {
  const clock = new VirtualClock();
  const transport = new FaultyTransport(clock, mode, fault, n);
  for (const [i] of READS.entries()) transport.target.memory.fill(i + 1, 4 * i, 4 * i + 4);
  const place = `${mode}, ${fault ?? 'no fault'} at ${n}`;
  let client: RspClient;
  try {
    client = await clock.wait(RspClient.connect(transport, { clock }));
  } catch (error) {
    assert.ok(error instanceof RspError && fault !== null, `${place}: ${String(error)}`);
    return { packets: transport.sent, failed: 1 };
  }
  let failed = 0;
  let left = 4;
  // With acknowledgements less will do: what is above them is the same.
  for (const [name, act, expected] of mode === 'no acks' ? STEPS : STEPS.filter(([step]) => BRIEFLY.has(step))) {
    // What the accident has done shows in the next steps, or not at all.
    if (transport.victim !== null && left-- === 0) break;
    const began = clock.now();
    try {
      const result = await clock.wait(act({ client, transport, clock }));
      const victim = transport.victim ?? '';
      const output = /^(O[0-9a-f]|qRcmd)/.test(victim) && fault !== null && UNNOTICED.includes(fault);
      if (!(name === 'a monitor command' && output)) assert.deepEqual(result, expected, `${place}: ${name}`);
    } catch (error) {
      const wrong = `${place}: ${name}: ${String(error)}`;
      assert.ok(error instanceof RspError, wrong);
      assert.ok(fault !== null, wrong);
      assert.match(error.message, /^[a-z].+: .+/, wrong);
      failed++;
    }
    assert.ok(clock.now() - began <= LONGEST_STEP, `${place}: ${name} took ${clock.now() - began} ms`);
  }
  client.close();
  await assert.rejects(client.monitor('x'), RspError);
  await clock.rest();
  return { packets: transport.sent, failed };
}

/** Sessions with an accident that went on to the end, of those there were: fewer mean that something is not mended. */
const UNHARMED: Partial<Record<Fault, number>> = { late: 1, 'stop before': 1, duplicate: 0.9, overtaken: 0.9 };

for (const mode of ['no acks', 'acks', 'serial'] as const) {
  describe(`${mode}: nothing hangs and no value is wrong, with`, async () => {
    const { packets, failed } = await session(mode, null, 0);
    assert.equal(failed, 0);
    for (const fault of mode === 'no acks' ? FAULTS : ACKNOWLEDGED) {
      test(fault, async () => {
        let unharmed = 0;
        for (let n = 1; n <= packets; n++) if ((await session(mode, fault, n)).failed === 0) unharmed++;
        const least = Math.floor((UNHARMED[fault] ?? 0.5) * packets);
        if (fault !== 'kill') assert.ok(unharmed >= least, `${unharmed} of ${packets} are unharmed`);
      });
    }
  });
}
