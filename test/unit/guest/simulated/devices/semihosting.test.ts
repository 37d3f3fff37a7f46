import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  semihostingCall,
  type SemihostingHost,
  type SemihostingResult,
} from '../../../../../adapter/guest/simulated/devices/semihosting.ts';

const BASE = 0x4000_0000n;
const BLOCK = BASE + 0x800n;
const MINUS_ONE = 0xffff_ffff_ffff_ffffn;
const APPLICATION_EXIT = 0x2_0026n;

interface Fixture {
  readonly host: SemihostingHost;
  readonly memory: Uint8Array;
  readonly out: { stdout: string; stderr: string };
  readonly put: (offset: number, text: string) => bigint;
  /** A call with a block of words. */
  readonly call: (operation: number, ...words: readonly bigint[]) => SemihostingResult;
  /** What it answered in x0, or what else came of it. */
  readonly value: (operation: number, ...words: readonly bigint[]) => bigint | string;
  readonly wordAt: (offset: number) => bigint;
}

function make(typed: readonly number[] = [], ended = false): Fixture {
  const memory = new Uint8Array(0x1000);
  const out = { stdout: '', stderr: '' };
  const queue = [...typed];
  const host: SemihostingHost = {
    readMemory(address, length) {
      const at = Number(address - BASE);
      return at < 0 || at >= memory.length ? new Uint8Array() : memory.slice(at, at + length);
    },
    writeMemory(address, bytes) {
      const at = Number(address - BASE);
      if (at < 0 || at + bytes.length > memory.length) return false;
      memory.set(bytes, at);
      return true;
    },
    output(bytes, stream) {
      out[stream] += new TextDecoder().decode(bytes);
    },
    input: () => queue.shift() ?? (ended ? -1 : null),
    now: () => 125_000_000n,
    seconds: () => 1234,
    free: { start: BASE + 0x10_0000n, end: BASE + 0x800_0000n },
    commandLine: 'gic.elf -v',
  };
  const put = (offset: number, text: string): bigint => {
    memory.set(new TextEncoder().encode(text), offset);
    return BASE + BigInt(offset);
  };
  const call = (operation: number, ...words: readonly bigint[]): SemihostingResult => {
    const view = new DataView(memory.buffer);
    words.forEach((word, n) => {
      view.setBigUint64(0x800 + 8 * n, word, true);
    });
    return semihostingCall(host, BigInt(operation), BLOCK);
  };
  const value = (operation: number, ...words: readonly bigint[]): bigint | string => {
    const result = call(operation, ...words);
    return result.kind === 'return' ? result.x0 : result.kind;
  };
  const wordAt = (offset: number): bigint => new DataView(memory.buffer).getBigUint64(offset, true);
  return { host, memory, out, put, call, value, wordAt };
}

