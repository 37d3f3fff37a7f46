import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RspClient } from '../../adapter/rsp/client/client.ts';
import { RspError } from '../../adapter/rsp/client/errors.ts';
import { parseStop } from '../../adapter/rsp/client/stop-reply.ts';
import { readDescription } from '../../adapter/rsp/client/target-description.ts';
import { threadId } from '../../adapter/rsp/client/thread-id.ts';
import type { Transport, TransportListener } from '../../adapter/rsp/client/transport.ts';
import { parseXml, XmlError } from '../../adapter/rsp/client/xml.ts';
import { encodePacket, PacketReader } from '../../adapter/rsp/packets.ts';
import { VirtualClock } from '../unit/rsp/client/virtual-clock.ts';

/** Same bytes every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const RUNS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 300);
const settings = (runs: number): { seed: number; numRuns: number } => ({ seed: SEED, numRuns: runs });

const THREAD = threadId(1, 1);

/** Answers each thing it is sent by the next of a list, whatever that is; behind the list it is silent. */
class Babbler implements Transport {
  readonly #answers: readonly Uint8Array[];
  readonly #sensible: number;
  #next = 0;
  #listener: TransportListener | null = null;
  #closed = false;
  readonly #reader = new PacketReader((event) => {
    if (event.kind === 'packet') this.#answer(Buffer.from(event.data).toString('latin1'));
    else if (event.kind === 'interrupt') this.#answer('interrupt');
  });

  /** @param sensible packets that are answered as by a stub, so that more than the first is tried */
  constructor(answers: readonly Uint8Array[], sensible: number) {
    this.#answers = answers;
    this.#sensible = sensible;
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
  }

  send(bytes: Uint8Array): void {
    if (this.#closed) throw new Error('it is closed');
    this.#reader.push(bytes);
  }

  close(): void {
    this.#closed = true;
  }

  #answer(packet: string): void {
    const at = this.#next++;
    const bytes = at < this.#sensible ? usual(packet) : this.#answers[at - this.#sensible];
    if (bytes === undefined) return;
    queueMicrotask(() => {
      if (!this.#closed) this.#listener?.bytes(bytes);
    });
  }
}

const frame = (text: string): Uint8Array => encodePacket(Buffer.from(text, 'latin1'));

function usual(packet: string): Uint8Array {
  if (packet.startsWith('qSupported')) return frame('PacketSize=1000;qXfer:features:read+;QStartNoAckMode+');
  const known: Readonly<Record<string, string>> = { 'vCont?': 'vCont;c;s', qC: 'QCp1.1', QStartNoAckMode: 'OK' };
  if (packet.startsWith('qXfer')) return frame('l<target><reg name="x0" bitsize="64"/></target>');
  return frame(known[packet] ?? 'OK');
}

