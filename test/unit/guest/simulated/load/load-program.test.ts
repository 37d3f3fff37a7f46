import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellsOf, nodeAt, readFdt, stringsOf } from '../../../../../adapter/guest/device-tree/fdt-reader.ts';
import type { FdtNode } from '../../../../../adapter/guest/device-tree/fdt.ts';
import { VirtConfigError } from '../../../../../adapter/guest/simulated/board/virt.ts';
import { LoadError } from '../../../../../adapter/guest/simulated/load/load-error.ts';
import {
  loadProgram,
  type LoadPlan,
  type ProgramOptions,
} from '../../../../../adapter/guest/simulated/load/load-program.ts';
import { elf, linuxImage } from './elf-builder.ts';

const MB = 1 << 20;
const RAM = 0x4000_0000;

function plan(bytes: Uint8Array, options: Partial<ProgramOptions> = {}): LoadPlan {
  return loadProgram({ name: 'prog', bytes, gic: 'v3', vcpus: 2, memory: 128 * MB, ...options });
}

function refused(bytes: Uint8Array, message: RegExp, options: Partial<ProgramOptions> = {}): LoadError {
  try {
    plan(bytes, options);
  } catch (error) {
    assert.ok(error instanceof LoadError, String(error));
    assert.match(error.message, message);
    return error;
  }
  assert.fail('it was loaded');
}

/** "address-end name", in hexadecimal; zeros included. */
function map({ pieces }: LoadPlan): readonly string[] {
  return pieces
    .filter(({ name }) => name !== 'device tree')
    .map(({ name, address, zeroUpTo }) => `${address.toString(16)}-${zeroUpTo.toString(16)} ${name}`);
}

function treeOf({ pieces, deviceTree }: LoadPlan): FdtNode {
  const piece = pieces.find(({ name }) => name === 'device tree');
  assert.ok(piece);
  assert.deepEqual({ base: piece.address, size: piece.bytes.length }, deviceTree);
  return readFdt(piece.bytes).root;
}

// Addresses of kernels, RAM disks and trees here are those QEMU 7.2 was seen to use.
describe('a raw binary', () => {
  const raw = new Uint8Array(4004).fill(0x55);

  it('goes where -kernel puts it, the tree at half the memory, at most 128 MB from its start', () => {
    for (const [memory, tree] of [
      [16, 0x4080_0000],
      [128, 0x4400_0000],
      [512, 0x4800_0000],
    ] as const) {
      const one = plan(raw, { memory: memory * MB });
      assert.deepEqual(map(one), ['40080000-40080fa4 prog']);
      assert.equal(one.kind, 'raw');
      assert.equal(one.entry, 0x4008_0000n);
      assert.equal(one.deviceTree.base, tree);
      assert.deepEqual(one.registers, [BigInt(tree), 0n, 0n, 0n]);
    }
  });

  it('has its RAM disk there, and the tree at the next 2 MB behind it', () => {
    const initrd = { name: 'initrd', bytes: new Uint8Array(3_000_000) };
    const one = plan(raw, { initrd, memory: 512 * MB, bootargs: 'a b' });
    assert.deepEqual(map(one), ['40080000-40080fa4 prog', '48000000-482dc6c0 initrd']);
    assert.deepEqual(one.initrd, { base: 0x4800_0000, size: 3_000_000 });
    assert.equal(one.deviceTree.base, 0x4840_0000);
    const chosen = nodeAt(treeOf(one), '/chosen') as FdtNode;
    assert.deepEqual(stringsOf(chosen, 'bootargs'), ['a b']);
    assert.deepEqual(cellsOf(chosen, 'linux,initrd-end'), [0, 0x482d_c6c0]);
  });

  it('goes to an address, and the rest behind it', () => {
    const one = plan(raw, { address: 0x4600_0000 });
    assert.deepEqual(map(one), ['46000000-46000fa4 prog']);
    assert.equal(one.deviceTree.base, 0x4620_0000);
    const last = plan(raw, { address: 0x47ff_f000 });
    assert.equal(last.deviceTree.base, RAM, 'no room behind it');
    assert.equal(last.registers[0], BigInt(RAM));
  });

  it('is firmware in flash: the tree at the start of memory, no registers', () => {
    const one = plan(raw, { address: 0 });
    assert.equal(one.kind, 'firmware');
    assert.deepEqual(map(one), ['0-fa4 prog']);
    assert.equal(one.entry, 0n);
    assert.equal(one.deviceTree.base, RAM);
    assert.deepEqual(one.registers, [0n, 0n, 0n, 0n]);
    assert.equal(one.description, 'prog: firmware in flash at 0x0, entered at 0x0, device tree at 0x40000000');
  });

  it('is refused where it has no room', () => {
    refused(
      new Uint8Array(17 * MB),
      /^prog: it would lie at 0x40080000 to 0x4117ffff, outside RAM \(0x40000000 to 0x40ffffff\) or flash/,
      { memory: 16 * MB },
    );
    refused(raw, /outside RAM/, { address: 0x0900_0000 });
    refused(raw, /outside RAM/, { address: 0x07ff_f800 });
    refused(raw, /no address of an instruction/, { address: 0x4000_0002 });
    refused(raw, /no address of an instruction/, { address: -4 });
    refused(raw, /no address of an instruction/, { address: NaN });
    refused(new Uint8Array(16 * MB), /no room for the device tree/, { address: RAM, memory: 16 * MB });
    const initrd = { name: 'big.cpio', bytes: new Uint8Array(9 * MB) };
    assert.equal(
      refused(raw, /has no room at 0x40800000: memory ends at 0x41000000/, { initrd, memory: 16 * MB }).file,
      'big.cpio',
    );
    refused(raw, /big.cpio: the file is empty/, { initrd: { name: 'big.cpio', bytes: new Uint8Array() } });
  });
});

