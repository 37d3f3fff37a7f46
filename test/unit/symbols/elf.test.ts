import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { describe, test } from 'node:test';
import { sectionBytes } from '../../../adapter/symbols/elf/compressed.ts';
import { readElf } from '../../../adapter/symbols/elf/elf-file.ts';
import { ElfError } from '../../../adapter/symbols/elf/errors.ts';
import { SHF_COMPRESSED, type Section } from '../../../adapter/symbols/elf/sections.ts';
import { Symbols } from '../../../adapter/symbols/symbols.ts';
import { fixture, fixtureBytes } from './fixtures.ts';

/** A copy of a good file with some numbers changed: [offset, bytes, value]. */
function patched(...changes: readonly (readonly [number, 1 | 2 | 4 | 8, bigint])[]): Uint8Array {
  const bytes = fixtureBytes('v5-o2');
  const view = new DataView(bytes.buffer);
  for (const [offset, size, value] of changes)
    for (let byte = 0; byte < size; byte++) view.setUint8(offset + byte, Number((value >> BigInt(8 * byte)) & 0xffn));
  return bytes;
}

function refused(bytes: Uint8Array, reason: RegExp, offset?: number): void {
  assert.throws(
    () => readElf(bytes).symbols(),
    (error: unknown) => {
      assert.ok(error instanceof ElfError, String(error));
      assert.match(error.message, reason);
      assert.ok(error.message.startsWith(error.reason));
      if (offset !== undefined) assert.equal(error.offset, offset);
      return true;
    },
  );
}

const SECTIONS_AT = ((): number => {
  const bytes = fixtureBytes('v5-o2');
  return Number(new DataView(bytes.buffer).getBigUint64(0x28, true));
})();
const SEGMENTS_AT = 64;

describe('ELF files', () => {
  test('segments say where bytes go, and what is zero behind them', async () => {
    const { segments, entry, kind } = (await fixture('guest')).elf;
    assert.equal(kind, 'executable');
    assert.equal(entry, 0x4010_0000n);
    const [code, data] = segments;
    assert.deepEqual(
      [code?.virtualAddress, code?.physicalAddress, code?.bytes.length, code?.memorySize],
      [0x4010_0000n, 0x4010_0000n, 0x193d, 0x193dn],
    );
    assert.deepEqual([code?.readable, code?.writable, code?.executable], [true, false, true]);
    assert.deepEqual([data?.virtualAddress, data?.bytes.length, data?.memorySize], [0x4010_2000n, 0, 0x8020n]);
    assert.deepEqual([data?.writable, data?.executable], [true, false]);
  });

  test('what is no ELF file for AArch64 is named', () => {
    const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
    refused(new Uint8Array(0), /not an ELF file: it is empty/, 0);
    refused(ascii('# A text\n'), /not an ELF file/, 0);
    refused(ascii('!<arch>\nfoo.o/'), /archive of object files/);
    refused(new Uint8Array([0x1f, 0x8b, 8, 0]), /compressed with gzip/);
    refused(new Uint8Array([0xd0, 0x0d, 0xfe, 0xed]), /device tree/);
    const image = new Uint8Array(64);
    image.set(ascii('ARMd'), 0x38);
    refused(image, /Linux Image/);
    refused(fixtureBytes('v5-o2').slice(0, 40), /ends within its header, after 40 bytes/, 40);
    refused(patched([4, 1, 1n], [0x12, 2, 40n]), /32-bit ELF file for 32-bit Arm/, 4);
    refused(patched([5, 1, 2n], [0x12, 2, 0xb700n]), /big-endian ELF file for AArch64/, 5);
    refused(patched([0x12, 2, 62n]), /an ELF file for x86-64; only AArch64/, 0x12);
    refused(patched([0x12, 2, 9999n]), /for machine 9999/);
    refused(patched([4, 1, 7n]), /unknown class 7/);
    refused(patched([5, 1, 7n]), /unknown byte order 7/);
    refused(patched([0x14, 4, 2n]), /unknown version 2/);
  });

  test('headers that lie about sizes and places are refused at once', () => {
    const most = (1n << 64n) - 1n;
    refused(patched([0x28, 8, most]), /53 bits/, 0x28);
    refused(patched([0x28, 8, 1n << 40n]), /beyond the end of the file/);
    refused(patched([0x20, 8, 1n << 40n]), /program headers at 0x10000000000 go beyond/);
    refused(patched([0x3c, 2, 0xfff0n]), /65520 section headers .* beyond the end/);
    refused(patched([0x38, 2, 0xffffn]), /65535 program headers .* beyond the end/);
    refused(patched([0x3a, 2, 1n]), /section headers of 1 bytes, where 64 are needed/);
    refused(patched([0x36, 2, 0n]), /program headers of 0 bytes, where 56 are needed/);
    refused(patched([0x3e, 2, 200n]), /names are told to be in section 200/);
    // 2^48 sections, by the extension for many of them.
    refused(patched([0x3c, 2, 0n], [SECTIONS_AT + 0x20, 8, 1n << 48n]), /281474976710656 section headers/);
    refused(patched([SECTIONS_AT + 64 + 0x20, 8, 1n << 50n]), /section 1: .* beyond the end/, SECTIONS_AT + 64);
    refused(patched([SECTIONS_AT + 64 + 0x18, 8, most]), /53 bits/);
    refused(patched([SECTIONS_AT + 64, 4, 0xffff_ffffn]), /names of sections: a string at 4294967295/);
    refused(patched([SEGMENTS_AT + 0x20, 8, 1n << 30n]), /program header 0: 1073741824 bytes .* beyond/, SEGMENTS_AT);
    refused(patched([SEGMENTS_AT + 0x28, 8, 0n]), /bytes in the file, but 0 in memory/);
    refused(patched([SEGMENTS_AT + 0x28, 8, most]), /ends beyond the last address/);
  });

  test('symbol tables that lie are refused', () => {
    const { sections } = readElf(fixtureBytes('v5-o2'));
    const header = SECTIONS_AT + 64 * (sections.find((s) => s.name === '.symtab')?.index ?? 0);
    refused(patched([header + 0x38, 8, 0n]), /entries of 0 bytes, where 24 are due/);
    refused(patched([header + 0x20, 8, 25n]), /25 bytes are no whole number of entries/);
    refused(patched([header + 0x28, 4, 77n]), /names are told to be in section 77/);
    const table = sections.find((s) => s.name === '.symtab')?.offset ?? 0;
    refused(patched([table + 24, 4, 0x7fff_ffffn]), /\.strtab: a string at 2147483647/);
  });

  test('files without sections are read by their segments', () => {
    const elf = readElf(patched([0x28, 8, 0n], [0x3c, 2, 0n], [0x3e, 2, 0n]));
    assert.deepEqual(elf.sections, []);
    assert.deepEqual(elf.symbols(), []);
    assert.ok(elf.segments.length > 0);
  });

  test('an object file has its names, and says that it has no lines', async () => {
    const symbols = await Symbols.load(patched([0x10, 2, 1n]));
    assert.match(String(symbols.warnings[0]), /not linked yet/);
    assert.equal(symbols.functionsNamed('work').length, 1);
    assert.deepEqual(symbols.sources(), []);
  });
});

