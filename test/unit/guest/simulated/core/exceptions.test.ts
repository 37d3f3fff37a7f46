import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoreExit, type Core } from '../../../../../adapter/guest/simulated/core/core.ts';
import * as L from '../../../../../adapter/guest/simulated/core/layout.ts';
import { encode } from '../../../../../adapter/guest/simulated/core/system-registers.ts';
import { A64, coreWith, PSTATE, putWords, RAM, syndrome, VECTORS } from './support.ts';

const SPSEL_SP1 = 0x4100_0000n;
const CPACR_FPEN = 3n << 20n;

test('synchronous exceptions go to the vector of where they come from, and say what they are', async () => {
  const kinds = [
    { word: A64.svc(0x42), ec: 0x15, iss: 0x42, returns: 4 },
    { word: A64.brk(7), ec: 0x3c, iss: 7, returns: 0 },
    { word: A64.udf, ec: 0, iss: 0, returns: 0 },
  ];
  const places = [
    { pstate: PSTATE.el0, offset: 0x400 },
    { pstate: PSTATE.el1t, offset: 0 },
    { pstate: PSTATE.el1h, offset: 0x200 },
  ];
  for (const { word, ec, iss, returns } of kinds) {
    for (const { pstate, offset } of places) {
      const core = await coreWith([word]);
      core.setSpOf(0, 1, SPSEL_SP1);
      core.setPstate(0, 0x6000_0000 + pstate);
      core.run(1);
      assert.equal(core.pc(0), BigInt(VECTORS + offset));
      assert.deepEqual(syndrome(core), { ec, il: 1, iss });
      assert.equal(core.word(0, L.ELR), BigInt(RAM + returns));
      assert.equal(core.word(0, L.SPSR), BigInt(0x6000_0000 + pstate));
      assert.equal(core.pstate(0), 0x6000_0000 + PSTATE.el1hMasked);
      assert.equal(core.sp(0), SPSEL_SP1);
    }
  }
});

test('ERET goes back to what SPSR_EL1 says; what it cannot say is illegal', async () => {
  for (const pstate of [PSTATE.el0, PSTATE.el1t, PSTATE.el1h]) {
    const core = await coreWith([A64.eret]);
    core.setWord(0, L.ELR, BigInt(RAM + 0x100));
    core.setWord(0, L.SPSR, BigInt(0x9000_0000 + pstate));
    core.run(1);
    assert.equal(core.pc(0), BigInt(RAM + 0x100));
    assert.equal(core.pstate(0), 0x9000_0000 + pstate);
  }
  for (const mode of [0x10, 0x9, 0x1, 0x7]) {
    const core = await coreWith([A64.eret]);
    core.setWord(0, L.ELR, BigInt(RAM + 0x100));
    core.setWord(0, L.SPSR, BigInt(mode));
    core.run(1);
    assert.equal((core.pstate(0) >>> 20) & 1, 1, `mode ${mode}`);
    core.run(1);
    assert.deepEqual(syndrome(core), { ec: 0x0e, il: 1, iss: 0 });
    assert.equal(core.word(0, L.ELR), BigInt(RAM + 0x100));
    assert.equal((core.pstate(0) >>> 20) & 1, 0);
  }
});

test('ERET opens the exclusive monitor', async () => {
  // LDXR x0, [x1]; ERET; STXR w2, x3, [x1]
  const core = await coreWith([0xc85f_7c20, A64.eret, 0xc802_7c23]);
  core.setX(0, 1, BigInt(RAM + 0x1000));
  core.setWord(0, L.ELR, BigInt(RAM + 8));
  core.setWord(0, L.SPSR, BigInt(PSTATE.el1hMasked));
  core.run(3);
  assert.equal(core.x(0, 2), 1n);
});

test('interrupts wait while they are masked; FIQ comes first', async () => {
  const core = await coreWith([A64.nop, A64.daifclr(3), A64.nop]);
  core.setLines(0, true, true);
  core.run(1);
  assert.equal(core.pc(0), BigInt(RAM + 4));
  core.run(1);
  assert.equal(core.pc(0), BigInt(VECTORS + 0x300));
  assert.equal(core.word(0, L.ELR), BigInt(RAM + 8));
  const irq = await coreWith([A64.nop]);
  putWords(irq, VECTORS + 0x480, [A64.nop]);
  irq.setPstate(0, PSTATE.el0);
  irq.setLines(0, true, false);
  irq.run(1);
  assert.equal(irq.word(0, L.ELR), BigInt(RAM));
  assert.equal(irq.pc(0), BigInt(VECTORS + 0x480 + 4));
});

