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
