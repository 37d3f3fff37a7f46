import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { DapClient, startAdapter } from '../../dap/client.ts';
import { ALL_KINDS, strikesRequests, type Kind } from './kinds.ts';
import type { Passed } from './line.ts';
import { random, sample } from './sample.ts';
import { session, type Outcome } from './script.ts';

/*
 * A debug session over a line on which one packet, or all from one on, have an accident. Whatever happens, every request
 * has its response in time, what is shown is what is, and the session goes on or says why not.
 *
 * A stub that lies (`lie`: one wrong digit, its checksum right) is found out where everything is asked twice, as the
 * controller's registers are: once in a session, it changes none of them. What is asked once is believed: registers of
 * CPUs, memory, what is told at the attach. A stub that lies the same way each time cannot be told from an honest one.
 */

/** Packets of each kind of accident: GIC_FAULTS=all takes all there are. */
const COUNT = process.env['GIC_FAULTS'] === 'all' ? Infinity : Number(process.env['GIC_FAULTS'] ?? 6);
/** The same packets every run; GIC_FAULTS_SEED takes others. */
const SEED = Number(process.env['GIC_FAULTS_SEED'] ?? 1);
/** Sessions at a time: most of one is waiting for the other end. */
const AT_ONCE = 3;

/** After these, nothing is left to talk to, or something that does not let go. */
const BROKEN: readonly Kind[] = ['close', 'half-close', 'reset', 'endless', 'silence', 'noise'];

let port = 0;
let stderr = '';
const ends: (() => void)[] = [];
/** Sessions without an accident, without and with acknowledgements. */
const plain: Outcome[] = [];

before(async () => {
  const adapter = startAdapter('--port', '0');
  const gone = once(adapter, 'exit');
  ends.push(() => adapter.kill());
  const listening = new Promise<void>((resolve, reject) => {
    adapter.stderr?.on('data', (bytes: Buffer) => {
      const text = bytes.toString();
      const found = /listening on 127\.0\.0\.1:(\d+)\n/.exec(text)?.[1];
      if (found === undefined) stderr += text;
      else resolve(void (port = Number(found)));
    });
    void gone.then(([code]) => reject(new Error(`the adapter has ended with ${String(code)}: ${stderr}`)));
  });
  await listening;
  void gone.then(([code]) => (stderr += `the adapter has ended with ${String(code)}\n`));
  for (const acks of [false, true]) {
    plain.push(await session({ fault: null, acks, adapter: () => DapClient.connect(port) }));
  }
});

after(() => {
  for (const end of ends) end();
});

test('without an accident, everything is as it should be', () => {
  for (const { complaints, failures } of plain) assert.deepEqual([complaints, failures], [[], []]);
});

/** Packets for a kind of accident: by their numbers, in sessions without or with acknowledgements. */
function chosen(kind: Kind, index: number): { at: number; acks: boolean; packet: Passed }[] {
  return plain.flatMap(({ line }, mode) => {
    const packets = strikesRequests(kind) ? line.requests : line.replies;
    const next = random(SEED * 1000 + index * 2 + mode + 1);
    // Few stubs insist on acknowledgements.
    const count = COUNT === Infinity ? COUNT : mode === 0 ? Math.ceil((COUNT * 2) / 3) : Math.floor(COUNT / 3);
    return sample(packets, count, next).map((at) => ({ at, acks: mode === 1, packet: packets[at - 1] as Passed }));
  });
}

describe('an accident', { concurrency: AT_ONCE }, () => {
  ALL_KINDS.forEach((kind, index) => {
    test(kind, async (t) => {
      const wrong: string[] = [];
      let whole = 0;
      let struck = 0;
      for (const { at, acks, packet } of chosen(kind, index)) {
        const outcome = await session({ fault: { kind, at }, acks, adapter: () => DapClient.connect(port) });
        const where = `${kind} at ${at}${acks ? ' with acks' : ''} (${packet.step}: ${packet.request.slice(0, 40)})`;
        if (process.env['GIC_FAULTS_TELL'] !== undefined) console.log(where, outcome.failures);
        for (const complaint of outcome.complaints) wrong.push(`${where}: ${complaint}`);
        if (outcome.whole) whole++;
        if (outcome.line.victim !== null) struck++;
      }
      t.diagnostic(`${struck} sessions had it, ${whole} went on as if nothing had happened`);
      assert.deepEqual(wrong, []);
    });
  });
});

describe('the adapter of a single session ends with it', { concurrency: AT_ONCE }, () => {
  BROKEN.forEach((kind, index) => {
    test(kind, async () => {
      const { replies } = (plain[0] as Outcome).line;
      const [at = 1] = sample(replies, 1, random(SEED * 1000 + 500 + index));
      const { complaints } = await session({
        fault: { kind, at },
        acks: false,
        adapter: () => Promise.resolve(DapClient.spawn()),
      });
      assert.deepEqual(complaints, [], `${kind} at ${at}`);
    });
  });
});

test('the adapter lives, and has nothing to complain of', () => assert.equal(stderr, ''));
