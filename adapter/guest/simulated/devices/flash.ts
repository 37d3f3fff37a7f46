import { BLOCK_SIZE, cfiAnswer, chipIdentification } from './cfi.ts';
import {
  DeviceStateError,
  numberOf,
  numbersOf,
  piecesOf,
  UP_TO_WORD,
  type Device,
  type DeviceState,
  type Width,
} from './device.ts';

/** Commands (Intel's set, as CFI command set 1). */
const Command = {
  ReadArray: 0xff,
  ReadArrayToo: 0xf0,
  Identify: 0x90,
  Query: 0x98,
  ReadStatus: 0x70,
  ClearStatus: 0x50,
  Erase: 0x20,
  Program: 0x40,
  ProgramToo: 0x10,
  BufferedProgram: 0xe8,
  Lock: 0x60,
  Confirm: 0xd0,
  LockBlock: 0x01,
} as const;

/** Status register of a chip: ready, and erase, program and protection errors. */
const READY = 0x80;
const ERASE_ERROR = 0x20;
const PROGRAM_ERROR = 0x10;
const PROTECTED = 0x02;

/** What the bank shows to reads. */
const View = { Array: 0, Status: 1, Identification: 2, Query: 3 } as const;
type View = (typeof View)[keyof typeof View];

/** What the next write is. */
const Expect = {
  Command: 0,
  EraseConfirm: 1,
  Datum: 2,
  Count: 3,
  Buffer: 4,
  BufferConfirm: 5,
  LockConfirm: 6,
} as const;
type Expect = (typeof Expect)[keyof typeof Expect];

const ERASED = 0xff;
/** Words of the write buffer of the bank. */
const BUFFER_WORDS = 1024;

export interface FlashOptions {
  readonly name: string;
  readonly base: number;
  /** Bytes; a multiple of BLOCK_SIZE. */
  readonly size: number;
  /** Erasing and programming answer "protected". */
  readonly readOnly: boolean;
  /**
   * Whether the bank reads as memory (true) or as a device (false), whenever that changes. A core that executes from
   * the bank keeps a copy of `contents` mapped meanwhile.
   */
  readonly onArrayMode?: (array: boolean) => void;
  /** Bytes changed: offset and length. */
  readonly onContents?: (offset: number, length: number) => void;
}

/**
 * A bank of parallel NOR flash as QEMU's `virt` has two: a pair of 16-bit chips side by side, 32 bits wide, Intel
 * command set with a CFI query. Commands are taken from the lowest byte written and answered by both chips, in any
 * width. Blocks never written cost no memory and read as erased.
 */
export class Flash implements Device {
  readonly access = UP_TO_WORD;
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly #options: FlashOptions;
  #blocks = new Map<number, Uint8Array>();
  /** Blocks a saved state shares: copied before they change. */
  #shared = new Set<number>();
  #view: View = View.Array;
  #expect: Expect = Expect.Command;
  #status = READY;
  /** A buffered program under way: words still to come, and (offset, width, value) of those taken. */
  #left = 0;
  #buffer: number[] = [];

  constructor(options: FlashOptions) {
    this.name = options.name;
    this.base = options.base;
    this.size = options.size;
    this.#options = options;
  }

  /** Reads answer the contents. */
  get arrayMode(): boolean {
    return this.#view === View.Array;
  }

  /**
   * Puts an image into the bank, as a programmer does.
   * @throws RangeError where it does not fit
   */
  load(image: Uint8Array, offset = 0): void {
    if (offset < 0 || offset + image.length > this.size) {
      throw new RangeError(`${image.length} bytes at offset ${offset} do not fit into ${this.name}`);
    }
    this.#store(offset, image);
  }