/** Answers as stubs give them, each to any question. */
const PLAUSIBLE = fc.constantFrom(
  ...[
    'OK',
    '',
    'E01',
    'E.no',
    '01020304',
    '0102030405060708',
    'xxxxxxxxxxxxxxxx',
    'l',
    'm1',
    'mp1.1,p1.2',
    'l<target/>',
  ],
  ...['T05thread:p1.1;', 'T02', 'S05', 'W00', 'X09', 'O4142', 'O', 'Fopen,0/1,0,0', 'vCont;c;s', 'QCp1.1', 'QC1'],
  ...['PacketSize=1000;qXfer:features:read+;QStartNoAckMode+', 'PacketSize=0', 'm<target>', 'vCont', '1', 'F'],
);
const ANSWER = fc.oneof(
  { weight: 4, arbitrary: PLAUSIBLE.map(frame) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((data) => encodePacket(data)) },
  {
    weight: 1,
    arbitrary: fc.array(PLAUSIBLE, { maxLength: 4 }).map((list) => Buffer.concat(list.map((text) => frame(text)))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('+', '-', '$', '#00', '$OK#00', '--', '%Stop:T05#00').map((text) => Buffer.from(text)),
  },
);

type Act = (client: RspClient) => Promise<unknown>;
const ACTS: readonly Act[] = [
  (client) => client.threads.list(),
  (client) => client.threads.extraInfo(THREAD),
  (client) => client.registers.describe(),
  (client) => client.registers.readMany(THREAD, [0, 1]),
  (client) => client.registers.readAll(THREAD),
  (client) => client.registers.write(THREAD, 0, 5n),
  (client) => client.memory.read(0x1000n, 5000),
  (client) =>
    client.memory.readExactBatch(
      [1n, 2n, 3n].map((address) => ({ address, width: 4 })),
      { verify: true },
    ),
  (client) => client.memory.write(0x1000n, new Uint8Array(100)),
  (client) => client.memory.physical(),
  (client) => client.stops.insert({ kind: 'write', address: 8n, length: 4 }),
  async (client) => (await client.run.resume([{ kind: 'continue', thread: 'all' }], 100)).ended,
  (client) => client.run.step(THREAD),
  (client) => client.run.interrupt(),
  (client) => client.run.haltReason(),
  (client) => client.monitor('info qtree'),
  (client) => client.request('qAttached', 'asking'),
];

/** Does as it is told, whatever comes back; everything ends, by a result or a typed error. */
async function talk(answers: readonly Uint8Array[], sensible: number, acts: readonly number[]): Promise<number> {
  const clock = new VirtualClock();
  let client: RspClient;
  let failed = 0;
  const tolerate = (error: unknown): void => {
    assert.ok(error instanceof RspError, error instanceof Error ? error.stack : String(error));
    failed++;
  };
  try {
    client = await clock.wait(RspClient.connect(new Babbler(answers, sensible), { clock }));
  } catch (error) {
    tolerate(error);
    return failed;
  }
  for (const act of acts) await clock.wait((ACTS[act] as Act)(client)).catch(tolerate);
  await clock.wait(client.detach()).catch(tolerate);
  await clock.rest();
  assert.equal(clock.pending, 0);
  return failed;
}

describe('whatever a stub sends, nothing throws but RspError, and nothing hangs', () => {
  const acts = fc.array(fc.nat(ACTS.length - 1), { minLength: 1, maxLength: 5 });

  test('from the beginning', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ANSWER, { maxLength: 30 }), acts, async (answers, chosen) => {
        await talk(answers, 0, chosen);
      }),
      settings(RUNS),
    );
  });

  test('once it has been sensible', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(ANSWER, { maxLength: 30 }),
        fc.integer({ min: 4, max: 12 }),
        acts,
        (answers, sensible, chosen) => talk(answers, sensible, chosen).then(() => undefined),
      ),
      settings(RUNS),
    );
  });
});

const MARKUP = fc.array(
  fc.oneof(
    fc.constantFrom(
      '<target>',
      '</target>',
      '<feature name="f">',
      '</feature>',
      '<reg name="x" bitsize="64"/>',
      '<!--',
    ),
    fc.constantFrom(
      '-->',
      '<![CDATA[',
      ']]>',
      '<!DOCTYPE a [',
      ']>',
      '&amp;',
      '&#x41;',
      '&',
      '"',
      "'",
      '=',
      '/>',
      '<',
      '>',
    ),
    fc.constantFrom(
      '<xi:include href="target.xml"/>',
      '<xi:include href="other.xml"/>',
      ' regnum="3"',
      '\n',
      '<?',
      '?>',
    ),
    fc.string({ maxLength: 8, unit: 'binary' }),
  ),
  { maxLength: 40 },
);

test('any text is XML or an error with its line', () => {
  fc.assert(
    fc.property(MARKUP, (parts) => {
      try {
        assert.ok(parseXml(parts.join('')).name.length > 0);
      } catch (error) {
        assert.ok(error instanceof XmlError);
        assert.match(error.message, /^line \d+: ./);
      }
    }),
    settings(RUNS * 10),
  );
});

test('any text is a description or an error with its place', async () => {
  const body = MARKUP.map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(body, body, fc.boolean(), async (one, other, wrapped) => {
      const files: Readonly<Record<string, string>> = { 'target.xml': wrapped ? `<target>${one}</target>` : one };
      try {
        const { registers, byNumber } = await readDescription((file) => Promise.resolve(files[file] ?? other));
        assert.equal(registers.length, byNumber.size);
      } catch (error) {
        assert.ok(error instanceof RspError && error.kind === 'malformed', String(error));
        assert.match(error.message, /\.xml, (line \d+: )?./);
      }
    }),
    settings(RUNS * 3),
  );
});

test('any stop reply says something', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('T', 'S', 'W', 'X'),
      fc.nat(255),
      fc.string({ maxLength: 60 }),
      (letter, number, rest) => {
        const stop = parseStop(
          Buffer.from(`${letter}${number.toString(16).padStart(2, '0')}${rest}`, 'latin1'),
          'little',
        );
        assert.equal(stop.kind === 'exited' ? stop.code : stop.signal, number);
      },
    ),
    settings(RUNS * 3),
  );
});
