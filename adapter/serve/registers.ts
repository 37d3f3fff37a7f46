import * as L from '../guest/simulated/core/layout.ts';
import { SYSTEM_REGISTERS, type SystemField } from '../guest/simulated/core/system-registers.ts';
import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import { CORE_FEATURE, FPU_FEATURE } from '../rsp/stub/target-xml.ts';
import type { FlagsField, FlagsType, StubRegister } from '../rsp/stub/target.ts';

export const SYSTEM_FEATURE = 'org.gicinspector.system';
/** op0 of its registers. */
const SELF_HOSTED_DEBUG = 2;
/** GDB's own feature has them. */
const FPU_STATUS: ReadonlySet<string> = new Set(['FPCR', 'FPSR']);

/** A vCPU's registers, by the numbers of threads: from 1. */
export interface RegisterTable {
  readonly registers: readonly StubRegister[];
  readonly types: readonly FlagsType[];
}

/** As GDB's own aarch64-core.xml has it, as far as a v8.0 CPU goes. */
const CPSR: readonly FlagsField[] = [
  ...['N', 'Z', 'C', 'V'].map((name, n) => ({ name, low: 31 - n, high: 31 - n })),
  { name: 'SS', low: 21, high: 21 },
  { name: 'IL', low: 20, high: 20 },
  ...['D', 'A', 'I', 'F'].map((name, n) => ({ name, low: 9 - n, high: 9 - n })),
  { name: 'nRW', low: 4, high: 4 },
  { name: 'EL', low: 2, high: 3 },
  { name: 'SP', low: 0, high: 0 },
].sort((a, b) => a.low - b.low);

/** x0 to x30, sp, pc, cpsr, v0 to v31, fpsr, fpcr: in the order and of the sizes that GDB insists on. */
export function cpuRegisters({ machine: { core } }: SimulatedGuest): RegisterTable {
  const word = (
    name: string,
    type: string,
    read: (vcpu: number) => bigint,
    set: (vcpu: number, value: bigint) => void,
  ): StubRegister => register(name, CORE_FEATURE, 64, type, read, accepting(set));
  const status = (name: string, offset: number): StubRegister =>
    register(
      name,
      FPU_FEATURE,
      32,
      'int',
      (vcpu) => core.word(vcpu, offset) & 0xffff_ffffn,
      accepting((vcpu, value) => core.setWord(vcpu, offset, value)),
    );
  const registers = [
    ...Array.from({ length: 31 }, (_, n) =>
      word(
        `x${n}`,
        'int',
        (vcpu) => core.x(vcpu, n),
        (vcpu, value) => core.setX(vcpu, n, value),
      ),
    ),
    word(
      'sp',
      'data_ptr',
      (vcpu) => core.sp(vcpu),
      (vcpu, value) => core.setSp(vcpu, value),
    ),
    word(
      'pc',
      'code_ptr',
      (vcpu) => core.pc(vcpu),
      (vcpu, value) => core.setPc(vcpu, value),
    ),
    register(
      'cpsr',
      CORE_FEATURE,
      32,
      'cpsr_flags',
      (vcpu) => BigInt(core.pstate(vcpu)),
      (vcpu, value) => core.setPstate(vcpu, Number(value)),
    ),
    ...Array.from({ length: 32 }, (_, n) =>
      register(
        `v${n}`,
        FPU_FEATURE,
        128,
        'aarch64v',
        (vcpu) => core.v(vcpu, n),
        accepting((vcpu, value) => core.setV(vcpu, n, value)),
      ),
    ),
    status('fpsr', L.FPSR),
    status('fpcr', L.FPCR),
  ];
  return { registers, types: [{ id: 'cpsr_flags', feature: CORE_FEATURE, bytes: 4, fields: CPSR }] };
}

/** System registers under the names Arm gives them; those of self-hosted debug, which match nothing here, are left out. */
export function systemRegisters({ machine }: SimulatedGuest): RegisterTable {
  const { core, timers } = machine;
  const kept = SYSTEM_REGISTERS.filter(
    ({ offset, name, encoding }) =>
      offset >= L.SYSTEM && encoding >> 14 !== SELF_HOSTED_DEBUG && !name.startsWith('S3_') && !FPU_STATUS.has(name),
  );
  const timer = SYSTEM_REGISTERS.filter(({ name }) => /^CNT[PV]_/.test(name));
  const types: FlagsType[] = [];
  const typeOf = (name: string, fields: readonly SystemField[]): string => {
    if (fields.length === 0) return 'uint64';
    const id = `${name}_fields`;
    types.push({ id, feature: SYSTEM_FEATURE, bytes: 8, fields: [...fields].sort((a, b) => a.low - b.low) });
    return id;
  };
  const add = (
    name: string,
    type: string,
    read: (vcpu: number) => bigint,
    write: StubRegister['write'],
  ): StubRegister => register(name, SYSTEM_FEATURE, 64, type, read, write, 'system');
  const registers = [
    ...kept.map(({ name, fields, offset, descriptor }) => {
      const readOnly = (descriptor & L.SYSREG_READ_ONLY) !== 0;
      const write = readOnly ? null : accepting((vcpu, value) => core.setWord(vcpu, offset, value));
      return add(name, typeOf(name, fields), (vcpu) => core.word(vcpu, offset), write);
    }),
    ...([0, 1] as const).map((level) =>
      add(
        `SP_EL${level}`,
        'data_ptr',
        (vcpu) => core.spOf(vcpu, level),
        accepting((vcpu, value) => core.setSpOf(vcpu, level, value)),
      ),
    ),
    add('CNTVCT_EL0', 'uint64', () => BigInt(machine.ticks), null),
    ...timer.map(({ name, fields, encoding }) =>
      add(name, typeOf(name, fields), (vcpu) => timers.read(vcpu, encoding, machine.ticks), null),
    ),
  ];
  return { registers, types };
}

/** Threads count from 1, vCPUs from 0. */
export function register(
  name: string,
  feature: string,
  bits: StubRegister['bits'],
  type: string,
  read: (vcpu: number) => bigint,
  write: StubRegister['write'],
  group: string | null = null,
): StubRegister {
  return {
    name,
    feature,
    bits,
    type,
    group,
    read: (thread) => read(thread - 1),
    write: write === null ? null : (thread, value) => write(thread - 1, value),
  };
}

function accepting(set: (vcpu: number, value: bigint) => void): (vcpu: number, value: bigint) => boolean {
  return (vcpu, value) => {
    set(vcpu, value);
    return true;
  };
}
