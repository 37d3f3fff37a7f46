import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyMachine, exampleMachine, machineWith, putWords, runOn } from './support.ts';

const EXPECTED =
  'guest: starting\ntimer: ticks 5\nsgi: answers 3\npreemption: nested 1\nuart: sent by interrupt\nguest: done\n';

const NOP = 0xd503_201f;
const WFI = 0xd503_207f;
const WFE = 0xd503_205f;
const HVC = 0xd400_0002;
const SEMIHOSTING = 0xd45e_0000;
const HALT_HERE = 0x1400_0000;

test('the example guest does what it says, and powers off', async () => {
  const { machine, witness } = await exampleMachine('guest.elf');
  assert.deepEqual(runOn(machine), { kind: 'off' });
  assert.equal(witness.text, EXPECTED);
  assert.deepEqual(witness.remarks, []);
});

for (const gic of ['v2', 'v3'] as const) {
  test(`its twin waits on a GIC${gic} for an interrupt that is not enabled`, async () => {
    const { machine, witness } = await exampleMachine('guest-buggy.elf', 2, gic);
    assert.deepEqual(runOn(machine), { kind: 'idle', listens: false });
    assert.equal(witness.text, `${EXPECTED.slice(0, EXPECTED.indexOf('uart'))}u`);
    machine.outside(() => machine.gic.controller.write(0, 0x0800_0104, 4, 2));
    assert.deepEqual(runOn(machine), { kind: 'off' });
    assert.equal(witness.text, EXPECTED);
    assert.deepEqual(witness.remarks, []);
  });
}

test('the same run is the same run, to the instruction, however it is cut', async () => {
  const runs = await Promise.all(
    [1_000_000, 7919, 100, 1].map(async (slice) => {
      const { machine, witness } = await exampleMachine('guest.elf');
      assert.deepEqual(runOn(machine, slice), { kind: 'off' });
      return { instructions: machine.instructions, ticks: machine.ticks, log: witness.log, text: witness.text };
    }),
  );
  for (const run of runs) assert.deepEqual(run, runs[0]);
});

test('steps of one vCPU go where a run goes', async () => {
  const { machine: stepped } = await exampleMachine('guest.elf', 1);
  const { machine: run } = await exampleMachine('guest.elf', 1);
  for (let n = 0; n < 3000; n++) {
    stepped.step(0);
    run.run(1);
    assert.equal(stepped.core.pc(0), run.core.pc(0), `instruction ${n}`);
    assert.equal(stepped.instructions, run.instructions);
  }
});

test('a limit is kept, but for an instruction that has begun', async () => {
  const { machine } = await machineWith(Array.from({ length: 64 }, () => NOP));
  assert.deepEqual(machine.run(10), { kind: 'budget' });
  assert.equal(machine.instructions, 10);
  assert.equal(machine.core.pc(0), 0x4000_0028n);
});

test('time skips what everybody sleeps through, up to the next timer', async () => {
  // CNTV_CVAL_EL0 = 1,000,000; CNTV_CTL_EL0 = 1; the PPI enabled at the redistributor; WFI.
  const { machine, witness } = await machineWith([0xd51b_e340, 0xd51b_e321, WFI, WFI, HALT_HERE]);
  machine.core.setX(0, 0, 1_000_000n);
  machine.core.setX(0, 1, 1n);
  machine.outside(() => {
    const { controller } = machine.gic;
    controller.write(0, 0x0800_0000, 4, 0x12);
    controller.write(0, 0x080b_0100, 4, 1 << 27);
  });
  machine.run(3);
  assert.deepEqual([machine.instructions, machine.ticks, machine.sleeps(0)], [3, 3, true]);
  machine.run(1);
  assert.ok(machine.ticks >= 1_000_000);
  assert.ok(witness.log.includes('wire 27 0 1'));
});

test('nobody sleeps for ever without a word', async () => {
  const { machine } = await machineWith([WFI, HALT_HERE]);
  assert.deepEqual(runOn(machine), { kind: 'idle', listens: false });
});

