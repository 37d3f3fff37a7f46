import type { GdbGuest } from '../../guest/gdb/gdb-guest.ts';
import type { CpuFrame, Frame } from '../frames.ts';
import { hex64, parseWord } from '../machine/parse-word.ts';
import { RequestError } from '../request-error.ts';
import { folder, type Node } from '../variables/node.ts';
import type { FrameScope } from '../variables/scopes.ts';

const GENERAL = 31;
const UNKNOWN = '<not saved>';
const UNREAD = '<not available>';

/** The CPU's registers as the stub tells them; those of outer frames as far as the stack keeps them. */
export function targetScopes(guest: GdbGuest, frame: Frame): FrameScope[] {
  const { cpu, vcpu } = frame;
  if (cpu === undefined) return [];
  const general = folder('CPU registers', '', () => generalNodes(guest, vcpu, cpu));
  const scopes: FrameScope[] = [{ node: general, expensive: false, hint: 'registers' }];
  if (cpu.depth > 0) return scopes;
  const { system } = guest.cpus.names;
  if (system.length > 0) {
    const node = {
      ...folder('System registers', '', () => system.map((one) => systemNode(guest, vcpu, one))),
      prepare: () => guest.cpus.fetchRegisters(system.map(({ name }) => name)),
    };
    scopes.push({ node, expensive: true, hint: 'registers' });
  }
  const interfaceNode = interfaceOf(guest, vcpu);
  if (interfaceNode !== null) scopes.push({ node: interfaceNode, expensive: true, hint: 'registers' });
  return scopes;
}

function generalNodes(guest: GdbGuest, vcpu: number, cpu: CpuFrame): Node[] {
  const { cpus } = guest;
  const { names } = cpus;
  const live = cpu.depth === 0;
  const register = (name: string, number: number, outer: () => bigint | null): Node => {
    const read = (): bigint | null => (live ? cpus.byNumber(vcpu, number) : outer());
    const value = read();
    return {
      name,
      value: () => {
        const known = read();
        return known === null ? UNKNOWN : hex64(known);
      },
      ...(live
        ? { writable: true, assign: (text: string) => cpus.writeRegister(vcpu, number, parseWord(text, 64)) }
        : {}),
      ...(value === null || value === 0n ? {} : { memoryReference: `0x${value.toString(16)}` }),
    };
  };
  const { cpsr } = names;
  return [
    ...Array.from({ length: GENERAL }, (_, n) => register(`x${n}`, names.x(n), () => cpu.x(n))),
    register('sp', names.sp, () => cpu.sp),
    register('pc', names.pc, () => cpu.pc),
    ...(live && cpsr !== null ? [pstateNode(guest, vcpu, cpsr)] : []),
  ];
}

function pstateNode(guest: GdbGuest, vcpu: number, number: number): Node {
  return {
    name: 'pstate',
    value: () => {
      const value = guest.cpus.pstate(vcpu);
      return value === null ? UNREAD : `0x${value.toString(16)} EL${(value >> 2) & 3}${(value & 1) === 0 ? 't' : 'h'}`;
    },
    type: 'process state, as SPSR_EL1 would hold it',
    writable: true,
    assign: (text) => guest.cpus.writeRegister(vcpu, number, parseWord(text, 32)),
  };
}

function systemNode(
  guest: GdbGuest,
  vcpu: number,
  { name, number, bits }: { readonly name: string; readonly number: number; readonly bits: number },
): Node {
  return {
    name,
    value: () => {
      const value = guest.cpus.byNumber(vcpu, number);
      return value === null ? UNREAD : `0x${value.toString(16).padStart(bits / 4, '0')}`;
    },
    writable: true,
    assign: async (text) => {
      const wanted = parseWord(text, bits);
      await guest.cpus.writeRegister(vcpu, number, wanted);
      const kept = guest.cpus.byNumber(vcpu, number);
      if (kept !== wanted) {
        const shown = kept === null ? 'nothing' : `0x${kept.toString(16)}`;
        throw new RequestError(
          `the stub answered OK, but ${name} stays ${shown}: it does not write this register`,
          true,
        );
      }
    },
  };
}

/** Registers of the CPU interface that are no memory: read by the CPU itself. */
function interfaceOf(guest: GdbGuest, vcpu: number): Node | null {
  const { interfaceRegisters } = guest;
  if (interfaceRegisters === null) return null;
  return {
    ...folder('GIC CPU interface', '', () =>
      interfaceRegisters.names.map((name) => {
        const value = interfaceRegisters.value(vcpu, name);
        return {
          name,
          value: () => (typeof value === 'bigint' ? `0x${value.toString(16)}` : `<${value}>`),
          type: 'read by a borrowed MRS of this CPU',
        };
      }),
    ),
    prepare: () => interfaceRegisters.fetch(vcpu),
  };
}
