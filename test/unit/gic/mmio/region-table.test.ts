import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GicConfig } from '../../../../adapter/gic/config.ts';
import { RegionTable } from '../../../../adapter/gic/mmio/region-table.ts';
import { OBSERVED } from '../../../../adapter/gic/profiles/observed.ts';
import { PROFILES } from '../../../../adapter/gic/profiles/profiles.ts';
import { row, W32, W64, W8, type RowHandlers, type RowInit } from '../../../../adapter/gic/registers/row.ts';
import type { GicState } from '../../../../adapter/gic/state/state.ts';
import { GICD, machine } from '../machine.ts';

const READS = { words: 'priority', bankWords: 8 } as const;

/** A frame of 256 bytes with one row at its start, for a machine of two vCPUs, and what follows writes to it. */
function tableOf(handlers: RowHandlers, rest: Partial<RowInit> = {}, splitsDoublewords = false): Bench {
  const { state, delivery } = machine();
  const one = row({
    ...{ name: 'R', offset: 0, length: 96, array: true, bitsPerIrq: 8, widths: W8 | W32, bank: 'private' },
    ...{ doc: '', section: '', handlers },
    ...rest,
  });
  const table = new RegionTable({ kind: 'GICD', title: '', size: 256, rows: [one], splitsDoublewords }, state, 'guest');
  return {
    state,
    take: (offset, length, vcpu = 0) => table.take(state, vcpu, offset, length) >>> 0,
    write(offset, length, lo, vcpu = 0, hi = 0) {
      table.write(delivery, vcpu, offset, length, lo, hi);
    },
  };
}

interface Bench {
  readonly state: GicState;
  take(offset: number, length: number, vcpu?: number): number;
  write(offset: number, length: number, lo: number, vcpu?: number, hi?: number): void;
}

describe('words of the state', () => {
  it('are replaced, set and cleared by words and by bytes, in the bits of the mask', () => {
    for (const [how, word, bytes] of [
      ['replace', 0x80604020, 0x60a06020],
      ['set', 0xf1f1f1f1, 0xf1f1f1f1],
      ['clear', 0x71911191, 0x11511191],
    ] as const) {
      const bench = tableOf({ read: READS, write: { how, mask: () => 0xf0f0f0f0 | 0 } });
      bench.state.words.fill(0xf1f1f1f1 | 0, bench.state.at.priority, bench.state.at.route);
      bench.write(32, 4, 0x8f6f4f2f);
      if (how !== 'clear') assert.equal(bench.take(32, 4), word, how);
      else assert.equal(bench.take(32, 4), 0x7191b1d1, how);
      bench.write(33, 1, 0x60);
      bench.write(34, 1, 0xaf);
      bench.write(35, 1, 0x6f);
      if (how === 'clear') assert.equal(bench.take(32, 4), (0x7191b1d1 & ~0x60a06000) >>> 0, how);
      else assert.equal(bench.take(32, 4), bytes, how);
      assert.equal(bench.take(35, 1), bench.take(32, 4) >>> 24, how);
    }
  });

  it('are banked by vCPU where the interrupts are private, and the mask may tell them apart', () => {
    const bench = tableOf({ read: READS, write: { how: 'set', mask: (_state, isPrivate) => (isPrivate ? 1 : 2) } });
    bench.write(4, 4, -1, 1);
    bench.write(32, 4, -1, 1);
    assert.deepEqual([bench.take(4, 4, 0), bench.take(4, 4, 1)], [0, 1]);
    assert.deepEqual([bench.take(32, 4, 0), bench.take(32, 4, 1)], [2, 2]);
  });

  it('may have others that are changed alike', () => {
    const read = { words: 'pending', bankWords: 1 } as const;
    const bench = tableOf(
      { read, write: { how: 'set', also: 'soft' } },
      { length: 12, bitsPerIrq: 1, widths: W8 | W32 },
    );
    const { state } = bench;
    bench.write(4, 4, 0x10, 1);
    bench.write(0, 1, 0x81, 1);
    assert.deepEqual([...state.words.subarray(state.at.pending, state.at.pending + 3)], [0, 0x81, 0x10]);
    assert.deepEqual([...state.words.subarray(state.at.soft, state.at.soft + 3)], [0, 0x81, 0x10]);
  });

  it('are not touched by accesses that miss', () => {
    const bench = tableOf({ read: READS, write: { how: 'replace' } });
    const before = bench.state.words.slice();
    for (const [offset, length] of [
      [96, 4],
      [252, 4],
      [2, 4],
      [4, 2],
      [8, 8],
    ] as const) {
      bench.write(offset, length, -1, 0, -1);
      assert.equal(bench.take(offset, length), 0);
    }
    assert.deepEqual(bench.state.words, before);
  });

  it('where a write would change nothing are not in the journal', () => {
    const bench = tableOf({ read: READS, write: { how: 'replace' } });
    const log = bench.state.journal();
    bench.write(200, 4, -1);
    bench.write(32, 4, 0);
    assert.equal(log.undoable, 0);
  });
});

describe('what follows a write', () => {
  it('follows each one that reaches the row, by whatever width, after it', () => {
    const seen: unknown[] = [];
    const bench = tableOf({
      read: READS,
      write: { how: 'replace' },
      afterWrite: (state, vcpu, offset, length) =>
        seen.push([vcpu, offset, length, state.get(state.at.priority + 16) >>> 0]),
    });
    bench.write(32, 4, 0x01020304, 1);
    bench.write(33, 1, 0xff);
    bench.write(32, 2, 0xffff);
    bench.write(100, 4, 0xffff);
    assert.deepEqual(seen, [
      [1, 32, 4, 0x01020304],
      [0, 33, 1, 0x0102ff04],
    ]);
  });
});