  /** A copy of what the bank holds, whatever it shows at the moment. */
  contents(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset))).fill(ERASED);
    for (let done = 0; done < bytes.length;) {
      const at = offset + done;
      const inBlock = at % BLOCK_SIZE;
      const piece = Math.min(BLOCK_SIZE - inBlock, bytes.length - done);
      const block = this.#blocks.get((at - inBlock) / BLOCK_SIZE);
      if (block) bytes.set(block.subarray(inBlock, inBlock + piece), done);
      done += piece;
    }
    return bytes;
  }

  read(offset: number, width: Width): number {
    switch (this.#view) {
      case View.Array:
        return this.#array(offset, width);
      case View.Status:
        return bothChips(this.#status, width);
      case View.Identification:
        return bothChips(chipIdentification(offset >>> 2), width);
      case View.Query:
        return bothChips(cfiAnswer(offset >>> 2), width);
    }
  }

  write(offset: number, width: Width, value: number | bigint): void {
    const word = Number(value);
    const wasArray = this.arrayMode;
    switch (this.#expect) {
      case Expect.Command:
        this.#command(word & 0xff);
        break;
      case Expect.EraseConfirm:
        this.#expect = Expect.Command;
        if ((word & 0xff) === Command.Confirm) this.#erase(offset);
        else this.#sequenceError();
        break;
      case Expect.Datum:
        this.#expect = Expect.Command;
        if (this.#options.readOnly) this.#status |= PROGRAM_ERROR | PROTECTED;
        else this.#store(offset, littleEndian(word, width));
        break;
      case Expect.Count:
        this.#left = (word & 0xffff) + 1;
        this.#buffer = [];
        this.#expect = Expect.Buffer;
        if (this.#left > BUFFER_WORDS * 2) this.#sequenceError();
        break;
      case Expect.Buffer:
        this.#buffer.push(offset, width, word);
        this.#left -= 1;
        if (this.#left === 0) this.#expect = Expect.BufferConfirm;
        break;
      case Expect.BufferConfirm:
        this.#expect = Expect.Command;
        if ((word & 0xff) === Command.Confirm) this.#programBuffer();
        else this.#sequenceError();
        break;
      case Expect.LockConfirm:
        this.#lock(word & 0xff);
        break;
    }
    if (wasArray !== this.arrayMode) this.#options.onArrayMode?.(this.arrayMode);
  }

  /** A chip's reset: commands under way are dropped, contents stay. */
  reset(): void {
    const wasArray = this.arrayMode;
    this.#view = View.Array;
    this.#expect = Expect.Command;
    this.#status = READY;
    this.#left = 0;
    this.#buffer = [];
    if (!wasArray) this.#options.onArrayMode?.(true);
  }

  save(): DeviceState {
    const blocks = [...this.#blocks.keys()].sort((a, b) => a - b);
    this.#shared = new Set(blocks);
    return {
      blocks,
      data: blocks.map((block) => this.#blocks.get(block) as Uint8Array),
      view: this.#view,
      expect: this.#expect,
      status: this.#status,
      left: this.#left,
      buffer: [...this.#buffer],
    };
  }

  restore(state: DeviceState): void {
    const numbers = numbersOf(state, 'blocks');
    const data = piecesOf(state, 'data', BLOCK_SIZE);
    if (numbers.length !== data.length) throw new DeviceStateError(`${this.name}: blocks without contents`);
    const before = this.#blocks;
    this.#blocks = new Map(data.map((piece, n) => [numbers[n] as number, piece]));
    this.#shared = new Set(numbers);
    this.#view = numberOf(state, 'view') as View;
    this.#expect = numberOf(state, 'expect') as Expect;
    this.#status = numberOf(state, 'status');
    this.#left = numberOf(state, 'left');
    this.#buffer = numbersOf(state, 'buffer');
    for (const block of new Set([...before.keys(), ...numbers])) {
      if (before.get(block) !== this.#blocks.get(block)) this.#options.onContents?.(block * BLOCK_SIZE, BLOCK_SIZE);
    }
    this.#options.onArrayMode?.(this.arrayMode);
  }

  #array(offset: number, width: Width): number {
    const block = this.#blocks.get(Math.floor(offset / BLOCK_SIZE));
    let value = 0;
    for (let n = width - 1; n >= 0; n--) value = value * 256 + (block?.[(offset % BLOCK_SIZE) + n] ?? ERASED);
    return value;
  }

  #command(command: number): void {
    this.#view = View.Status;
    switch (command) {
      case Command.Identify:
        this.#view = View.Identification;
        break;
      case Command.Query:
        this.#view = View.Query;
        break;
      case Command.ReadStatus:
        break;
      case Command.ClearStatus:
        this.#status = READY;
        this.#view = View.Array;
        break;
      case Command.Erase:
        this.#expect = Expect.EraseConfirm;
        break;
      case Command.Program:
      case Command.ProgramToo:
        this.#expect = Expect.Datum;
        break;
      case Command.BufferedProgram:
        this.#expect = Expect.Count;
        break;
      case Command.Lock:
        this.#expect = Expect.LockConfirm;
        break;
      default: // ReadArray, and commands the chip does not have
        this.#view = View.Array;
    }
  }

  #sequenceError(): void {
    this.#expect = Expect.Command;
    this.#status |= ERASE_ERROR | PROGRAM_ERROR;
  }

  #erase(offset: number): void {
    const block = Math.floor(offset / BLOCK_SIZE);
    if (this.#options.readOnly) this.#status |= ERASE_ERROR | PROTECTED;
    else if (this.#blocks.delete(block)) this.#options.onContents?.(block * BLOCK_SIZE, BLOCK_SIZE);
  }

  #programBuffer(): void {
    if (this.#options.readOnly) this.#status |= PROGRAM_ERROR | PROTECTED;
    else {
      for (let n = 0; n < this.#buffer.length; n += 3) {
        const [offset, width, value] = this.#buffer.slice(n, n + 3) as [number, Width, number];
        this.#store(offset, littleEndian(value, width));
      }
    }
    this.#buffer = [];
  }

  /** Blocks can be locked and unlocked; the locks are not kept, as in QEMU. */
  #lock(confirm: number): void {
    this.#expect = Expect.Command;
    if (confirm === Command.Confirm || confirm === Command.LockBlock) return;
    if (confirm === Command.ReadArray) this.#view = View.Array;
    else this.#sequenceError();
  }

  #store(offset: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const at = offset + done;
      const number = Math.floor(at / BLOCK_SIZE);
      let block = this.#blocks.get(number);
      if (!block || this.#shared.delete(number)) {
        block = block?.slice() ?? new Uint8Array(BLOCK_SIZE).fill(ERASED);
        this.#blocks.set(number, block);
      }
      const piece = bytes.subarray(done, done + BLOCK_SIZE - (at % BLOCK_SIZE));
      block.set(piece, at % BLOCK_SIZE);
      done += piece.length;
    }
    this.#options.onContents?.(offset, bytes.length);
  }
}

/** What one 16-bit chip answers, seen through the bank. */
function bothChips(answer: number, width: Width): number {
  return width === 4 ? answer + answer * 0x1_0000 : answer;
}

function littleEndian(value: number, width: Width): Uint8Array {
  return Uint8Array.from({ length: width }, (_, n) => (value >>> (8 * n)) & 0xff);
}
