import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Core } from '../../../../../adapter/guest/simulated/core/core.ts';
import * as L from '../../../../../adapter/guest/simulated/core/layout.ts';
import { A64, coreWith, PSTATE, put64, RAM, syndrome, VECTORS } from './support.ts';

/** Tables of the translation under test; the first 2 MB of RAM map themselves, whatever else does. */
const TABLES = RAM + 0x10_0000;
/** What the address under test is mapped to. */
const TARGET = RAM + 0x20_0000;
const MARK = 0x1122_3344_5566_7788n;

const AF = 1n << 10n;
const NORMAL = 1n << 2n;
const TABLE = 3n;
const PAGE = 3n;
const BLOCK = 1n;
const READ_ONLY = 1n << 7n;
const EL0 = 1n << 6n;
const UXN = 1n << 54n;
const PXN = 1n << 53n;

interface Granule {
  readonly bits: number;
  readonly tg0: bigint;
  readonly tg1: bigint;
}
const GRANULES: Readonly<Record<string, Granule>> = {
  '4K': { bits: 12, tg0: 0n, tg1: 2n },
  '16K': { bits: 14, tg0: 2n, tg1: 1n },
  '64K': { bits: 16, tg0: 1n, tg1: 3n },
};

/** Builds tables, one mapping at a time, as an operating system would. */
class Tables {
  readonly #core: Core;
  readonly #granule: Granule;
  readonly #size: number;
  readonly root: number;
  #free: number;

  /** @param size bits of virtual address */
  constructor(core: Core, granule: Granule, size: number, at = TABLES) {
    this.#core = core;
    this.#granule = granule;
    this.#size = size;
    this.root = at;
    this.#free = at + (1 << granule.bits);
  }

