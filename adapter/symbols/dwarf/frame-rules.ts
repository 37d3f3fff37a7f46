import { ByteReader } from '../byte-reader.ts';
import { DwarfError, dwarfComplaint } from './errors.ts';
import type { FrameEntry } from './frame-entries.ts';

/** Where the caller's value of a register is. Offsets are from the canonical frame address (CFA). */
export type RegisterRule =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'same' }
  /** In memory at CFA + offset. */
  | { readonly kind: 'saved'; readonly offset: number }
  /** It is CFA + offset. */
  | { readonly kind: 'value'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  /** Computed by a DWARF expression, which this does not evaluate. */
  | { readonly kind: 'expression' };

/** How to unwind at one address. */
export interface FrameRules {
  /** The CFA is this register plus an offset; null: an expression computes it. */
  readonly cfa: { readonly register: number; readonly offset: number } | null;
  /** By DWARF number: x0 to x30 are 0 to 30, sp is 31. What is missing keeps its value. */
  readonly registers: ReadonlyMap<number, RegisterRule>;
  readonly returnRegister: number;
  /** Whether the return address is signed (pointer authentication). */
  readonly isSigned: boolean;
  readonly isSignal: boolean;
}

/** DWARF for the Arm 64-bit Architecture: return address signed, 1 or 0. */
const RA_SIGN_STATE = 34;
const UNDEFINED: RegisterRule = { kind: 'undefined' };
const SAME: RegisterRule = { kind: 'same' };
const EXPRESSION: RegisterRule = { kind: 'expression' };
/** AArch64 has numbers up to 127. */
const REGISTERS = 256;
/** States remembered at a time: compilers nest these no deeper than two. */
const MOST_REMEMBERED = 256;

interface State {
  cfa: { register: number; offset: number } | null;
  registers: Map<number, RegisterRule>;
}

/**
 * Runs an entry's instructions up to an address (DWARF 5, 6.4.3).
 * @throws DwarfError
 */
export function rulesAt(entry: FrameEntry, address: bigint): FrameRules {
  const { common } = entry;
  const machine = new FrameMachine(entry);
  machine.run(common.instructions, null);
  machine.keepInitial();
  machine.run(entry.instructions, address);
  const { cfa, registers } = machine.state;
  const sign = registers.get(RA_SIGN_STATE);
  return {
    cfa,
    registers,
    returnRegister: common.returnRegister,
    isSigned: sign?.kind === 'value' && sign.offset === 1,
    isSignal: common.isSignal,
  };
}

class FrameMachine {
  state: State = { cfa: { register: 31, offset: 0 }, registers: new Map() };
  readonly #entry: FrameEntry;
  #initial: ReadonlyMap<number, RegisterRule> = new Map();
  readonly #remembered: State[] = [];
  #at: bigint;

  constructor(entry: FrameEntry) {
    this.#entry = entry;
    this.#at = entry.start;
  }

  /** What DW_CFA_restore goes back to. */
  keepInitial(): void {
    this.#initial = new Map(this.state.registers);
  }

  /** @param until the address to know about; instructions for later ones are not run. null: run all. */
  run([start, end]: readonly [number, number], until: bigint | null): void {
    const { section } = this.#entry;
    const reader = new ByteReader(section.bytes, dwarfComplaint(section.name), start, end);
    while (reader.left > 0) {
      this.#step(reader);
      if (until !== null && this.#at > until) return;
    }
  }

  #step(reader: ByteReader): void {
    const { codeAlignment, dataAlignment, addressSize } = this.#entry.common;
    const at = reader.at;
    const opcode = reader.u8();
    const low = opcode & 0x3f;
    switch (opcode & 0xc0) {
      case 0x40: // advance_loc
        this.#at += BigInt(low * codeAlignment);
        return;
      case 0x80: // offset
        this.#set(low, { kind: 'saved', offset: reader.uleb() * dataAlignment });
        return;
      case 0xc0: // restore
        this.#restore(low);
        return;
      default:
    }
    switch (opcode) {
      case 0x00: // nop
        return;
      case 0x01: // set_loc
        this.#at = reader.unsigned(addressSize);
        return;
      case 0x02: // advance_loc1
        this.#at += BigInt(reader.u8() * codeAlignment);
        return;
      case 0x03: // advance_loc2
        this.#at += BigInt(reader.u16() * codeAlignment);
        return;
      case 0x04: // advance_loc4
        this.#at += BigInt(reader.u32()) * BigInt(codeAlignment);
        return;
      case 0x05: // offset_extended
        this.#set(reader.uleb(), { kind: 'saved', offset: reader.uleb() * dataAlignment });
        return;
      case 0x06: // restore_extended
        this.#restore(reader.uleb());
        return;
      case 0x07: // undefined
        this.#set(reader.uleb(), UNDEFINED);
        return;
      case 0x08: // same_value
        this.#set(reader.uleb(), SAME);
        return;
      case 0x09: // register
        this.#set(reader.uleb(), { kind: 'register', register: reader.uleb() });
        return;
      case 0x0a: // remember_state
        if (this.#remembered.length >= MOST_REMEMBERED) reader.fail('too many states to remember', at);
        this.#remembered.push({ cfa: this.state.cfa, registers: new Map(this.state.registers) });
        return;
      case 0x0b: // restore_state
        this.state = this.#remembered.pop() ?? reader.fail('a state restored that was not remembered', at);
        return;
      case 0x0c: // def_cfa
        this.state.cfa = { register: reader.uleb(), offset: reader.uleb() };
        return;
      case 0x0d: // def_cfa_register
        this.state.cfa = { register: reader.uleb(), offset: this.state.cfa?.offset ?? 0 };
        return;
      case 0x0e: // def_cfa_offset
        this.#cfaOffset(reader.uleb());
        return;
      case 0x0f: // def_cfa_expression
        reader.skip(reader.uleb());
        this.state.cfa = null;
        return;
      case 0x10: // expression
      case 0x16: // val_expression
        this.#set(reader.uleb(), EXPRESSION);
        reader.skip(reader.uleb());
        return;
      case 0x11: // offset_extended_sf
        this.#set(reader.uleb(), { kind: 'saved', offset: reader.sleb() * dataAlignment });
        return;
      case 0x12: // def_cfa_sf
        this.state.cfa = { register: reader.uleb(), offset: reader.sleb() * dataAlignment };
        return;
      case 0x13: // def_cfa_offset_sf
        this.#cfaOffset(reader.sleb() * dataAlignment);
        return;
      case 0x14: // val_offset
        this.#set(reader.uleb(), { kind: 'value', offset: reader.uleb() * dataAlignment });
        return;
      case 0x15: // val_offset_sf
        this.#set(reader.uleb(), { kind: 'value', offset: reader.sleb() * dataAlignment });
        return;
      case 0x2d: // AARCH64_negate_ra_state
        this.#negateSign();
        return;
      case 0x2e: // GNU_args_size
        reader.skipLeb();
        return;
      default:
        reader.fail(`unknown call frame instruction 0x${opcode.toString(16)}`, at);
    }
  }

  #set(register: number, rule: RegisterRule): void {
    if (register >= REGISTERS)
      throw new DwarfError(this.#entry.section.name, this.#entry.instructions[0], `a rule for register ${register}`);
    this.state.registers.set(register, rule);
  }

  #restore(register: number): void {
    const rule = this.#initial.get(register);
    if (rule) this.state.registers.set(register, rule);
    else this.state.registers.delete(register);
  }

  #cfaOffset(offset: number): void {
    if (this.state.cfa) this.state.cfa = { register: this.state.cfa.register, offset };
  }

  #negateSign(): void {
    const rule = this.state.registers.get(RA_SIGN_STATE);
    const signed = rule?.kind === 'value' && rule.offset === 1;
    this.#set(RA_SIGN_STATE, { kind: 'value', offset: signed ? 0 : 1 });
  }
}
