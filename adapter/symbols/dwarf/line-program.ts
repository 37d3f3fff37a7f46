import type { ByteReader } from '../byte-reader.ts';
import { DwarfError } from './errors.ts';
import { readOldFile, type FileEntry, type LineHeader } from './line-header.ts';
import type { DwarfSections } from './sections.ts';

/** Flags of a row. */
export const ROW_STATEMENT = 1;
export const ROW_PROLOGUE_END = 2;
export const ROW_EPILOGUE_BEGIN = 4;

/**
 * Rows of instructions that follow each other, ascending by address: each is good up to the next one, the last up to
 * `size`. Addresses are 32-bit distances from `start`, which keeps a kernel's millions of rows small.
 */
export interface LineSequence {
  readonly start: bigint;
  /** Bytes; the address behind the last instruction is `start + size`. */
  readonly size: number;
  readonly offsets: Uint32Array;
  readonly lines: Uint32Array;
  /** Number of the file, as in `filePaths`. */
  readonly files: Uint32Array;
  /** From 1; 0: none told. Above 65535 it is 65535. */
  readonly columns: Uint16Array;
  /** ROW_ flags. */
  readonly flags: Uint8Array;
}

export interface LineRows {
  readonly sequences: readonly LineSequence[];
  /** Files that the program itself defines, to be numbered after the header's. */
  readonly definedFiles: readonly FileEntry[];
}

const DW_LNS_copy = 1;
const DW_LNS_advance_pc = 2;
const DW_LNS_advance_line = 3;
const DW_LNS_set_file = 4;
const DW_LNS_set_column = 5;
const DW_LNS_negate_stmt = 6;
const DW_LNS_set_basic_block = 7;
const DW_LNS_const_add_pc = 8;
const DW_LNS_fixed_advance_pc = 9;
const DW_LNS_set_prologue_end = 10;
const DW_LNS_set_epilogue_begin = 11;
const DW_LNS_set_isa = 12;

const DW_LNE_end_sequence = 1;
const DW_LNE_set_address = 2;
const DW_LNE_define_file = 3;

const MAX_U32 = 0xffff_ffff;

/**
 * Runs a line program (DWARF 5, 6.2.5). Where it turns out malformed, the sequences before are kept, and the rest is
 * told of.
 */
export function runLineProgram(sections: DwarfSections, header: LineHeader): LineRows {
  const machine = new LineMachine(header);
  try {
    sections.spend('line', header.start, header.end - header.opcodesAt);
    machine.run(sections.reader('line', header.opcodesAt, header.end));
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
    sections.warn(error);
  }
  return machine;
}

class LineMachine implements LineRows {
  readonly sequences: LineSequence[] = [];
  readonly definedFiles: FileEntry[] = [];
  readonly #header: LineHeader;

  // The registers (DWARF 5, 6.2.2). The address is #base + #offset.
  #base = 0n;
  #offset = 0;
  #operation = 0;
  #file = 1;
  #line = 1;
  #column = 0;
  #statement: boolean;
  #mark = 0;

  // Rows of the sequence under way, and whether their addresses ascend.
  #offsets: number[] = [];
  #lines: number[] = [];
  #files: number[] = [];
  #columns: number[] = [];
  #flags: number[] = [];
  #ascending = true;

  constructor(header: LineHeader) {
    this.#header = header;
    this.#statement = header.defaultIsStatement;
  }

  run(reader: ByteReader): void {
    const { opcodeBase, operands, lineBase, lineRange } = this.#header;
    while (reader.left > 0) {
      const opcode = reader.u8();
      if (opcode >= opcodeBase) {
        const special = opcode - opcodeBase;
        this.#advance(Math.floor(special / lineRange));
        this.#line += lineBase + (special % lineRange);
        this.#row(reader);
      } else if (opcode === 0) this.#extended(reader);
      else this.#standard(reader, opcode, operands[opcode - 1] as number);
    }
  }

