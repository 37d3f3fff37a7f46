import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoreExit } from '../../../../../adapter/guest/simulated/core/core.ts';
import { A64, coreWith, put64, RAM } from './support.ts';

const DEVICE = 0x0900_0000n;

test('a breakpoint stops before its instruction, and lets it pass once when asked', async () => {
  const core = await coreWith([A64.nop, A64.nop, A64.nop]);
  core.stops.setBreakpoints([BigInt(RAM + 4)]);
  assert.equal(core.run(10), 1);
  assert.equal(core.exit, CoreExit.Breakpoint);
  assert.equal(core.run(10), 0);
  core.skipOnce();
  assert.equal(core.run(1), 1);
  assert.equal(core.pc(0), BigInt(RAM + 8));
});

test('a watchpoint stops before accesses that touch it, of any form', async () => {
  const cases = [
    { word: A64.ldr(0, 1), at: 0x1000, read: true, write: false, hit: true },
    { word: A64.ldr(0, 1), at: 0x1000, read: false, write: true, hit: false },
    { word: A64.str(0, 1), at: 0x0ffc, read: false, write: true, hit: true },
    { word: A64.str(0, 1), at: 0x0ff8, read: false, write: true, hit: false },
    { word: A64.ldp(0, 2, 1), at: 0x0ff8, read: true, write: false, hit: true },
    { word: A64.ldrb(0, 1), at: 0x1003, read: true, write: false, hit: true },
    { word: A64.ldrb(0, 1), at: 0x1004, read: true, write: false, hit: false },
  ];
  for (const { word, at, read, write, hit } of cases) {
    const core = await coreWith([word, A64.nop]);
    core.setX(0, 1, BigInt(RAM + at));
    core.stops.setWatchpoints([{ address: BigInt(RAM + 0x1000), length: 4, read, write }]);
    core.run(2);
    assert.equal(core.exit === CoreExit.Watchpoint, hit, `${word.toString(16)} at ${at.toString(16)}`);
    if (!hit) continue;
    assert.equal(core.pc(0), BigInt(RAM));
    core.skipOnce();
    assert.equal(core.run(1), 1);
    assert.equal(core.pc(0), BigInt(RAM + 4));
  }
});

test('a load from a device leaves the core, and is executed again with the answer', async () => {
  const core = await coreWith([A64.ldr(0, 1), A64.nop]);
  core.setX(0, 1, DEVICE);
  assert.equal(core.run(2), 0);
  assert.deepEqual(
    [core.exit, core.exitAddress, core.exitSize, core.exitWrites],
    [CoreExit.Mmio, 0x0900_0000, 8, false],
  );
  core.answer(0x1234_5678, -1);
  assert.equal(core.run(2), 2);
  assert.equal(core.x(0, 0), 0xffff_ffff_1234_5678n);
});

test('a pair makes two accesses of one instruction; writing back happens once', async () => {
  const pair = await coreWith([A64.ldp(0, 2, 1)]);
  pair.setX(0, 1, DEVICE);
  pair.run(1);
  pair.answer(1, 0);
  assert.equal(pair.run(1), 0);
  assert.equal(pair.exitAddress, 0x0900_0008);
  pair.answer(2, 0);
  assert.equal(pair.run(1), 1);
  assert.deepEqual([pair.x(0, 0), pair.x(0, 2)], [1n, 2n]);
  const post = await coreWith([A64.strPost(0, 1)]);
  post.setX(0, 0, 77n);
  post.setX(0, 1, DEVICE);
  post.run(1);
  assert.deepEqual([post.exitWrites, post.exitLow, post.x(0, 1)], [true, 77, DEVICE]);
  post.answer(0, 0);
  post.run(1);
  assert.equal(post.x(0, 1), DEVICE + 8n);
});

test('an atomic on a device reads, then writes', async () => {
  const core = await coreWith([A64.ldadd(0, 2, 1)]);
  core.setX(0, 0, 5n);
  core.setX(0, 1, DEVICE);
  core.run(1);
  assert.equal(core.exitWrites, false);
  core.answer(10, 0);
  core.run(1);
  assert.deepEqual([core.exitWrites, core.exitLow], [true, 15]);
  core.answer(0, 0);
  assert.equal(core.run(1), 1);
  assert.equal(core.x(0, 2), 10n);
});

test('stores over the end of memory change nothing of what is there', async () => {
  const core = await coreWith([A64.stp(0, 2, 1)]);
  put64(core, RAM + 0x1000, 0x1111n);
  core.setX(0, 1, BigInt(RAM + 0x1000));
  core.setX(0, 0, 1n);
  core.setX(0, 2, 2n);
  assert.equal(core.run(1), 1);
  const bytes = core.ram.physical(RAM + 0x1000, 16);
  assert.deepEqual([bytes?.[0], bytes?.[8]], [1, 2]);
});
