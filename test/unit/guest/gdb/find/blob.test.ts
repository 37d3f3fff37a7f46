import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Miss } from '../../../../../adapter/guest/gdb/find/candidate.ts';
import { readBlob } from '../../../../../adapter/guest/gdb/find/device-tree/blob.ts';
import { node, strings, writeFdt } from '../../../../../adapter/guest/device-tree/fdt.ts';
import { FakeProbe, recordedTree } from './fixtures.ts';

describe('a tree in memory', () => {
  const BASE = 0x4000_0000;
  const blob = recordedTree('virt-v3-4');
  const probe = (bytes: Uint8Array): FakeProbe => new FakeProbe({ memory: { base: BASE, bytes } });

  it('is read without the room QEMU leaves behind it', async () => {
    const target = probe(blob);
    assert.ok(Buffer.from(blob).equals(await readBlob(target, BASE)));
    assert.equal(blob.length, 0x10_0000);
    const lengths = target.memoryReads.map(({ length }) => length);
    assert.equal(lengths.length, 2);
    assert.ok(
      lengths.every((length) => length < 0x4000),
      String(lengths),
    );
  });

  it('that ends with its reservations, or is of version 16, is read whole', async () => {
    const old = writeFdt({ root: node('', [strings('compatible', 'x')]), reservations: [], bootCpu: 0 });
    new DataView(old.buffer).setUint32(20, 16);
    const target = probe(old);
    assert.ok(Buffer.from(old).equals(await readBlob(target, BASE)));
    assert.equal(target.memoryReads[1]?.length, old.length);
  });

  const BROKEN: readonly (readonly [string, FakeProbe, number, RegExp])[] = [
    ['nothing there', new FakeProbe({}), BASE, /memory at 0x40000000 cannot be read/],
    ['no magic number', probe(new Uint8Array(64)), BASE, /starts with 0x0, not with the magic number of a tree/],
    ['an odd address', probe(blob), BASE + 4, /0x40000004 is not aligned to 8 bytes/],
    ['no address', probe(blob), -8, /is not aligned to 8 bytes/],
    [
      'four gigabytes',
      probe(Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed, 0xff, 0xff, 0xff, 0xff, ...new Uint8Array(32))),
      BASE,
      /a tree of 4294967295 bytes is none/,
    ],
    ['a tree that is cut off', probe(blob.slice(0, 100)), BASE, /memory at 0x40000000 cannot be read/],
  ];
  for (const [what, target, address, message] of BROKEN) {
    it(`with ${what}: why not`, async () => {
      await assert.rejects(readBlob(target, address), (error) => error instanceof Miss && message.test(error.message));
    });
  }
});
