import type { SimulatedGuest } from '../../guest/simulated/simulated-guest.ts';
import { SYSTEM_REGISTERS, type SystemRegister } from '../../guest/simulated/core/system-registers.ts';
import * as L from '../../guest/simulated/core/layout.ts';
import type { CpuFrame, Frame } from '../frames.ts';
import { RequestError } from '../request-error.ts';
import { fact, folder, type Node } from '../variables/node.ts';
import type { FrameScope } from '../variables/scopes.ts';
import { hex64, parseWord } from './parse-word.ts';

const GENERAL = 31;
const VECTORS = 32;
const UNKNOWN = '<not saved>';

/** PSTATE's parts, at their places in SPSR_EL1. */
const PSTATE_FIELDS: readonly (readonly [string, number])[] = [
  ['N', 31],
  ['Z', 30],
  ['C', 29],
  ['V', 28],
  ['IL', 20],
  ['D', 9],
  ['A', 8],
  ['I', 7],
  ['F', 6],
];

/** The CPU's registers as a frame has them: those of outer frames as far as the stack keeps them. */
export function cpuScopes(guest: SimulatedGuest, frame: Frame): FrameScope[] {
  const { cpu, vcpu } = frame;
  if (cpu === undefined) return [];
  const scopes: FrameScope[] = [
    { node: folder('CPU registers', '', () => generalNodes(guest, vcpu, cpu)), expensive: false, hint: 'registers' },
  ];
  if (cpu.depth > 0) return scopes;
  return [
    ...scopes,
    { node: folder('System registers', '', () => systemNodes(guest, vcpu)), expensive: true, hint: 'registers' },
    { node: folder('Vector registers', '', () => vectorNodes(guest, vcpu)), expensive: true, hint: 'registers' },
  ];
}

function generalNodes(guest: SimulatedGuest, vcpu: number, cpu: CpuFrame): Node[] {
  const { core } = guest.machine;
  const live = cpu.depth === 0;
  const register = (name: string, value: () => bigint | null, set: (value: bigint) => void): Node => {
    return {
      name,
      value: () => {
        const known = value();
        return known === null ? UNKNOWN : hex64(known);
      },
      ...(live ? { writable: true, assign: (text: string) => set(parseWord(text, 64)) } : {}),
      ...memoryOf(value()),
    };
  };
  return [
    ...Array.from({ length: GENERAL }, (_, n) =>
      register(
        `x${n}`,
        () => (live ? core.x(vcpu, n) : cpu.x(n)),
        (value) => core.setX(vcpu, n, value),
      ),
    ),
    register(
      'sp',
      () => (live ? core.sp(vcpu) : cpu.sp),
      (value) => core.setSp(vcpu, value),
    ),
    register(
      'pc',
      () => (live ? core.pc(vcpu) : cpu.pc),
      (value) => core.setPc(vcpu, value),
    ),
    ...(live ? [pstateNode(guest, vcpu)] : []),
  ];
}

function memoryOf(value: bigint | null): Pick<Node, 'memoryReference'> {
  return value === null || value === 0n ? {} : { memoryReference: `0x${value.toString(16)}` };
}

function pstateNode(guest: SimulatedGuest, vcpu: number): Node {
  const { core } = guest.machine;
  return {
    name: 'pstate',
    value: () => {
      const value = core.pstate(vcpu);
      const flags = PSTATE_FIELDS.filter(([, bit]) => ((value >>> bit) & 1) !== 0).map(([name]) => name);
      return `0x${value.toString(16)} ${modeName(value)}${flags.length > 0 ? ` ${flags.join(' ')}` : ''}`;
    },
    type: 'process state, as SPSR_EL1 would hold it',
    writable: true,
    assign: (text) => {
      if (!core.setPstate(vcpu, Number(parseWord(text, 32)))) {
        throw new RequestError('this mode does not exist here: M is 0 (EL0t), 4 (EL1t) or 5 (EL1h)');
      }
    },
    children: () => [
      ...PSTATE_FIELDS.map(([name, bit]) => fact(name, String((core.pstate(vcpu) >>> bit) & 1))),
      fact('mode', modeName(core.pstate(vcpu))),
    ],
  };
}

function modeName(value: number): string {
  const mode = value & 31;
  return mode === 0 ? 'EL0t' : mode === 4 ? 'EL1t' : 'EL1h';
}

function systemNodes(guest: SimulatedGuest, vcpu: number): Node[] {
  const { core, timers, ticks } = guest.machine;
  const kept = SYSTEM_REGISTERS.filter(({ offset, name }) => offset >= L.SYSTEM && !name.startsWith('DBG'));
  const counter = fact('CNTVCT_EL0', hex64(BigInt(ticks)), 'the system counter, 62.5 MHz');
  const timerNodes = SYSTEM_REGISTERS.filter(({ name }) => /^CNT[PV]_/.test(name)).map((row) =>
    systemNode(row, () => timers.read(vcpu, row.encoding, ticks), null),
  );
  const stacks = ([0, 1] as const).map((level): Node => {
    return {
      name: `SP_EL${level}`,
      value: () => hex64(core.spOf(vcpu, level)),
      writable: true,
      assign: (text) => core.setSpOf(vcpu, level, parseWord(text, 64)),
    };
  });
  return [
    ...kept.map((row) => {
      const readOnly = (row.descriptor & L.SYSREG_READ_ONLY) !== 0;
      const set = readOnly ? null : (value: bigint) => core.setWord(vcpu, row.offset, value);
      return systemNode(row, () => core.word(vcpu, row.offset), set);
    }),
    ...stacks,
    counter,
    ...timerNodes,
  ];
}

function systemNode(row: SystemRegister, read: () => bigint, set: ((value: bigint) => void) | null): Node {
  return {
    name: row.name,
    value: () => hex64(read()),
    ...(set === null ? {} : { writable: true, assign: (text: string) => set(parseWord(text, 64)) }),
    ...(row.fields.length === 0
      ? {}
      : {
          children: () =>
            row.fields.map(({ name, high, low }) => {
              const value = (read() >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
              const bits = high === low ? `bit ${low}` : `bits ${high}:${low}`;
              return fact(name, high === low ? String(value) : `0x${value.toString(16)}`, bits);
            }),
        }),
  };
}

function vectorNodes(guest: SimulatedGuest, vcpu: number): Node[] {
  const { core } = guest.machine;
  return Array.from({ length: VECTORS }, (_, n): Node => {
    return {
      name: `v${n}`,
      value: () => `0x${core.v(vcpu, n).toString(16).padStart(32, '0')}`,
      writable: true,
      assign: (text) => core.setV(vcpu, n, parseWord(text, 128)),
    };
  });
}