describe('compressed sections', () => {
  const text = new TextEncoder().encode('debugging information '.repeat(100));
  const header = (type: number, size: number): Uint8Array => {
    const bytes = new Uint8Array(24);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, type, true);
    view.setBigUint64(8, BigInt(size), true);
    return bytes;
  };
  const section = (raw: Uint8Array, name = '.debug_info', flags = SHF_COMPRESSED): Section => ({
    index: 1,
    name,
    type: 1,
    flags,
    address: 0n,
    size: raw.length,
    link: 0,
    entrySize: 0,
    offset: 0x40,
    raw,
  });
  const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
  const zlib = new Uint8Array(deflateSync(text));
  const fails = async (raw: Uint8Array, reason: RegExp): Promise<void> => {
    await assert.rejects(
      () => sectionBytes(section(raw)),
      (error: unknown) => {
        assert.ok(error instanceof ElfError);
        assert.match(error.message, reason);
        return true;
      },
    );
  };

  test('zlib, as the ABI has it and as it was before', async () => {
    assert.deepEqual(await sectionBytes(section(joined(header(1, text.length), zlib))), text);
    const old = new Uint8Array(12);
    old.set(new TextEncoder().encode('ZLIB'));
    new DataView(old.buffer).setBigUint64(4, BigInt(text.length), false);
    assert.deepEqual(await sectionBytes(section(joined(old, zlib), '.zdebug_info', 0)), text);
    assert.deepEqual(await sectionBytes(section(zlib, '.debug_info', 0)), zlib);
  });

  test('what cannot be inflated says why', async () => {
    await fails(joined(header(2, 9), zlib), /zstd, which is not understood/);
    await fails(joined(header(9, 9), zlib), /unknown compression 9/);
    await fails(header(1, 9).slice(0, 10), /bytes wanted/);
    await fails(joined(header(1, text.length), new Uint8Array(50)), /cannot be inflated/);
    await fails(joined(header(1, text.length), zlib.slice(0, -9)), /cannot be inflated|bytes inflated/);
    await fails(joined(header(1, text.length + 1), zlib), /2200 bytes inflated, where 2201 were told/);
    await fails(joined(header(1, text.length - 1), zlib), /more than the 2199 bytes/);
    // Nothing of that size is even tried.
    await fails(joined(header(1, 2 ** 40), zlib), /cannot become 1099511627776/);
  });
});