describe('an access of eight bytes', () => {
  it('is two of four where the frame says so, and no row takes it', () => {
    const bench = tableOf({ read: READS, write: { how: 'replace' } }, {}, true);
    bench.write(88, 8, 0x11, 0, 0x22);
    assert.equal(bench.take(88, 8), 0x11);
    assert.equal(bench.state.hi, 0x22);
    bench.write(92, 8, 0x33, 0, 0x44);
    assert.equal(bench.take(92, 8), 0x33, 'each aligned for itself');
    assert.equal(bench.state.hi, 0, 'the row ends between them');
    for (const offset of [96, 252, 253, 255]) {
      bench.write(offset, 8, -1, 0, -1);
      assert.equal(bench.take(offset, 8), 0, 'where the frame ends, too');
      assert.equal(bench.state.hi, 0);
    }
  });

  it('is the row’s own where it takes such', () => {
    const calls: number[] = [];
    const bench = tableOf(
      {
        read(state, _vcpu, offset) {
          state.hi = offset;
          return 7;
        },
        write: (_delivery, _vcpu, _offset, length) => calls.push(length),
      },
      { bitsPerIrq: 0, bank: 'shared', widths: W64 },
      true,
    );
    assert.equal(bench.take(16, 8), 7);
    assert.equal(bench.state.hi, 16);
    bench.write(16, 8, 0);
    assert.deepEqual(calls, [8]);
    assert.equal(bench.take(16, 4), 0);
  });
});

describe('all tables', () => {
  const configs: Partial<GicConfig>[] = [
    { gic: 'v2', cpus: 1, spis: 32 },
    { gic: 'v2', cpus: 3, spis: 37 },
    { gic: 'v3', cpus: 3, spis: 45 },
    { gic: 'v3', cpus: 2, spis: 988 },
  ];
  it('answer words as they answer the bytes of them', () => {
    for (const profile of [...PROFILES, OBSERVED]) {
      for (const config of configs) {
        const gic = machine(config, null, profile);
        for (let i = 0; i < gic.state.at.planeWords; i++) {
          for (const plane of ['enabled', 'group', 'edge', 'active'] as const) {
            gic.state.words[gic.state.at[plane] + i] = Math.imul(i + 1, 0x9e3779b1);
          }
        }
        const { priority, route } = gic.state.at;
        for (let i = priority; i < route; i++) gic.state.words[i] = Math.imul(i, 0x9e3779b1);
        for (const { base, size, regions, owner } of gic.frames.devices) {
          for (let offset = 0; offset < size; offset += 4) {
            const vcpu = owner < 0 ? 1 % gic.config.cpus : owner;
            const where = `${profile.name} ${regions.frame.kind}+0x${offset.toString(16)}`;
            const looked = regions.read(gic.state, vcpu, offset, 4);
            const row = regions.register(offset)?.row;
            if (row?.readEffect === undefined) {
              assert.equal(gic.frames.read(vcpu, base + offset, 4), looked, where);
            }
            if (regions.find(offset, 4) === null) assert.equal(looked, 0, where);
            for (let byte = offset; byte < offset + 4; byte++) {
              // Elsewhere a byte of a register may be another thing than a part of it.
              if (row === undefined || row.bitsPerIrq === 0 || regions.find(byte, 1) === null) continue;
              const shift = (byte & 3) << 3;
              assert.equal(regions.read(gic.state, vcpu, byte, 1), (looked >> shift) & 0xff, where);
            }
          }
        }
      }
    }
  });

  it('write words as they write the bytes of them', () => {
    for (const profile of [...PROFILES, OBSERVED]) {
      for (const config of configs) {
        const words = machine(config, null, profile);
        const bytes = machine(config, null, profile);
        for (const { base, size, regions } of words.frames.devices) {
          for (let offset = 0; offset < size; offset += 4) {
            const row = regions.register(offset)?.row;
            if (row === undefined || row.bitsPerIrq === 0 || regions.find(offset, 1) === null) continue;
            // Where the last word holds fewer interrupts than four, a byte access reaches but those there are.
            if (regions.find(offset + 3, 1) === null) continue;
            const value = Math.imul(offset + 1, 0x9e3779b1);
            words.frames.write(0, base + offset, 4, value, 0);
            for (let byte = 0; byte < 4; byte++) {
              bytes.frames.write(0, base + offset + byte, 1, (value >> (byte << 3)) & 0xff, 0);
            }
            assert.deepEqual(
              words.state.words,
              bytes.state.words,
              `${profile.name} ${row.name}+${offset.toString(16)}`,
            );
          }
        }
      }
    }
  });
});

describe('a register array cut by the last INTID', () => {
  it('answers bytes of it in the last word, and the word where it starts in front of it', () => {
    const gic = machine({ spis: 33 });
    gic.write(0, GICD + 0x400 + 64, 4, 0x08101820);
    assert.equal(gic.read(0, GICD + 0x400 + 64, 4), 0x08101820);
    assert.equal(gic.read(0, GICD + 0x400 + 64, 1), 0x20);
    assert.equal(gic.read(0, GICD + 0x400 + 65, 1), 0, 'no such INTID');
    gic.write(0, GICD + 0x400 + 65, 1, 0xf8);
    assert.equal(gic.read(0, GICD + 0x400 + 64, 4), 0x08101820);
  });
});
