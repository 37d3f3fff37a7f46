import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Controller } from '../../adapter/gic/controller.ts';
import { RegisterMap } from '../../adapter/gic/inspect/register-map.ts';
import { contextsWithEl3, EL1 } from '../../adapter/gic/physical/context.ts';
import { iccFault } from '../../adapter/gic/physical/icc-registers.ts';
import { PROFILES } from '../../adapter/gic/profiles/profiles.ts';

const PHYSICAL = PROFILES.filter((profile) => profile.policy !== undefined);
const BASES = { dist: 0x08000000, cpuif: 0x08010000, redist: 0x080a0000 };
const FRAMES = [BASES.dist, BASES.cpuif, BASES.redist, BASES.redist + 0x10000, BASES.redist + 0x20000];

const word = fc.oneof(
  fc.constantFrom(0, 1, 3, -1, 0x80, 0xff, 1 << 31),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);
const access = fc.record({
  kind: fc.constantFrom('read', 'write', 'write', 'line', 'register'),
  frame: fc.constantFrom(...FRAMES),
  // Most of what there is lies in the first four KiB.
  offset: fc.oneof(fc.nat(0xfff), fc.nat(0xffff)),
  length: fc.constantFrom(1, 2, 4, 4, 4, 8),
  cpu: fc.nat(1),
  secure: fc.boolean(),
  pick: fc.nat(1000),
  lo: word,
  hi: word,
});
const machine = fc.record({
  gic: fc.constantFrom('v2' as const, 'v3' as const),
  profile: fc.constantFrom(...PHYSICAL),
  cpus: fc.constantFrom(1, 2),
  securityStates: fc.constantFrom(1 as const, 2 as const),
  priorityBits: fc.integer({ min: 4, max: 8 }),
});
type Access = typeof access extends fc.Arbitrary<infer T> ? T : never;
type Machine = typeof machine extends fc.Arbitrary<infer T> ? T : never;

function build({ gic, profile, cpus, securityStates, priorityBits }: Machine): Controller {
  const hardware = { securityStates, priorityBits, lpis: false };
  return new Controller({ gic, cpus, spis: 64, lrs: 4, bases: BASES, hardware }, profile);
}

function run(controller: Controller, one: Access): void {
  const { config, physical, state } = controller;
  const cpu = one.cpu % config.cpus;
  const bus = one.secure ? controller.bus : controller.nonSecure;
  const address = one.frame + one.offset;
  if (one.kind === 'write') bus.write(cpu, address, one.length, one.lo, one.hi);
  else if (one.kind === 'line') controller.line(16 + (one.pick % 80), cpu, (one.lo & 1) !== 0);
  else if (one.kind === 'register' && physical !== null) {
    const registers = [...physical.registers];
    const register = registers[one.pick % Math.max(1, registers.length)];
    if (register === undefined) return;
    const context =
      config.hardware?.securityStates === 1 ? EL1 : contextsWithEl3(one.hi & 6)[one.secure ? 'el3' : 'ns'];
    const write = (one.lo & 1) !== 0;
    if (iccFault(register, write, context) !== null) return;
    if (write) register.write?.(cpu, one.lo, one.hi, context);
    else assert.equal(Number.isInteger(register.read?.(cpu, context) ?? 0), true);
  } else {
    const value = bus.read(cpu, address, one.length);
    assert.equal(value, value | 0);
    assert.equal(state.hi, state.hi | 0);
  }
}

const RUNS = { numRuns: Number(process.env['GIC_PHYSICAL_RUNS'] ?? 300) };

test('whatever is accessed: looking changes nothing, and going back is exact', () => {
  fc.assert(
    fc.property(machine, fc.array(access, { maxLength: 60 }), (of, accesses) => {
      const controller = build(of);
      const { state } = controller;
      const undo = state.journal();
      const start = state.words.slice();
      for (const one of accesses) {
        undo.begin();
        run(controller, one);
      }
      const end = state.words.slice();
      const map = new RegisterMap(controller);
      for (const device of map.devices) {
        for (const register of map.registersOf(device)) {
          for (let cpu = 0; cpu < of.cpus; cpu++) map.value(register, cpu);
        }
      }
      for (let cpu = 0; cpu < of.cpus; cpu++) controller.physical?.inputs(cpu, EL1);
      assert.deepEqual(state.words, end);
      while (undo.undoable > 0) undo.undo();
      assert.deepEqual(state.words, start);
    }),
    RUNS,
  );
});

test('what is pending is what latches and wires make so, and the union of the CPUs’ copies is the interrupt’s', () => {
  fc.assert(
    fc.property(machine, fc.array(access, { maxLength: 60 }), (of, accesses) => {
      const controller = build(of);
      const { state } = controller;
      const { at } = state;
      for (const one of accesses) run(controller, one);
      for (let plane = 0; plane < at.planeWords; plane++) {
        const wires = state.get(at.lineLevel + plane) & ~state.get(at.edge + plane);
        assert.equal(state.get(at.pending + plane), state.get(at.soft + plane) | wires);
        if (plane < of.cpus || at.latchOn === at.activeOn) continue;
        const spiWords = at.planeWords - of.cpus;
        const union = (copies: number): number => {
          let bits = 0;
          for (let cpu = 0; cpu < 8; cpu++) bits |= state.get(copies + cpu * spiWords + plane - of.cpus);
          return bits;
        };
        assert.equal(union(at.latchOn), state.get(at.soft + plane));
        assert.equal(union(at.activeOn), state.get(at.active + plane));
      }
    }),
    RUNS,
  );
});