test('a PC that is not aligned, and a stack pointer that is not, are exceptions', async () => {
  const branch = await coreWith([A64.br(0)]);
  branch.setX(0, 0, BigInt(RAM + 2));
  branch.run(2);
  assert.deepEqual(syndrome(branch), { ec: 0x22, il: 1, iss: 0 });
  assert.equal(branch.word(0, L.FAR), BigInt(RAM + 2));
  const stack = await coreWith([A64.ldr(0, 31)]);
  stack.setSp(0, BigInt(RAM + 0x1008));
  stack.run(1);
  assert.deepEqual(syndrome(stack), { ec: 0x26, il: 1, iss: 0 });
});

test('vector registers are closed until CPACR_EL1 opens them', async () => {
  const ldrQ = 0x3dc0_0020;
  const core = await coreWith([ldrQ]);
  core.setX(0, 1, BigInt(RAM));
  core.run(1);
  assert.deepEqual(syndrome(core), { ec: 0x07, il: 1, iss: 0x1e0_0000 });
  const open = await coreWith([ldrQ]);
  open.setWord(0, L.CPACR, CPACR_FPEN);
  open.setX(0, 1, BigInt(RAM));
  open.run(1);
  assert.equal(open.pc(0), BigInt(RAM + 4));
});

test('EL0 reaches what is its own; what a control bit closes traps, the rest is undefined', async () => {
  const tpidr = encode(3, 3, 13, 0, 2);
  const ctr = encode(3, 3, 0, 0, 1);
  const midr = encode(3, 0, 0, 0, 0);
  const at = async (word: number, prepare: (core: Core) => void = () => {}): Promise<Core> => {
    const core = await coreWith([word]);
    core.setPstate(0, PSTATE.el0);
    prepare(core);
    core.run(1);
    return core;
  };
  assert.equal((await at(A64.msr(tpidr, 0))).pc(0), BigInt(RAM + 4));
  assert.equal(syndrome(await at(A64.mrs(0, midr))).ec, 0);
  const trapped = await at(A64.mrs(3, ctr));
  // ISS: op0 3, op2 1, op1 3, CRn 0, Rt 3, CRm 0, a read.
  assert.deepEqual(syndrome(trapped), { ec: 0x18, il: 1, iss: (3 << 20) | (1 << 17) | (3 << 14) | (3 << 5) | 1 });
  const opened = await at(A64.mrs(3, ctr), (core) => core.setWord(0, L.SCTLR, core.word(0, L.SCTLR) | (1n << 15n)));
  assert.equal(opened.x(0, 3), 0x8444_8004n);
  const waits = await at(A64.wfi, (core) => core.setWord(0, L.SCTLR, core.word(0, L.SCTLR) & ~(1n << 16n)));
  assert.deepEqual(syndrome(waits), { ec: 0x01, il: 1, iss: 0x1e0_0000 });
});

test('the identification space that is reserved reads as zero', async () => {
  const core = await coreWith([A64.mrs(0, encode(3, 0, 0, 7, 5)), A64.mrs(1, encode(3, 0, 0, 4, 0))]);
  core.setX(0, 0, 99n);
  core.run(2);
  assert.deepEqual([core.x(0, 0), core.x(0, 1)], [0n, 0x11n]);
});

test('calls and waits leave the core behind themselves', async () => {
  for (const [word, exit] of [
    [A64.hvc, CoreExit.Hvc],
    [A64.wfi, CoreExit.Wfi],
    [A64.wfe, CoreExit.Wfe],
  ] as const) {
    const core = await coreWith([word]);
    assert.equal(core.run(10), 1);
    assert.equal(core.exit, exit);
    assert.equal(core.pc(0), BigInt(RAM + 4));
  }
});

test('code that is written is the code that runs', async () => {
  // STR w0, [x1]; the word it writes over.
  const core = await coreWith([0xb900_0020, A64.udf]);
  core.setX(0, 0, BigInt(A64.svc(5)));
  core.setX(0, 1, BigInt(RAM + 4));
  core.run(2);
  assert.deepEqual(syndrome(core), { ec: 0x15, il: 1, iss: 5 });
});