  get startLevel(): number {
    const stride = this.#granule.bits - 3;
    return 4 - Math.ceil((this.#size - this.#granule.bits) / stride);
  }

  /** Puts a descriptor for an address at a level; tables on the way are made, with `table` in their upper bits. */
  map(address: bigint, level: number, descriptor: bigint, table = 0n): void {
    const stride = this.#granule.bits - 3;
    let at = this.root;
    for (let now = this.startLevel; ; now++) {
      const shift = BigInt(this.#granule.bits + (3 - now) * stride);
      const index = Number((BigInt.asUintN(this.#size, address) >> shift) & ((1n << BigInt(stride)) - 1n));
      const entry = at + 8 * index;
      if (now === level) {
        put64(this.#core, entry, descriptor);
        return;
      }
      const bytes = this.#core.ram.physical(entry, 8);
      assert.ok(bytes);
      const found = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      if ((found & 1n) === 0n) {
        put64(this.#core, entry, BigInt(this.#free) | TABLE | table);
        at = this.#free;
        this.#free += 1 << this.#granule.bits;
      } else at = Number(found & 0x0000_ffff_ffff_f000n);
    }
  }
}

/** A core with its MMU on, and code, vectors and tables mapped to themselves. */
async function mapped(
  words: readonly number[],
  granule: Granule,
  size: number,
  build: (tables: Tables) => void,
  control = 0n,
): Promise<Core> {
  const core = await coreWith(words);
  const tables = new Tables(core, granule, size);
  const step = 1 << granule.bits;
  for (let at = RAM; at < TABLES; at += step) {
    tables.map(BigInt(at), 3, BigInt(at) | PAGE | AF | NORMAL | EL0 | READ_ONLY);
  }
  put64(core, TARGET, MARK);
  build(tables);
  core.setWord(0, L.MAIR, 0xff00n);
  core.setWord(0, L.TTBR0, BigInt(tables.root));
  core.setWord(0, L.TCR, BigInt(64 - size) | (granule.tg0 << 14n) | (1n << 23n) | (2n << 32n));
  core.setWord(0, L.SCTLR, core.word(0, L.SCTLR) | 1n | control);
  return core;
}

for (const [name, granule] of Object.entries(GRANULES)) {
  for (const size of [25, 31, 36, 39, 42, 48]) {
    test(`${name} granule, ${size} bits: a page, and the blocks there are`, async () => {
      const stride = granule.bits - 3;
      const levels = granule.bits === 12 ? [1, 2, 3] : [2, 3];
      // Code lies at 1 GB: smaller spaces do not reach it.
      if (size < 31) return;
      for (const level of levels) {
        const bits = granule.bits + (3 - level) * stride;
        const address = (1n << BigInt(size)) - (1n << BigInt(bits)) + 8n * 2n;
        const base = BigInt(TARGET) & ~((1n << BigInt(bits)) - 1n);
        const offset = BigInt(TARGET) - base;
        let start = 0;
        const core = await mapped([A64.ldr(0, 1)], granule, size, (tables) => {
          start = tables.startLevel;
          if (level >= start) tables.map(address, level, base | (level === 3 ? PAGE : BLOCK) | AF | NORMAL);
        });
        if (level < start || 1n << BigInt(bits) > 1n << BigInt(size - 1)) continue;
        core.setX(0, 1, address - 16n + offset);
        core.run(1);
        assert.equal(core.pc(0), BigInt(RAM + 4), `level ${level}: ${JSON.stringify(syndrome(core))}`);
        assert.equal(core.x(0, 0), MARK);
      }
    });
  }
}

const VIRTUAL = 0x8000_0000n;
const HERE = BigInt(TARGET);

interface Fault {
  readonly what: string;
  readonly leaf: bigint;
  readonly level?: number;
  readonly table?: bigint;
  readonly control?: bigint;
  readonly el0?: boolean;
  readonly store?: boolean;
  readonly fetch?: boolean;
  /** DFSC or IFSC; null: no fault. */
  readonly status: number | null;
}

const FAULTS: readonly Fault[] = [
  { what: 'no descriptor at level 3', leaf: 0n, status: 0x07 },
  { what: 'no descriptor at level 2', leaf: 0n, level: 2, status: 0x06 },
  { what: 'a reserved descriptor at level 3', leaf: HERE | BLOCK | AF, status: 0x07 },
  { what: 'no access flag', leaf: HERE | PAGE, status: 0x0b },
  { what: 'no access flag on a block', leaf: HERE | BLOCK, level: 2, status: 0x0a },
  { what: 'an output address beyond 40 bits', leaf: (1n << 41n) | PAGE | AF, status: 0x03 },
  { what: 'a table outside memory', leaf: 0x7000_0000n | TABLE, level: 2, status: 0x17 },
  { what: 'a store to a read-only page', leaf: HERE | PAGE | AF | READ_ONLY, store: true, status: 0x0f },
  { what: 'a load from a read-only page', leaf: HERE | PAGE | AF | READ_ONLY, status: null },
  { what: 'EL0 on a page of EL1', leaf: HERE | PAGE | AF, el0: true, status: 0x0f },
  { what: 'EL0 on its own page', leaf: HERE | PAGE | AF | EL0, el0: true, status: null },
  { what: 'a table without EL0', leaf: HERE | PAGE | AF | EL0, table: 1n << 61n, el0: true, status: 0x0f },
  { what: 'a read-only table', leaf: HERE | PAGE | AF, table: 1n << 62n, store: true, status: 0x0f },
  { what: 'PXN', leaf: HERE | PAGE | AF | PXN, fetch: true, status: 0x0f },
  { what: 'a table with PXN', leaf: HERE | PAGE | AF, table: 1n << 59n, fetch: true, status: 0x0f },
  { what: 'UXN', leaf: HERE | PAGE | AF | EL0 | UXN, fetch: true, el0: true, status: 0x0f },
  { what: 'a table with UXN', leaf: HERE | PAGE | AF | EL0, table: 1n << 60n, fetch: true, el0: true, status: 0x0f },
  { what: 'a page EL0 can write, executed at EL1', leaf: HERE | PAGE | AF | EL0, fetch: true, status: 0x0f },
  { what: 'a writable page with WXN', leaf: HERE | PAGE | AF, control: 1n << 19n, fetch: true, status: 0x0f },
  { what: 'a page that may be executed', leaf: HERE | PAGE | AF, fetch: true, status: null },
];

for (const { what, leaf, level = 3, table = 0n, control = 0n, el0, store, fetch, status } of FAULTS) {
  test(`${what}: ${status === null ? 'no fault' : `status 0x${status.toString(16)}`}`, async () => {
    const word = fetch ? A64.br(1) : store ? A64.str(0, 1) : A64.ldr(0, 1);
    const core = await mapped(
      [word],
      GRANULES['4K'] as Granule,
      39,
      (tables) => tables.map(VIRTUAL, level, leaf === 0n ? 0n : leaf | NORMAL, table),
      control,
    );
    if (control !== 0n) core.setWord(0, L.SCTLR, core.word(0, L.SCTLR));
    core.setX(0, 1, VIRTUAL);
    core.setPstate(0, el0 ? PSTATE.el0 : PSTATE.el1hMasked);
    if (fetch) put64(core, TARGET, BigInt(A64.nop));
    core.run(fetch ? 2 : 1);
    if (status === null) {
      assert.notEqual(core.pc(0) & ~0x7ffn, BigInt(VECTORS));
      return;
    }
    const ec = (fetch ? 0x20 : 0x24) + (el0 ? 0 : 1);
    assert.deepEqual(syndrome(core), { ec, il: 1, iss: status | (store ? 1 << 6 : 0) });
    assert.equal(core.word(0, L.FAR), VIRTUAL);
    assert.equal(core.word(0, L.ELR), fetch ? VIRTUAL : BigInt(RAM));
  });
}

test('addresses beyond TxSZ, and a half that is switched off, translate to nothing', async () => {
  const core = await mapped([A64.ldr(0, 1), A64.ldr(0, 2)], GRANULES['4K'] as Granule, 39, () => {});
  core.setX(0, 1, 1n << 39n);
  core.run(1);
  assert.deepEqual(syndrome(core), { ec: 0x25, il: 1, iss: 0x04 });
  core.setPc(0, BigInt(RAM + 4));
  core.setX(0, 2, 0xffff_ffff_ffff_0000n);
  core.run(1);
  assert.deepEqual(syndrome(core), { ec: 0x25, il: 1, iss: 0x04 });
});

test('the upper half has tables of its own', async () => {
  const core = await mapped([A64.ldr(0, 1)], GRANULES['4K'] as Granule, 39, () => {});
  const upper = new Tables(core, GRANULES['4K'] as Granule, 39, RAM + 0x40_0000);
  const address = 0xffff_ffff_c000_0000n;
  upper.map(address, 3, HERE | PAGE | AF | NORMAL);
  core.setWord(0, L.TTBR1, BigInt(upper.root));
  core.setWord(0, L.TCR, (core.word(0, L.TCR) & ~(1n << 23n)) | (25n << 16n) | (2n << 30n));
  core.setX(0, 1, address);
  core.run(1);
  assert.equal(core.x(0, 0), MARK);
});

test('a tag is ignored where TCR_EL1 says so', async () => {
  const build = (tables: Tables): void => tables.map(VIRTUAL, 3, HERE | PAGE | AF | NORMAL);
  const core = await mapped([A64.ldr(0, 1)], GRANULES['4K'] as Granule, 39, build);
  core.setX(0, 1, VIRTUAL | (0x5an << 56n));
  core.run(1);
  assert.equal(syndrome(core).iss, 0x04);
  const tagged = await mapped([A64.ldr(0, 1)], GRANULES['4K'] as Granule, 39, build);
  tagged.setWord(0, L.TCR, tagged.word(0, L.TCR) | (1n << 37n));
  tagged.setX(0, 1, VIRTUAL | (0x5an << 56n));
  tagged.run(1);
  assert.equal(tagged.x(0, 0), MARK);
});

test('a change of tables is seen behind TLBI', async () => {
  let entry = 0;
  const core = await mapped(
    [A64.ldr(0, 1), A64.tlbiVmalle1, A64.ldr(2, 1)],
    GRANULES['4K'] as Granule,
    39,
    (tables) => {
      tables.map(VIRTUAL, 3, HERE | PAGE | AF | NORMAL);
      entry = tables.root;
    },
  );
  core.setX(0, 1, VIRTUAL);
  core.run(1);
  assert.equal(core.x(0, 0), MARK);
  put64(core, entry + 8 * Number(VIRTUAL >> 30n), 0n);
  core.run(2);
  assert.deepEqual(syndrome(core), { ec: 0x25, il: 1, iss: 0x05 });
});

test('AT answers in PAR_EL1', async () => {
  const core = await mapped([A64.atS1e1r(1), A64.atS1e0w(1)], GRANULES['4K'] as Granule, 39, (tables) =>
    tables.map(VIRTUAL, 3, HERE | PAGE | AF | NORMAL),
  );
  core.setX(0, 1, VIRTUAL + 0x123n);
  core.run(1);
  const good = core.word(0, L.PAR);
  assert.equal(good & 1n, 0n);
  assert.equal(good & 0x0000_ffff_ffff_f000n, HERE);
  assert.equal(good >> 56n, 0xffn);
  core.run(1);
  const bad = core.word(0, L.PAR);
  assert.deepEqual([bad & 1n, (bad >> 1n) & 0x3fn], [1n, 0x0fn]);
});

test('Device memory takes aligned accesses only; SCTLR_EL1.A asks for them everywhere', async () => {
  const build = (attribute: bigint) => (tables: Tables) => tables.map(VIRTUAL, 3, HERE | PAGE | AF | attribute);
  const unaligned = async (attribute: bigint, control: bigint): Promise<number | null> => {
    const core = await mapped([A64.ldr(0, 1)], GRANULES['4K'] as Granule, 39, build(attribute), control);
    core.setX(0, 1, VIRTUAL + 3n);
    core.run(1);
    return core.pc(0) === BigInt(RAM + 4) ? null : syndrome(core).iss;
  };
  assert.equal(await unaligned(NORMAL, 0n), null);
  assert.equal(await unaligned(0n, 0n), 0x21);
  assert.equal(await unaligned(NORMAL, 2n), 0x21);
});