describe('semihosting: console', () => {
  it('SYS_WRITEC and SYS_WRITE0 print', () => {
    const { host, put, out } = make();
    semihostingCall(host, 0x03n, put(0, 'A'));
    semihostingCall(host, 0x04n, put(0x10, `${'long '.repeat(100)}\0no more`));
    assert.equal(out.stdout, `A${'long '.repeat(100)}`);
  });

  it('SYS_WRITE0 stops where memory does', () => {
    const { host, memory, out } = make();
    memory.fill(0x78, 0xff0);
    semihostingCall(host, 0x04n, BASE + 0xff0n);
    semihostingCall(host, 0x04n, 0xffff_0000_0000_0000n);
    assert.equal(out.stdout, 'x'.repeat(16));
  });

  it('only the low word of x0 is the operation', () => {
    const { host, put, out } = make();
    semihostingCall(host, 0xdead_beef_0000_0003n, put(0, 'B'));
    assert.equal(out.stdout, 'B');
  });

  it('opens ":tt" by mode, and nothing else', () => {
    const { put, value } = make();
    const name = put(0, ':tt');
    assert.deepEqual(
      [0n, 4n, 8n].map((mode) => value(0x01, name, mode, 3n)),
      [3n, 1n, 2n],
    );
    assert.equal(value(0x01, put(0, 'a.c'), 0n, 3n), MINUS_ONE);
    assert.equal(value(0x01, put(0, 'file'), 0n, 4n), MINUS_ONE);
    assert.equal(value(0x09, 1n), 1n);
    assert.equal(value(0x09, 7n), MINUS_ONE);
    assert.equal(value(0x02, 2n), 0n);
    assert.equal(value(0x02, 9n), MINUS_ONE);
  });

  it('SYS_WRITE answers what it did not write', () => {
    const { put, value, out } = make();
    const text = put(0, 'hello');
    assert.equal(value(0x05, 1n, text, 5n), 0n);
    assert.equal(value(0x05, 2n, text, 2n), 0n);
    assert.equal(value(0x05, 9n, text, 5n), 5n);
    assert.deepEqual(out, { stdout: 'hello', stderr: 'he' });
    assert.equal(value(0x05, 1n, BASE + 0xffen, 5n), 3n, 'memory ends after two');
  });

  it('SYS_READ and SYS_READC wait for input', () => {
    const { value, memory } = make([0x61, 0x62, 0x63]);
    assert.equal(value(0x07), 0x61n);
    assert.equal(value(0x06, 3n, BASE, 10n), 8n);
    assert.deepEqual([...memory.subarray(0, 3)], [0x62, 0x63, 0]);
    assert.equal(value(0x06, 3n, BASE, 10n), 'wait');
    assert.equal(value(0x07), 'wait');
    assert.equal(value(0x06, 1n, BASE, 10n), MINUS_ONE);
    assert.equal(make([], true).value(0x06, 3n, BASE, 10n), 10n, 'end of input');
  });
});

describe('semihosting: the rest', () => {
  it('SYS_EXIT and SYS_EXIT_EXTENDED carry the code', () => {
    for (const operation of [0x18, 0x20]) {
      const { call } = make();
      assert.deepEqual(call(operation, APPLICATION_EXIT, 42n), { kind: 'exit', code: 42, reason: APPLICATION_EXIT });
      assert.deepEqual(call(operation, 0x2_0023n, 0n), { kind: 'exit', code: 1, reason: 0x2_0023n });
    }
    assert.deepEqual(semihostingCall(make().host, 0x18n, 0n), { kind: 'exit', code: 1, reason: 0n }, 'no block');
  });

  it('tells the time', () => {
    const { value, wordAt } = make();
    assert.equal(value(0x10), 200n, 'centiseconds');
    assert.equal(value(0x11), 1234n);
    assert.equal(value(0x31), 62_500_000n);
    assert.equal(value(0x30), 0n);
    assert.equal(wordAt(0x800), 125_000_000n);
  });

  it('says where heap and stack go', () => {
    const { value, wordAt } = make();
    assert.equal(value(0x16, BASE + 0x100n), 0n);
    assert.deepEqual([0x100, 0x108, 0x110, 0x118].map(wordAt), [
      0x4010_0000n,
      0x4800_0000n,
      0x4800_0000n,
      0x4010_0000n,
    ]);
    assert.equal(value(0x16, 0n), MINUS_ONE);
  });

  it('gives the command line where there is room', () => {
    const { value, memory, wordAt } = make();
    assert.equal(value(0x15, BASE, 10n), MINUS_ONE);
    assert.equal(value(0x15, BASE, 11n), 0n);
    assert.equal(new TextDecoder().decode(memory.subarray(0, 11)), 'gic.elf -v\0');
    assert.equal(wordAt(0x808), 10n);
  });

  it('knows an error when it sees one, and refuses what it does not have', () => {
    const { value } = make();
    assert.equal(value(0x08, 0n), 0n);
    assert.equal(value(0x08, MINUS_ONE), 1n);
    assert.equal(value(0x13), 0n);
    for (const operation of [0x0a, 0x0c, 0x0d, 0x0e, 0x0f, 0x12, 0x99]) assert.equal(value(operation), MINUS_ONE);
  });

  it('survives blocks and lengths from nowhere', () => {
    const { host, value } = make();
    for (let operation = 0; operation < 0x40; operation++) {
      semihostingCall(host, BigInt(operation), MINUS_ONE);
      value(operation, MINUS_ONE, MINUS_ONE, MINUS_ONE);
      value(operation, 1n, BASE, MINUS_ONE);
    }
  });
});
