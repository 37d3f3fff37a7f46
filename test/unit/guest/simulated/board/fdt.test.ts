import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cells, flag, node, strings, wide, writeFdt, type Fdt } from '../../../../../adapter/guest/device-tree/fdt.ts';
import {
  cellsOf,
  FdtError,
  nodeAt,
  propertyOf,
  readFdt,
  stringsOf,
} from '../../../../../adapter/guest/device-tree/fdt-reader.ts';

const TREE: Fdt = {
  root: node(
    '',
    [cells('#address-cells', 2), strings('compatible', 'a,b', 'c')],
    [
      node('memory@40000000', [cells('reg', ...wide(0x40_1000_0000), 0, 0x1000), flag('here')]),
      node('bytes', [{ name: 'odd', value: Uint8Array.of(1, 2, 3) }, flag('here')], [node('deep', [])]),
    ],
  ),
  reservations: [{ address: 0x1_0000_0000n, size: 0x2000n }],
  bootCpu: 3,
};
const BLOB = writeFdt(TREE);
const HEADER_WORDS = { total: 4, structure: 8, strings: 12, reservations: 16, lastCompatible: 24, stringsSize: 32 };

/** The blob with one header word changed. */
function withWord(at: number, value: number): Uint8Array {
  const blob = BLOB.slice();
  new DataView(blob.buffer).setUint32(at, value);
  return blob;
}

/** @returns the offset the error names */
function refused(blob: Uint8Array, message: RegExp): number {
  try {
    readFdt(blob);
  } catch (error) {
    assert.ok(error instanceof FdtError, String(error));
    assert.match(error.message, message);
    return error.offset;
  }
  assert.fail('it was read');
}

describe('flattened device tree', () => {
  it('reads what it wrote', () => {
    assert.deepEqual(readFdt(BLOB), TREE);
    assert.deepEqual(writeFdt(readFdt(BLOB)), BLOB);
  });

  it('has a header as the specification has it, and each name once', () => {
    const view = new DataView(BLOB.buffer);
    const word = (n: number): number => view.getUint32(4 * n);
    assert.deepEqual([word(0), word(1), word(4), word(5), word(6), word(7)], [0xd00dfeed, BLOB.length, 40, 17, 16, 3]);
    const text = new TextDecoder('latin1').decode(BLOB);
    assert.equal(text.indexOf('here\0'), text.lastIndexOf('here\0'));
    assert.equal(word(2) % 4, 0);
    assert.equal(word(2) + word(9), word(3));
    assert.equal(word(3) + word(8), BLOB.length);
  });

  it('reads a view into a larger buffer, with room behind the tree', () => {
    const large = new Uint8Array(BLOB.length + 100).fill(0xee);
    large.set(BLOB, 50);
    assert.deepEqual(readFdt(large.subarray(50)), TREE);
  });

  it('finds nodes by path, and values by kind', () => {
    const { root } = readFdt(BLOB);
    assert.equal(nodeAt(root, '/'), root);
    const memory = nodeAt(root, '/memory');
    assert.equal(memory?.name, 'memory@40000000');
    assert.equal(nodeAt(root, '/bytes/deep')?.name, 'deep');
    assert.equal(nodeAt(root, '/bytes/none'), null);
    assert.deepEqual(cellsOf(memory, 'reg'), [0x40, 0x1000_0000, 0, 0x1000]);
    assert.equal(cellsOf(memory, 'none'), null);
    assert.deepEqual(stringsOf(root, 'compatible'), ['a,b', 'c']);
    assert.equal(propertyOf(memory, 'here')?.length, 0);
  });

  it('skips NOPs', () => {
    const blob = BLOB.slice();
    const view = new DataView(blob.buffer);
    // The property "#address-cells" (three words and a value) of the root, behind BEGIN_NODE and the empty name.
    const at = view.getUint32(HEADER_WORDS.structure) + 8;
    for (let n = 0; n < 4; n++) view.setUint32(at + 4 * n, 4);
    assert.deepEqual(readFdt(blob).root.properties, TREE.root.properties.slice(1));
  });
});

describe('malformed device tree', () => {
  it('is cut off', () => {
    assert.equal(refused(new Uint8Array(), /header is cut off/), 0);
    for (let length = 0; length < BLOB.length; length++) refused(BLOB.subarray(0, length), /./);
  });

  it('is none, or of another version', () => {
    assert.equal(refused(withWord(0, 0xfeedd00d), /./), 0);
    assert.equal(refused(withWord(HEADER_WORDS.lastCompatible, 18), /version 18/), 24);
  });

  it('has blocks outside itself', () => {
    for (const at of Object.values(HEADER_WORDS)) {
      if (at !== HEADER_WORDS.lastCompatible && at !== HEADER_WORDS.stringsSize)
        refused(withWord(at, 0xffff_fff0), /./);
    }
    refused(withWord(HEADER_WORDS.stringsSize, 1), /name has no end/);
    refused(withWord(HEADER_WORDS.structure, 41), /./);
  });

  it('has nodes that do not end, or too many, or are nested for ever', () => {
    const start = new DataView(BLOB.buffer).getUint32(HEADER_WORDS.structure);
    refused(withWord(start, 2), /does not start with a node/);
    refused(withWord(start + 8, 77), /token 77/);
    refused(withWord(start + 12, 0xffff_ffff), /cut off/);
    let deep = node('x', []);
    for (let n = 0; n < 70; n++) deep = node('x', [], [deep]);
    refused(writeFdt({ root: deep, reservations: [], bootCpu: 0 }), /nested deeper than 64/);
  });

  it('has names beyond reason', () => {
    const root = node('', [], [node('n'.repeat(300), [])]);
    refused(writeFdt({ root, reservations: [], bootCpu: 0 }), /longer than 255/);
    refused(writeFdt({ root: node('', [flag('größe')]), reservations: [], bootCpu: 0 }), /not ASCII/);
  });
});
