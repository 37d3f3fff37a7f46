import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ARCH, ARCH_QEMU_10, ARCH_QEMU_7_2 } from '../../../../../adapter/gic/profiles/arch.ts';
import type { Profile } from '../../../../../adapter/gic/profiles/profile.ts';
import { RegisterMap } from '../../../../../adapter/gic/inspect/register-map.ts';
import { GICC, GICD, MemoryTarget, namesOf } from './memory-target.ts';

/*
 * The twin beside a target that does exactly what the model says: whatever is seen and whatever wires do unseen, nothing
 * may be found. And what a target does otherwise is.
 */

const RUNS = 150;

interface Deed {
  readonly kind: 'write' | 'byte' | 'read' | 'acknowledge' | 'end' | 'wire' | 'sleep' | 'system';
  readonly where: number;
  readonly cpu: number;
  readonly value: number;
}

const deeds = fc.array(
  fc.record<Deed>({
    kind: fc.constantFrom(
      'write',
      'write',
      'write',
      'byte',
      'read',
      'acknowledge',
      'end',
      'wire',
      'wire',
      'sleep',
      'system',
    ),
    where: fc.nat(1_000_000),
    cpu: fc.nat(7),
    value: fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 3, 0xa0a0a0a0)),
  }),
  { maxLength: 50 },
);

/** An interrupt that is enabled, of group 1, urgent, and goes everywhere: so that there is something to acknowledge. */
function prepare(one: MemoryTarget, gic: 'v2' | 'v3'): void {
  one.access(0, GICD, 4, true, 3);
  for (let n = 0; n < 3; n++) {
    if (gic === 'v3' && n === 0) continue;
    one.access(0, GICD + 0x100 + n * 4, 4, true, -1);
  }
  if (gic === 'v3') return;
  for (let n = 0; n < 16; n++) one.access(0, GICD + 0x820 + n * 4, 4, true, 0x03010203);
  for (let cpu = 0; cpu < one.target.config.cpus; cpu++) {
    one.access(cpu, GICD + 0x100, 4, true, -1);
    one.access(cpu, GICC, 4, true, 7);
    one.access(cpu, GICC + 4, 4, true, 0xff);
  }
}

/** @returns whether the access was no surprise */
function perform(one: MemoryTarget, registers: RegisterMap, { kind, where, cpu: any, value }: Deed): boolean {
  const { target, asleep } = one;
  const { cpus, spis, gic } = target.config;
  const cpu = any % cpus;
  switch (kind) {
    case 'wire':
      target.line(16 + (where % (16 + spis)), cpu, (value & 1) !== 0);
      one.sight.ran();
      return true;
    case 'sleep':
      // A CPU that sleeps accesses nothing; it is asked again as it wakes up.
      if (asleep.has(cpu)) asleep.delete(cpu);
      else if (asleep.size < cpus - 1) asleep.add(cpu);
      return true;
    case 'system':
      if (gic === 'v2') return true;
      one.unseen(
        cpu,
        ['ICC_IAR0_EL1', 'ICC_IAR1_EL1', 'ICC_EOIR1_EL1', 'ICC_SGI1R_EL1'][where % 4] ?? '',
        where % 4 < 2 ? null : value,
      );
      return true;
    case 'acknowledge':
      return gic === 'v3' || asleep.has(cpu) || one.access(cpu, GICC + 0xc, 4, false, 0);
    case 'end':
      return gic === 'v3' || asleep.has(cpu) || one.access(cpu, GICC + 0x10, 4, true, value % (32 + spis));
    default: {
      const frames = registers.devices.map((device) => registers.registersOf(device));
      const frame = frames[where % frames.length] ?? [];
      const register = frame[Math.trunc(where / frames.length) % frame.length];
      if (register === undefined || asleep.has(cpu) || (register.name === 'GICD_CTLR' && kind !== 'read')) return true;
      const { address } = register;
      if (kind === 'read') return one.access(cpu, address, 4, false, 0);
      return one.access(cpu, kind === 'byte' ? address + (where & 3) : address, kind === 'byte' ? 1 : 4, true, value);
    }
  }
}

function agrees(profile: Profile, gic: 'v2' | 'v3', cpus: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(deeds, fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }), async (all, looks) => {
      const one = new MemoryTarget(gic, cpus, profile);
      const registers = new RegisterMap(one.target);
      await one.look();
      prepare(one, gic);
      for (const [n, deed] of all.entries()) {
        assert.ok(perform(one, registers, deed), `the answer to ${JSON.stringify(deed)}`);
        if (looks[n] === true) assert.deepEqual(namesOf(await one.look()), [], JSON.stringify(deed));
      }
      assert.deepEqual(namesOf(await one.look()), []);
    }),
    { numRuns: RUNS },
  );
}

for (const profile of [ARCH, ARCH_QEMU_7_2, ARCH_QEMU_10]) {
  for (const [gic, cpus] of [
    ['v2', 1],
    ['v2', 3],
    ['v3', 1],
    ['v3', 2],
  ] as const) {
    test(`${profile.name}, GIC${gic}, ${cpus} CPUs: nothing is found where there is nothing`, () =>
      agrees(profile, gic, cpus));
  }
}