test('WFE is no end: the event register passes it, and others have their turn', async () => {
  const { machine } = await machineWith([WFE, WFE, HALT_HERE]);
  machine.run(3);
  assert.equal(machine.core.pc(0), 0x4000_0008n);
});

test('vCPUs are powered up and down by PSCI', async () => {
  // vCPU 0: CPU_ON(1, 0x40001000, 77), then waits. vCPU 1: CPU_OFF.
  const { machine } = await machineWith([HVC, HALT_HERE], 2);
  putWords(machine, 0x4000_1000, [NOP, HVC]);
  [0xc400_0003n, 1n, 0x4000_1000n, 77n].forEach((value, n) => machine.core.setX(0, n, value));
  assert.equal(machine.power(1), 'off');
  machine.run(1);
  assert.equal(machine.power(1), 'on');
  assert.equal(machine.core.x(0, 0), 0n);
  assert.equal(machine.core.pc(1), 0x4000_1000n);
  assert.equal(machine.core.x(1, 0), 77n);
  assert.equal(machine.core.pstate(1), 0x3c5);
  machine.core.setX(1, 0, 0x8400_0002n);
  machine.step(1);
  machine.step(1);
  assert.equal(machine.power(1), 'off');
});

test('semihosting writes, and ends a run with its code', async () => {
  const { machine, witness } = await machineWith([SEMIHOSTING, SEMIHOSTING]);
  const text = machine.core.ram.physical(0x4000_2000, 32);
  assert.ok(text);
  text.set(Buffer.from('hello\0'));
  new DataView(text.buffer, text.byteOffset).setBigUint64(8, 0x2_0026n, true);
  new DataView(text.buffer, text.byteOffset).setBigUint64(16, 42n, true);
  machine.core.setX(0, 0, 4n);
  machine.core.setX(0, 1, 0x4000_2000n);
  machine.run(1);
  assert.equal(witness.text, 'hello');
  machine.core.setX(0, 0, 0x18n);
  machine.core.setX(0, 1, 0x4000_2008n);
  assert.deepEqual(runOn(machine), { kind: 'exit', code: 42 });
});

test('what finds nothing is told: instructions, devices, registers', async () => {
  const fadd = 0x1e62_2820;
  const { machine, witness } = await machineWith([0xb940_0020, fadd]);
  machine.core.setX(0, 1, 0x0a00_8000n);
  machine.run(2);
  assert.deepEqual(
    witness.remarks.map(({ kind, pc }) => [kind, pc]),
    [
      ['no device', 0x4000_0000n],
      ['undefined instruction', 0x4000_0004n],
    ],
  );
  assert.equal(machine.core.x(0, 0), 0n);
});

test('a GICv2 has its CPU interface in a frame, and no system registers', async () => {
  const { machine, witness } = await emptyMachine(1, 'v2');
  putWords(machine, 0x4000_0000, [0xb940_0020, 0xd538_cc00]);
  machine.core.setPc(0, 0x4000_0000n);
  machine.core.setX(0, 1, 0x0801_000cn);
  machine.run(2);
  assert.equal(machine.core.x(0, 0), 1023n);
  assert.equal(witness.remarks.length, 1);
});

for (const gic of ['v2', 'v3'] as const) {
  test(`ID_AA64PFR0_EL1 says on a GIC${gic} whether there are system registers of the controller`, async () => {
    const { machine } = await emptyMachine(2, gic);
    // Both vCPUs read it, the second as PSCI CPU_ON has started it.
    putWords(machine, 0x4000_0000, [0xd538_0404, HVC, HALT_HERE]);
    putWords(machine, 0x4000_1000, [0xd538_0404, HALT_HERE]);
    machine.core.setPc(0, 0x4000_0000n);
    [0xc400_0003n, 1n, 0x4000_1000n, 0n].forEach((value, n) => machine.core.setX(0, n, value));
    machine.run(2);
    machine.step(1);
    for (const vcpu of [0, 1]) assert.equal((machine.core.x(vcpu, 4) >> 24n) & 15n, gic === 'v3' ? 1n : 0n);
  });
}
