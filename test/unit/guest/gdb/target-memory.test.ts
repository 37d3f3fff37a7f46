import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RspClient } from '../../../../adapter/rsp/client/client.ts';
import { Lock } from '../../../../adapter/guest/gdb/lock.ts';
import { TargetMemory } from '../../../../adapter/guest/gdb/target-memory.ts';

/** A stub with QEMU's switch, which may refuse to turn it. */
class Switch {
  physical = false;
  refuses = false;

  readonly memory = {
    physical: () => Promise.resolve(this.physical),
    setPhysical: (on: boolean) => {
      if (this.refuses) return Promise.reject(new Error('refused'));
      this.physical = on;
      return Promise.resolve();
    },
  };
}

async function withSwitch(): Promise<{ stub: Switch; memory: TargetMemory }> {
  const stub = new Switch();
  return { stub, memory: await TargetMemory.of(stub as unknown as RspClient, new Lock()) };
}

test('addresses are physical for the length of a piece of work', async () => {
  const { stub, memory } = await withSwitch();
  assert.equal(await memory.physically(() => Promise.resolve(stub.physical)), true);
  assert.equal(await memory.virtually(() => Promise.resolve(stub.physical)), false);
});

test('a switch that could not be turned back is turned back before virtual addresses are used again', async () => {
  const { stub, memory } = await withSwitch();
  const work = memory.physically(() => {
    stub.refuses = true;
    return Promise.resolve();
  });
  await assert.rejects(work, /refused/);
  assert.equal(stub.physical, true);
  await assert.rejects(
    memory.virtually(() => Promise.resolve('read somewhere else')),
    /refused/,
  );
  stub.refuses = false;
  assert.equal(await memory.virtually(() => Promise.resolve(stub.physical)), false);
});