for (const profile of [ARCH, ARCH_QEMU_7_2]) {
  for (const gic of ['v2', 'v3'] as const) {
    test(`${profile.name}, GIC${gic}: every register that accesses alone change is found when it was changed unseen`, async () => {
      const one = new MemoryTarget(gic, 2, profile);
      await one.look();
      const changed = new Set<string>();
      for (const { own, wanted, rule } of one.twin.pairs) {
        if (rule.kind !== 'kept' || own.name === 'GICD_CTLR') continue;
        const registers = new RegisterMap(one.target);
        const before = registers.value(own, wanted.vcpu, one.target.state);
        const address = own.row.access === 'w1s' && before !== 0n ? own.address + 0x80 : own.address;
        one.target.write(wanted.vcpu, address, own.bytes, Number(BigInt.asIntN(32, before ^ 0x3333_3333n)));
        const after = registers.value(own, wanted.vcpu, one.target.state);
        const found = await one.look();
        if (((before ^ after) & rule.mask) === 0n) continue;
        changed.add(own.row.name);
        const names = found.map(({ pair }) => `${pair.own.device.id} ${pair.own.name}@${pair.wanted.vcpu}`);
        assert.ok(
          names.includes(`${own.device.id} ${own.name}@${wanted.vcpu}`),
          `${own.name}: found ${names.join(', ')}`,
        );
      }
      const least = gic === 'v2' ? 8 : 11;
      assert.ok(changed.size >= least, `changed: ${[...changed].join(', ')}`);
    });
  }
}

const SPI = 40;
const ICFGR2_EDGE = 2 << ((SPI - 32) * 2);

/** An edge-triggered SPI for CPU 0, pending on both sides. */
async function pendingEdge(gic: 'v2' | 'v3'): Promise<MemoryTarget> {
  const one = new MemoryTarget(gic, 2, ARCH_QEMU_7_2);
  await one.look();
  prepare(one, gic);
  one.access(0, GICD + 0xc08, 4, true, ICFGR2_EDGE);
  if (gic === 'v2') one.access(0, GICD + 0x800 + SPI, 1, true, 1);
  one.access(0, GICD + 0x204, 4, true, 1 << (SPI - 32));
  assert.deepEqual(namesOf(await one.look()), []);
  return one;
}

for (const gic of ['v2', 'v3'] as const) {
  test(`GIC${gic}: a latch that vanishes without an access is found, unless a CPU may have taken it unseen`, async () => {
    const one = await pendingEdge(gic);
    one.target.write(0, GICD + 0x284, 4, 1 << (SPI - 32));
    assert.match(namesOf(await one.look()).join(), /^GICD_ISPENDR1@0 model 0x100 target 0x0 bits 0x100/);
    const other = await pendingEdge(gic);
    other.target.write(0, GICD + 0x284, 4, 1 << (SPI - 32));
    other.sight.ran();
    if (gic === 'v3') other.sight.missedInterface();
    assert.equal((await other.look()).length, gic === 'v3' ? 0 : 1);
  });

  test(`GIC${gic}: a latch that an access cleared, and is there still, is found where nothing else ran`, async () => {
    const one = await pendingEdge(gic);
    one.twin.write(0, GICD + 0x284, 4, BigInt(1 << (SPI - 32)));
    assert.match(namesOf(await one.look()).join(), /^GICD_ISPENDR1@0 model 0x0 target 0x100 bits 0x100/);
    const other = await pendingEdge(gic);
    other.twin.write(0, GICD + 0x284, 4, BigInt(1 << (SPI - 32)));
    // A device may have raised it again.
    other.sight.ran();
    assert.deepEqual(namesOf(await other.look()), []);
  });
}

test('wires are adopted: what becomes pending, and what is level-sensitive and no longer is', async () => {
  const one = new MemoryTarget('v2', 1, ARCH_QEMU_7_2);
  await one.look();
  prepare(one, 'v2');
  for (const level of [true, false, true]) {
    one.target.line(SPI, 0, level);
    assert.deepEqual(namesOf(await one.look()), []);
    assert.equal(one.twin.controller.state.bit(one.twin.controller.state.at.pending, SPI), level);
  }
});

test('an acknowledge that the target answered otherwise is a surprise, and its consequences are found', async () => {
  const one = await pendingEdge('v2');
  // Somebody took the interrupt out of the acknowledge: the target says spurious, though it is pending there.
  assert.deepEqual(one.twin.read(0, GICC + 0xc, 4, 1023n), { model: BigInt(SPI), target: 1023n });
  assert.match(namesOf(await one.look()).join(), /GICD_ISPENDR1.*GICD_ISACTIVER1.*GICC_/);
});

test('after accesses that may have been missed nothing is compared, but what follows from the registers', async () => {
  const one = await pendingEdge('v2');
  one.target.write(0, GICD + 0x104, 4, -1);
  one.sight.missed('it ran');
  assert.deepEqual(namesOf(await one.look()), []);
  one.target.write(0, GICD + 0x404, 4, 0x10);
  assert.match(namesOf(await one.look()).join(), /^GICD_IPRIORITYR1@0 model 0x0 target 0x10/);
});

test('registers of a CPU that sleeps are compared when it has woken up', async () => {
  const one = await pendingEdge('v2');
  one.asleep.add(1);
  assert.deepEqual(namesOf(await one.look()), []);
  one.target.write(1, GICC + 8, 4, 5);
  assert.deepEqual(namesOf(await one.look()), []);
  one.asleep.delete(1);
  assert.match(namesOf(await one.look()).join(), /^GICC_BPR@1 model 0x\d target 0x5/);
});
