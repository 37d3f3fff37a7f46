import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodePacket, MAX_PACKET, PacketReader, type RspEvent } from '../../../adapter/rsp/packets.ts';

function read(...pieces: (string | Uint8Array)[]): RspEvent[] {
  const events: RspEvent[] = [];
  const reader = new PacketReader((event) => events.push(event));
  for (const piece of pieces) reader.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  return events;
}

const told = (events: readonly RspEvent[]): string[] =>
  events.map((event) => {
    if ('data' in event) return `${event.kind} ${Buffer.from(event.data).toString('latin1')}`;
    return event.kind === 'garbled' ? `garbled: ${event.reason}` : event.kind;
  });

test('packets, acknowledgements, notifications and interrupts', () => {
  assert.deepEqual(told(read('+$OK#9a-\x03%Stop:T05#99 noise $#00')), [
    'ack',
    'packet OK',
    'nack',
    'interrupt',
    'notification Stop:T05',
    'packet ',
  ]);
});

test('repetitions are as GDB documents them', () => {
  assert.deepEqual(told(read('$0* #7a')), ['packet 0000']);
  assert.deepEqual(told(read('$x*!#c3')), ['packet xxxxx']);
});

test('bytes that mean something are escaped', () => {
  assert.equal(Buffer.from(encodePacket(Buffer.from('a$#}*'))).toString('latin1'), '$a}\x04}\x03}]}\x0a#c3');
});

const GARBLED: readonly [string, string][] = [
  ['$OK#9b', 'a wrong checksum'],
  ['$OK#zz', 'a wrong checksum'],
  ['$* #4a', 'a repetition of nothing'],
  ['$0*\x1f#79', 'a repetition by 2'],
  ['$0*\xff#59', 'a repetition by 226'],
];

test('what is garbled is told, and the next packet taken', () => {
  for (const [text, reason] of GARBLED) {
    assert.deepEqual(told(read(text, '$OK#9a')), [`garbled: ${reason}`, 'packet OK'], text);
  }
  assert.deepEqual(told(read('$half$OK#9a')), ['garbled: a packet without its end', 'packet OK']);
});

test('a packet without an end costs no more than the limit', () => {
  const reader = new PacketReader(() => assert.fail('no event before the end'));
  reader.push(Buffer.from('$'));
  for (let sent = 0; sent < MAX_PACKET * 2; sent += 65_536) reader.push(new Uint8Array(65_536).fill(0x41));
});

test('any data comes back, in any pieces', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(20), { maxLength: 40 }), (data, cuts) => {
      const bytes = encodePacket(data);
      const pieces: Uint8Array[] = [];
      let at = 0;
      for (const cut of cuts) pieces.push(bytes.subarray(at, (at = Math.min(bytes.length, at + cut))));
      pieces.push(bytes.subarray(at));
      assert.deepEqual(read(...pieces), [{ kind: 'packet', data }]);
    }),
  );
});

test('any bytes are taken without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      for (const event of read(bytes, '#00#00$OK#9a')) assert.ok(event.kind.length > 0);
      assert.equal(told(read(bytes, '#00#00#00$OK#9a')).at(-1), 'packet OK');
    }),
  );
});