describe('a Linux kernel image', () => {
  it('goes to its text offset; one at the very start moves up 2 MB', () => {
    const old = plan(linuxImage(0x1000, 0x8_0000n, 0x20_0000n));
    assert.deepEqual(map(old), ['40080000-40280000 prog']);
    const now = plan(linuxImage(0x1000, 0n, 0x20_0000n));
    assert.deepEqual(map(now), ['40200000-40400000 prog']);
    assert.equal(now.kind, 'linux image');
    assert.equal(now.entry, 0x4020_0000n);
    assert.deepEqual(now.registers, [0x4400_0000n, 0n, 0n, 0n]);
  });

  it('has no valid text offset without a size', () => {
    assert.deepEqual(map(plan(linuxImage(0x1000, 0x1234_5678n, 0n))), ['40080000-40081000 prog']);
  });

  it('pushes RAM disk and tree away when it is large', () => {
    const initrd = { name: 'initrd', bytes: new Uint8Array(10) };
    const one = plan(linuxImage(0x1000, 0n, BigInt(80 * MB)), { initrd });
    assert.equal(one.initrd?.base, 0x4520_0000);
    assert.equal(one.deviceTree.base, 0x4540_0000);
  });

  it('goes to another place of the same alignment only', () => {
    assert.deepEqual(map(plan(linuxImage(0x1000, 0x8_0000n, 0x2000n), { address: 0x4208_0000 })), [
      '42080000-42082000 prog',
    ]);
    refused(linuxImage(0x1000, 0n, 0x2000n), /cannot start at 0x42080000/, { address: 0x4208_0000 });
  });

  it('is refused big-endian, or beyond memory', () => {
    assert.equal(refused(linuxImage(0x1000, 0n, 0x2000n, 1n), /big-endian kernel/).offset, 0x18);
    assert.equal(refused(linuxImage(0x1000, 1n << 63n, 0x2000n), /text_offset 0x8000000000000000/).offset, 0x08);
    assert.equal(refused(linuxImage(0x1000, 0n, 1n << 63n), /image_size 0x8000000000000000/).offset, 0x10);
    refused(linuxImage(0x1000, 0n, BigInt(200 * MB)), /outside RAM/);
  });
});

describe('a packed file', () => {
  const starts: readonly (readonly [readonly number[], RegExp])[] = [
    [[0x1f, 0x8b, 8, 0], /compressed with gzip: unpack it first/],
    [[0x28, 0xb5, 0x2f, 0xfd], /zstd/],
    [[0x04, 0x22, 0x4d, 0x18], /lz4/],
    [[0xfd, 0x37, 0x7a, 0x58], /xz/],
    [[0x27, 0x05, 0x19, 0x56], /uImage/],
    [[0xd0, 0x0d, 0xfe, 0xed], /device tree/],
    [[0x4d, 0x5a, 0, 0, 0x7a, 0x69, 0x6d, 0x67], /zboot/],
  ];
  for (const [start, message] of starts) {
    it(`is refused: ${message.source}`, () => {
      const file = new Uint8Array(100);
      file.set(start);
      refused(file, message);
    });
  }
});

