import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GicConfig } from '../../../../adapter/gic/config.ts';
import { Controller } from '../../../../adapter/gic/controller.ts';
import { RegisterMap, splitWords, type PlacedRegister } from '../../../../adapter/gic/inspect/register-map.ts';
import { EL1 } from '../../../../adapter/gic/physical/context.ts';
import {
  isLoaded,
  LOADED_INTERFACE,
  loadInterfaceRegister,
  loadRegister,
  noGuesses,
  settleLoaded,
} from '../../../../adapter/gic/physical/load.ts';
import type { IccRegister } from '../../../../adapter/gic/physical/icc-registers.ts';
import { ARCH, ARCH_QEMU_10, ARCH_QEMU_7_2 } from '../../../../adapter/gic/profiles/arch.ts';
import type { Profile } from '../../../../adapter/gic/profiles/profile.ts';

/*
 * What was read from one physical controller is loaded into another: every register of the second reads as that of the
 * first, whatever was done to it before, and goes on doing so.
 */

const BASES = { dist: 0x0800_0000, cpuif: 0x0801_0000, redist: 0x080a_0000 };
const RUNS = 60;

function configOf(gic: 'v2' | 'v3', cpus: number): GicConfig {
  const priorityBits = gic === 'v2' ? 8 : 5;
  return {
    gic,
    cpus,
    spis: 64,
    bases: BASES,
    lrs: 1,
    hardware: { securityStates: 1, priorityBits, lpis: gic === 'v3' },
  };
}

interface Bank {
  readonly register: PlacedRegister;
  readonly cpu: number;
}

function banksOf(controller: Controller, registers: RegisterMap): Bank[] {
  return registers.devices
    .flatMap((device) => registers.registersOf(device))
    .filter(({ row, implemented }) => implemented && row.access !== 'wo' && row.readEffect === undefined)
    .flatMap((register) =>
      register.banked
        ? Array.from({ length: controller.config.cpus }, (_, cpu) => ({ register, cpu }))
        : [{ register, cpu: Math.max(register.device.owner, 0) }],
    );
}

/** Those of the physical CPU interface: those of the virtual one are a hypervisor's. */
function iccRegisters(controller: Controller): IccRegister[] {
  return [...(controller.physical?.registers ?? [])].filter(({ name }) => name.startsWith('ICC_'));
}

/** An access somewhere into the frames, a wire, or a system register. */
interface Deed {
  readonly kind: 'write' | 'byte' | 'read' | 'wire' | 'system';
  readonly where: number;
  readonly cpu: number;
  readonly value: number;
}

const deeds = fc.array(
  fc.record<Deed>({
    kind: fc.constantFrom('write', 'write', 'write', 'byte', 'read', 'wire', 'system'),
    where: fc.nat(1_000_000),
    cpu: fc.nat(7),
    value: fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 3, 0xa0a0a0a0)),
  }),
  { maxLength: 60 },
);

function perform(controller: Controller, registers: RegisterMap, { kind, where, cpu: any, value }: Deed): void {
  const { cpus, spis } = controller.config;
  const cpu = any % cpus;
  if (kind === 'wire') {
    controller.line(16 + (where % (16 + spis)), cpu, (value & 1) !== 0);
    return;
  }
  if (kind === 'system') {
    const all = iccRegisters(controller);
    const register = all[where % Math.max(1, all.length)];
    if ((value & 2) === 0) register?.read?.(cpu, EL1);
    else register?.write?.(cpu, value, 0, EL1);
    return;
  }
  const frames = registers.devices.map((device) => registers.registersOf(device));
  const frame = frames[where % frames.length] ?? [];
  const register = frame[Math.trunc(where / frames.length) % frame.length];
  // Security is disabled here, and stays so.
  if (register === undefined || (register.name === 'GICD_CTLR' && kind !== 'read')) return;
  if (kind === 'read') controller.read(cpu, register.address, 4);
  else if (kind === 'byte') controller.write(cpu, register.address + (where & 3), 1, value);
  else controller.write(cpu, register.address, 4, value);
}

function load(from: Controller, into: Controller): void {
  const registers = new RegisterMap(from);
  for (const { register, cpu } of banksOf(from, registers)) {
    if (!isLoaded(register.row)) continue;
    const { lo, hi } = splitWords(registers.value(register, cpu));
    loadRegister(into, register.row, cpu, register.offset - register.row.offset, lo, hi);
  }
  for (let cpu = 0; from.config.gic === 'v3' && cpu < from.config.cpus; cpu++) {
    for (const name of LOADED_INTERFACE) {
      const value = from.physical?.register(name)?.read?.(cpu, EL1);
      if (value !== undefined) loadInterfaceRegister(into, name, cpu, value);
    }
  }
  settleLoaded(into, noGuesses(into.state));
}

/** Registers by name and bank. */
function all(controller: Controller): Record<string, string> {
  const registers = new RegisterMap(controller);
  const values = banksOf(controller, registers).map(({ register, cpu }): [string, string] => [
    `${register.device.id} ${register.name} of CPU ${cpu}`,
    `0x${registers.value(register, cpu).toString(16)}`,
  ]);
  for (let cpu = 0; cpu < controller.config.cpus; cpu++) {
    for (const { name, read, peek } of iccRegisters(controller)) {
      const value = (peek ?? read)?.(cpu, EL1);
      if (value !== undefined) values.push([`${name} of CPU ${cpu}`, `0x${value.toString(16)}`]);
    }
  }
  return Object.fromEntries(values);
}

/** What no register tells decides these: for which CPUs an SPI is pending, and of QEMU's GICv3 an old winner. */
function told(
  values: Record<string, string>,
  { v2 }: { readonly v2: boolean },
  exact: boolean,
): Record<string, string> {
  if (exact) return values;
  const hidden = v2 ? /GICC_HPPIR/ : /ICC_(HPPIR|IAR)/;
  return Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.test(name)));
}

for (const profile of [ARCH, ARCH_QEMU_7_2, ARCH_QEMU_10]) {
  for (const [gic, cpus] of [
    ['v2', 1],
    ['v2', 3],
    ['v3', 1],
    ['v3', 2],
  ] as const) {
    test(`${profile.name}, GIC${gic}, ${cpus} CPUs: what was read reads back`, () => {
      const exact = isExact(profile, gic);
      fc.assert(
        fc.property(deeds, deeds, (before, earlier) => {
          const one = new Controller(configOf(gic, cpus), profile);
          const other = new Controller(configOf(gic, cpus), profile);
          const registers = new RegisterMap(one);
          one.write(0, BASES.dist, 4, 3);
          for (const deed of before) perform(one, registers, deed);
          // What the other one held before is of no account.
          for (const deed of earlier) perform(other, new RegisterMap(other), deed);
          load(one, other);
          const v2 = gic === 'v2';
          assert.deepEqual(told(all(other), { v2 }, exact), told(all(one), { v2 }, exact));
        }),
        { numRuns: RUNS },
      );
    });
  }
}

function isExact(profile: Profile, gic: 'v2' | 'v3'): boolean {
  if (profile === ARCH) return true;
  return gic === 'v2' ? profile.policy?.v2.spiStatePerCpu !== true : profile.policy?.remembersWinner !== true;
}