  #standard(reader: ByteReader, opcode: number, operandCount: number): void {
    switch (opcode) {
      case DW_LNS_copy:
        this.#row(reader);
        return;
      case DW_LNS_advance_pc:
        this.#advance(reader.uleb());
        return;
      case DW_LNS_advance_line:
        this.#line += reader.sleb();
        return;
      case DW_LNS_set_file:
        this.#file = reader.uleb();
        return;
      case DW_LNS_set_column:
        this.#column = reader.uleb();
        return;
      case DW_LNS_negate_stmt:
        this.#statement = !this.#statement;
        return;
      case DW_LNS_set_basic_block:
        return;
      case DW_LNS_const_add_pc:
        this.#advance(Math.floor((255 - this.#header.opcodeBase) / this.#header.lineRange));
        return;
      case DW_LNS_fixed_advance_pc:
        this.#offset += reader.u16();
        this.#operation = 0;
        return;
      case DW_LNS_set_prologue_end:
        this.#mark |= ROW_PROLOGUE_END;
        return;
      case DW_LNS_set_epilogue_begin:
        this.#mark |= ROW_EPILOGUE_BEGIN;
        return;
      case DW_LNS_set_isa:
        reader.skipLeb();
        return;
      default:
        for (let operand = 0; operand < operandCount; operand++) reader.skipLeb();
    }
  }

  #extended(reader: ByteReader): void {
    const length = reader.uleb();
    const start = reader.at;
    // Some assemblers pad with zeros: an extended opcode without even its number.
    if (length === 0) return;
    const end = reader.skip(length) + length;
    reader.at = start;
    switch (reader.u8()) {
      case DW_LNE_end_sequence:
        this.#endSequence(reader);
        break;
      case DW_LNE_set_address:
        this.#setAddress(reader.unsigned(length - 1));
        break;
      case DW_LNE_define_file:
        this.definedFiles.push(readOldFile(reader, reader.string()));
        break;
      default:
    }
    if (reader.at > end) reader.fail('an extended opcode longer than it says', start);
    reader.at = end;
  }

  #advance(operations: number): void {
    const { minimumInstructionLength, maximumOperations } = this.#header;
    if (maximumOperations === 1) this.#offset += operations * minimumInstructionLength;
    else {
      const sum = this.#operation + operations;
      this.#offset += minimumInstructionLength * Math.floor(sum / maximumOperations);
      this.#operation = sum % maximumOperations;
    }
  }

  #setAddress(address: bigint): void {
    this.#operation = 0;
    if (this.#offsets.length === 0) {
      this.#base = address;
      this.#offset = 0;
    } else this.#offset = Number(address - this.#base);
  }

  #row(reader: ByteReader): void {
    // What is no number of a line or file cannot have been meant; the row stands, without them.
    this.#checkOffset(reader);
    if (this.#offset < (this.#offsets[this.#offsets.length - 1] ?? 0)) this.#ascending = false;
    this.#offsets.push(this.#offset);
    this.#lines.push(this.#line > 0 && this.#line <= MAX_U32 ? this.#line : 0);
    this.#files.push(Math.min(this.#file, MAX_U32));
    this.#columns.push(Math.min(this.#column, 0xffff));
    this.#flags.push(this.#mark | (this.#statement ? ROW_STATEMENT : 0));
    this.#mark = 0;
  }

  #checkOffset(reader: ByteReader): void {
    if (this.#offset < 0 || this.#offset > MAX_U32)
      reader.fail(`a sequence from 0x${this.#base.toString(16)} on that is longer than 4 GiB`);
  }

  #endSequence(reader: ByteReader): void {
    this.#checkOffset(reader);
    const count = this.#offsets.length;
    if (count > 0) {
      const order = this.#ascending ? null : [...this.#offsets.keys()].sort(this.#byOffset);
      const pick = (values: readonly number[]): readonly number[] =>
        order ? order.map((index) => values[index] as number) : values;
      const offsets = Uint32Array.from(pick(this.#offsets));
      this.sequences.push({
        start: this.#base,
        size: Math.max(this.#offset, offsets[count - 1] as number),
        offsets,
        lines: Uint32Array.from(pick(this.#lines)),
        files: Uint32Array.from(pick(this.#files)),
        columns: Uint16Array.from(pick(this.#columns)),
        flags: Uint8Array.from(pick(this.#flags)),
      });
    }
    this.#reset();
  }

  readonly #byOffset = (a: number, b: number): number =>
    (this.#offsets[a] as number) - (this.#offsets[b] as number) || a - b;

  #reset(): void {
    this.#base = 0n;
    this.#offset = 0;
    this.#operation = 0;
    this.#file = 1;
    this.#line = 1;
    this.#column = 0;
    this.#statement = this.#header.defaultIsStatement;
    this.#mark = 0;
    this.#offsets = [];
    this.#lines = [];
    this.#files = [];
    this.#columns = [];
    this.#flags = [];
    this.#ascending = true;
  }
}