describe('an ELF program', () => {
  const code = new Uint8Array(0x100).fill(0x11);
  const data = new Uint8Array(0x20).fill(0x22);

  it('goes to its physical addresses, zeros behind its contents', () => {
    const file = elf({
      entry: 0x4010_0010n,
      segments: [
        { virtual: 0x4010_0000n, bytes: code },
        { virtual: 0x4020_0000n, bytes: data, memorySize: 0x1000n, flags: 6 },
        { virtual: 0x4030_0000n, bytes: new Uint8Array(), memorySize: 0x40n, flags: 6 },
      ],
    });
    const one = plan(file);
    assert.deepEqual(map(one), ['40100000-40100100 prog', '40200000-40201000 prog', '40300000-40300040 prog']);
    assert.deepEqual(one.pieces[1]?.bytes, data);
    assert.equal(one.kind, 'elf');
    assert.equal(one.entry, 0x4010_0010n);
    assert.equal(one.bias, 0n);
    assert.equal(one.deviceTree.base, RAM, 'there is room at the start');
    assert.equal(one.registers[0], BigInt(RAM));
  });

  it('has its tree behind it where it fills the start of memory', () => {
    const one = plan(elf({ segments: [{ virtual: 0x4000_0000n, bytes: code }] }));
    assert.equal(one.deviceTree.base, 0x4400_0000);
    assert.deepEqual(one.registers, [0x4400_0000n, 0n, 0n, 0n]);
  });

  it('is entered at the physical address of its entry', () => {
    const virtual = 0xffff_0000_4008_0000n;
    const one = plan(elf({ entry: virtual + 8n, segments: [{ virtual, physical: 0x4008_0000n, bytes: code }] }));
    assert.equal(one.entry, 0x4008_0008n);
    // A segment of data that overlaps it in virtual addresses is not where it starts.
    const two = elf({
      entry: 0x1004n,
      segments: [
        { virtual: 0x1000n, physical: 0x4100_0000n, bytes: data, flags: 6 },
        { virtual: 0x1000n, physical: 0x4200_0000n, bytes: code, flags: 5 },
      ],
    });
    assert.equal(plan(two).entry, 0x4200_0004n);
  });

  it('may lie in flash', () => {
    const one = plan(
      elf({
        segments: [
          { virtual: 0n, bytes: code },
          { virtual: 0x4000_0000n, bytes: data, flags: 6 },
        ],
      }),
    );
    assert.equal(one.entry, 0n);
    assert.deepEqual(one.registers, [0n, 0n, 0n, 0n]);
    assert.equal(one.deviceTree.base, 0x4400_0000);
  });

  it('may be put elsewhere if it is position-independent', () => {
    const file = elf({
      type: 3,
      entry: 4n,
      segments: [
        { virtual: 0n, bytes: code },
        { virtual: 0x1_0000n, bytes: data, flags: 6 },
      ],
    });
    const one = plan(file, { address: 0x4210_0000 });
    assert.deepEqual(map(one), ['42100000-42100100 prog', '42110000-42110020 prog']);
    assert.equal(one.entry, 0x4210_0004n);
    assert.equal(one.bias, 0x4210_0000n);
    assert.deepEqual(
      map(plan(file)),
      ['40080000-40080100 prog', '40090000-40090020 prog'],
      'it could not write in flash',
    );
    assert.deepEqual(map(plan(file, { address: 0 })), ['0-100 prog', '10000-10020 prog'], 'unless told to');
    const firmware = elf({ type: 3, segments: [{ virtual: 0n, bytes: code, flags: 7 }] });
    assert.deepEqual(map(plan(firmware)), ['0-100 prog']);
    const fixed = elf({ segments: [{ virtual: 0x4010_0000n, bytes: code }] });
    refused(fixed, /linked to lie at 0x40100000 and cannot be put at 0x40200000/, { address: 0x4020_0000 });
    assert.equal(plan(fixed, { address: 0x4010_0000 }).bias, 0n);
  });

  it('leaves out its own headers where they would lie below memory', () => {
    const inner = elf({ entry: 0x4000_0000n, segments: [{ virtual: 0x3fff_f000n, bytes: new Uint8Array() }] });
    const file = new Uint8Array(0x1100);
    file.set(inner);
    file.fill(0x77, 0x1000);
    const view = new DataView(file.buffer);
    view.setBigUint64(64 + 0x08, 0n, true);
    view.setBigUint64(64 + 0x20, 0x1100n, true);
    view.setBigUint64(64 + 0x28, 0x1100n, true);
    const one = plan(file);
    assert.deepEqual(map(one), ['40000000-40000100 prog']);
    assert.equal(one.pieces[0]?.bytes[0], 0x77);
    file[0x800] = 1;
    refused(file, /segment 0, 0x3ffff000 to 0x400000ff, lies outside RAM/);
  });

  it('names the segment that is outside memory, and its range', () => {
    const beyond = elf({
      segments: [
        { virtual: 0x4000_0000n, bytes: code },
        { virtual: 0x4800_0000n, bytes: data },
      ],
    });
    refused(
      beyond,
      /^prog: segment 1, 0x48000000 to 0x4800001f, lies outside RAM \(0x40000000 to 0x47ffffff\) and flash \(0x0 to 0x7ffffff\)$/,
    );
    refused(elf({ segments: [{ virtual: 0x4000_0000n, bytes: code, memorySize: 1n << 63n }] }), /outside RAM/);
    refused(
      elf({ segments: [{ virtual: 0xffff_8000_0000_0000n, bytes: code }] }),
      /for a Linux kernel use Image, not vmlinux/,
    );
  });
});

