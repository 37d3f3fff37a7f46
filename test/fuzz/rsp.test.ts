import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MachineTarget } from '../../adapter/serve/machine-target.ts';
import { encodePacket } from '../../adapter/rsp/packets.ts';
import { GdbStub } from '../../adapter/rsp/stub/stub.ts';
import { exampleGuest } from '../unit/rsp/guest.ts';

/** Same packets every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 20_000);

const hex = (text: string): string => Buffer.from(text).toString('hex');

/** Packets as GDB sends them, to be sent as they are or broken. */
const PACKETS = [
  ...['?', 'g', 'p0', 'p21', 'p22', 'p45', 'pff', 'qC', 'qfThreadInfo', 'qsThreadInfo', 'qThreadExtraInfo,1', 'T2'],
  ...['Hg2', 'Hg0', 'Hc-1', 'Hc1', 'qAttached', 'vMustReplyEmpty', 'vCont?', 'QStartNoAckMode', 'qOffsets'],
  ...[
    'qSupported:multiprocess+;swbreak+;hwbreak+',
    'qXfer:features:read:target.xml:0,fff',
    'qXfer:threads:read::0,40',
    'qSymbol::',
    'D',
    'k',
  ],
  ...['m40100000,40', 'm8000000,10', 'm80a0000,8', 'm9000000,4', 'mffffffffffffffff,ff', 'm40100ffe,ffffffff'],
  ...['M40105000,4:01020304', 'X40105000,2:ab', 'X40105000,11', 'M8000104,4:02000000', 'M80000ff,9:000000000000000000'],
  ...['P0=0011223344556677', 'P20=0000104000000000', 'P21=c5030060', `G${'00'.repeat(788)}`, 'P23=00'],
  ...['Z0,40101578,4', 'z0,40101578,4', 'Z1,40100004,4', 'Z2,8000104,4', 'Z3,40105000,8', 'Z4,40105000,1'],
  ...['vCont;c', 'vCont;s:1;c', 'vCont;s:2', 'vCont;c:1', 'c', 's', 'C05', 'S05', 's40100000', 'vKill;1', 'vRun'],
  ...['help', 'gic irqs', 'gic tree', 'gic tree GICD', 'gic read irq(33)', 'gic read cpu(1).GICR_CTLR'].map(monitor),
  ...['gic write irq(33).priority = 0x40', 'gic write GICD_CTLR = 0', 'gic explain 27 1', 'gic explain 1e9'].map(
    monitor,
  ),
  ...[`gic read ${'('.repeat(500)}`, 'gic write irq(33).pending = 1', 'gic read §', 'gic tree GICR0.RD all'].map(
    monitor,
  ),
];

function monitor(text: string): string {
  return `qRcmd,${hex(text)}`;
}

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

for (const gic of ['v2', 'v3'] as const) {
  test(`${gic}: whatever a client sends, nothing throws, nothing hangs, and the stub still answers`, async () => {
    const random = generator(SEED);
    let target = new MachineTarget(await exampleGuest(gic));
    let sent = 0;
    const connect = (): GdbStub =>
      new GdbStub(
        target,
        (bytes) => (sent += bytes.length),
        (error) => {
          throw error;
        },
      );
    let stub = connect();

    const pick = (): string => PACKETS[random(PACKETS.length)] as string;
    const broken = (packet: string): string => {
      const at = random(packet.length + 1);
      switch (random(5)) {
        case 0:
          return packet.slice(0, at);
        case 1:
          return packet.slice(0, at) + String.fromCharCode(random(256)) + packet.slice(at + 1);
        case 2:
          return packet.slice(0, at) + pick().slice(random(8));
        case 3:
          return packet.slice(0, at) + '0123456789abcdef,;:=-'.charAt(random(21)) + packet.slice(at);
        default:
          return Array.from({ length: random(20) }, () => String.fromCharCode(random(256))).join('');
      }
    };
    const stream = (): Uint8Array => {
      const bytes = encodePacket(Buffer.from(random(3) === 0 ? pick() : broken(pick()), 'latin1'));
      switch (random(12)) {
        case 0:
          return Uint8Array.of(3);
        case 1:
          return Buffer.from('-');
        case 2: {
          const copy = bytes.slice();
          copy[random(copy.length)] = random(256);
          return copy;
        }
        default:
          return bytes;
      }
    };

    for (let round = 0; round < ROUNDS; round++) {
      const bytes = stream();
      const cut = random(bytes.length + 1);
      stub.receive(bytes.subarray(0, cut));
      stub.receive(bytes.subarray(cut));
      // The guest has its turn now and then, and so has another client.
      if (random(200) === 0) await new Promise((resolve) => setImmediate(resolve));
      if (random(1000) === 0) {
        stub.close();
        // The guest comes to its end, or to grief, soon enough.
        if (random(2) === 0) {
          target.interrupt();
          target = new MachineTarget(await exampleGuest(gic));
        }
        stub = connect();
      }
    }
    stub.close();
    stub = connect();
    const before = sent;
    stub.receive(encodePacket(Buffer.from('?')));
    assert.ok(sent > before + 1);
    stub.close();
    target.interrupt();
  });
}
