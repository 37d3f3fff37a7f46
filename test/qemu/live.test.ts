import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { NO_QEMU, QEMU_VERSION } from '../gdb/qemu.ts';
import { QemuEnded } from './bell.ts';
import { LiveQemu } from './live-qemu.ts';
import type { Operation, Recorded } from './operation.ts';
import { lineOf, machineOf, operationsOf, readRecording } from './recording.ts';

const VECTORS = path.join(import.meta.dirname, '../data/vectors');
const files = readdirSync(VECTORS).filter((name) => name.startsWith('qemu-7.2-'));
const GICH_LR3 = 0x0803010c;
const LIMITS = { timeout: 60_000, skip: NO_QEMU };
const OTHER_VERSION =
  QEMU_VERSION?.startsWith('7.2.') === false && `the recordings are of QEMU 7.2, and this is ${QEMU_VERSION}`;

test('there is a program for the guest', () => {
  assert.ok(existsSync(path.join(import.meta.dirname, 'guest/interpreter.elf')));
});

function valueOf(one: Recorded): bigint | undefined {
  return 'value' in one ? one.value : undefined;
}

for (const file of files) {
  test(`${file}: QEMU answers as recorded`, { ...LIMITS, skip: NO_QEMU || OTHER_VERSION }, async (t) => {
    const recording = readRecording(path.join(VECTORS, file));
    const live = await LiveQemu.start(t, machineOf(recording));
    const answers = await live.run(operationsOf(recording.records));
    assert.deepEqual(answers.map(lineOf), recording.records.map(lineOf));
  });
}

test('an access may write what another one read, and faults are told', LIMITS, async (t) => {
  const live = await LiveQemu.start(t, { gic: 'v3', cpus: 2, security: false });
  const answers = await live.run([
    { op: 'sysreg', cpu: 1, reg: 'ICC_SRE_EL1', rw: 'read' },
    { op: 'sysreg', cpu: 0, reg: 'ICC_PMR_EL1', rw: 'write', answerOf: 0 },
    { op: 'sysreg', cpu: 0, reg: 'ICC_SRE_EL3', rw: 'read' },
    { op: 'write', cpu: 1, addr: 0x08000420, len: 1, answerOf: 0 },
    { op: 'read', cpu: 0, addr: 0x09f00000, len: 4 },
  ]);
  assert.deepEqual(answers, [
    { op: 'sysreg', cpu: 1, reg: 'ICC_SRE_EL1', rw: 'read', value: 7n },
    { op: 'sysreg', cpu: 0, reg: 'ICC_PMR_EL1', rw: 'write', value: 7n },
    { op: 'sysreg', cpu: 0, reg: 'ICC_SRE_EL3', rw: 'read', fault: 'undef' },
    { op: 'write', cpu: 1, addr: 0x08000420, len: 1, value: 7n },
    { op: 'read', cpu: 0, addr: 0x09f00000, len: 4, fault: 'external-abort' },
  ]);
});

test('with EL2 the registers of hypervisors answer, and a reset makes all as it was', LIMITS, async (t) => {
  for (const gic of ['v2', 'v3'] as const) {
    const live = await LiveQemu.start(t, { gic, cpus: 2, security: false, virtualization: true });
    const operations: Operation[] =
      gic === 'v3'
        ? [
            { op: 'sysreg', cpu: 1, reg: 'ICH_LR3_EL2', rw: 'read' },
            { op: 'sysreg', cpu: 1, reg: 'ICH_LR3_EL2', rw: 'write', value: 0x1234n },
            { op: 'sysreg', cpu: 1, reg: 'ICH_LR3_EL2', rw: 'read' },
          ]
        : [
            { op: 'read', cpu: 1, addr: GICH_LR3, len: 4 },
            { op: 'write', cpu: 1, addr: GICH_LR3, len: 4, value: 0x1234n },
            { op: 'read', cpu: 1, addr: GICH_LR3, len: 4 },
          ];
    const first = await live.run(operations);
    assert.deepEqual(first.map(valueOf), [0n, 0x1234n, 0x1234n]);
    await live.reset();
    assert.deepEqual(await live.run(operations), first);
    await live.kill();
  }
});

test('an end of QEMU is told at once', LIMITS, async (t) => {
  const live = await LiveQemu.start(t, { gic: 'v2', cpus: 1, security: false });
  const answers = live.run([{ op: 'read', cpu: 0, addr: 0x08000000, len: 4 }]);
  await Promise.all([live.kill(), assert.rejects(answers, QemuEnded)]);
});