describe('an ELF file that is no program for this machine', () => {
  const code = new Uint8Array(8);
  const good = { segments: [{ virtual: 0x4000_0000n, bytes: code }] };
  const changed = (change: (view: DataView) => void): Uint8Array => {
    const file = elf(good);
    change(new DataView(file.buffer));
    return file;
  };
  const cases: readonly (readonly [what: string, file: Uint8Array, message: RegExp, offset: number | null])[] = [
    [
      '32-bit',
      changed((view) => {
        view.setUint8(4, 1);
      }),
      /32-bit ELF file/,
      4,
    ],
    [
      'big-endian',
      changed((view) => {
        view.setUint8(5, 2);
      }),
      /big-endian ELF file/,
      5,
    ],
    ['for x86', elf({ ...good, machine: 62 }), /an ELF file for x86-64; this machine runs AArch64/, 0x12],
    ['for something unheard of', elf({ ...good, machine: 9999 }), /machine 9999/, 0x12],
    ['an object file', elf({ ...good, type: 1 }), /an object file, not linked yet/, 0x10],
    ['a core dump', elf({ ...good, type: 4 }), /core dump/, 0x10],
    ['of another type', elf({ ...good, type: 99 }), /of type 99/, 0x10],
    ['cut off in its header', elf(good).subarray(0, 40), /header is cut off/, 40],
    ['cut off in its program headers', elf(good).subarray(0, 80), /lie beyond the end/, 0x20],
    ['cut off in a segment', elf(good).subarray(0, 124), /of a file of 0x7c/, 64 + 8],
    ['without program headers', elf({ segments: [] }), /nothing to load/, 0x38],
    [
      'with strange program headers',
      changed((view) => {
        view.setUint16(0x36, 32, true);
      }),
      /program headers of 32 bytes/,
      0x36,
    ],
    [
      'dynamically linked',
      elf({ segments: [{ kind: 3, virtual: 0n, bytes: code }, ...good.segments] }),
      /asks for a dynamic linker/,
      64,
    ],
    ['without segments', elf({ segments: [{ kind: 4, virtual: 0n, bytes: code }] }), /without a segment to load/, 64],
    [
      'with a segment larger than itself',
      elf({ segments: [{ virtual: 0x4000_0000n, bytes: code, memorySize: 4n }] }),
      /larger in the file than in memory/,
      64 + 0x20,
    ],
    ['entered nowhere', elf({ ...good, entry: 0x5000_0000n }), /entry point 0x50000000 lies in no segment/, 0x18],
    ['entered between instructions', elf({ ...good, entry: 0x4000_0002n }), /not a multiple of 4/, 0x18],
  ];
  for (const [what, file, message, offset] of cases) {
    it(what, () => {
      assert.equal(refused(file, message).offset, offset);
    });
  }
});

describe('options', () => {
  it('are checked', () => {
    refused(new Uint8Array(), /^prog: the file is empty$/);
    refused(new Uint8Array(8), /zero character/, { bootargs: 'a\0b' });
    assert.throws(() => plan(new Uint8Array(8), { vcpus: 99 }), VirtConfigError);
  });

  it('reach the tree', () => {
    const root = treeOf(plan(new Uint8Array(8), { gic: 'v2', vcpus: 3, memory: 64 * MB, conduit: 'smc' }));
    assert.deepEqual(cellsOf(nodeAt(root, '/memory') as FdtNode, 'reg'), [0, RAM, 0, 64 * MB]);
    assert.equal(nodeAt(root, '/cpus')?.children.length, 4);
    assert.deepEqual(stringsOf(nodeAt(root, '/intc') as FdtNode, 'compatible'), ['arm,cortex-a15-gic']);
    assert.deepEqual(stringsOf(nodeAt(root, '/psci') as FdtNode, 'method'), ['smc']);
  });
});
