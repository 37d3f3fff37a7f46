import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { exceptionFrames } from '../../../adapter/symbols/exception-frames.ts';
import { scanFrame } from '../../../adapter/symbols/frame-scan.ts';
import type { Symbols } from '../../../adapter/symbols/symbols.ts';
import {
  unwind,
  wordReader,
  type CodeKnowledge,
  type CpuRegisters,
  type StackFrame,
} from '../../../adapter/symbols/unwind.ts';
import { BUILT, fixture, memoryOf } from './fixtures.ts';

interface Stop {
  readonly registers: CpuRegisters;
  readonly system: ReadonlyMap<string, bigint>;
  readonly stack: ReadonlyMap<bigint, bigint>;
}

/** The states that guest.stops.txt has. */
function recordedStops(): readonly Stop[] {
  const text = readFileSync(new URL('../../data/elf/guest.stops.txt', import.meta.url), 'utf8');
  return text
    .split(/^stop /m)
    .slice(1)
    .map((stop) => {
      const [first = '', ...lines] = stop.trim().split('\n');
      const values = new Map<string, bigint>();
      let words: readonly string[] = [];
      for (const line of lines) {
        const [name = '', ...rest] = line.split(' ');
        if (name === 'stack') words = rest;
        else values.set(name, BigInt(rest[0] ?? ''));
      }
      const x = (n: number): bigint => values.get(`x${n}`) ?? assert.fail(`x${n} is not recorded`);
      const sp = values.get('sp') ?? assert.fail('sp is not recorded');
      return {
        registers: { pc: BigInt(first), sp, x, fp: x(29), lr: x(30) },
        system: values,
        stack: new Map(words.map((word, index) => [sp + 8n * BigInt(index), BigInt(`0x${word}`)])),
      };
    });
}

function describeFrame(symbols: Symbols, frame: StackFrame): string {
  const names = symbols.sourceFramesAt(frame.lookup).map((f) => f.function);
  const place = symbols.lineAt(frame.lookup);
  const sp = frame.sp === null ? '?' : frame.sp.toString(16);
  const line = place ? `${place.file}:${place.line}` : '?';
  return `  ${frame.pc.toString(16)} sp ${sp} ${names.join(' in ')} ${line} (${frame.origin})`;
}

const GOLDEN = new URL('stacks.golden.txt', import.meta.url);

/** A CPU in nowhere: tests set what they need. */
function cpu(pc: bigint, sp: bigint, fp: bigint, lr: bigint): CpuRegisters {
  return { pc, sp, fp, lr, x: () => 0n };
}

const NO_SYMBOLS: CodeKnowledge = { functionAt: () => null, frameRulesAt: () => null };

describe('unwinding', () => {
  test('stacks of a real machine, through nested interrupts', async () => {
    const symbols = await fixture('guest');
    const text = recordedStops()
      .map(({ registers, system, stack }) => {
        const read = memoryOf(symbols, stack);
        const value = (name: string): bigint => system.get(name) ?? assert.fail(name);
        const interruptedFrame = exceptionFrames(
          { vectorBase: value('VBAR_EL1'), elr: value('ELR_EL1'), spsr: value('SPSR_EL1'), spEl0: 0n },
          read,
          symbols,
        );
        const frames = unwind(registers, read, symbols, { interruptedFrame });
        return [`stop at ${registers.pc.toString(16)}`, ...frames.map((f) => describeFrame(symbols, f)), ''].join('\n');
      })
      .join('\n');
    if (process.env['BLESS'] === '1') writeFileSync(GOLDEN, text);
    assert.equal(text, readFileSync(GOLDEN, 'utf8'));
  });

  test('an interrupted leaf function gives back its caller', async () => {
    const symbols = await fixture('guest');
    const stop = recordedStops()[4] ?? assert.fail();
    const read = memoryOf(symbols, stop.stack);
    const interruptedFrame = exceptionFrames(
      { vectorBase: 0x40100800n, elr: 0x401016ccn, spsr: 0x60000345n, spEl0: 0n },
      read,
      symbols,
    );
    const names = unwind(stop.registers, read, symbols, { interruptedFrame }).map((f) => f.function?.name);
    assert.deepEqual(names, [
      'gic_running_priority',
      'handle_interrupt',
      'irq',
      'gic_send_sgi',
      'handle_interrupt',
      'irq',
      'gic_send_sgi',
      'main',
      '_start',
    ]);
  });

  for (const name of BUILT)
    test(`${name}: what instructions tell is what call frame information tells`, async () => {
      const symbols = await fixture(name);
      const read = wordReader(memoryOf(symbols));
      let compared = 0;
      for (const { start, end } of symbols.functions.all)
        for (let pc = start; pc < end; pc += 4n) {
          const rules = symbols.frameRulesAt(pc);
          if (!rules?.cfa) continue;
          const state = scanFrame(read, start, end, pc);
          assert.ok(state, `no path to ${pc.toString(16)}`);
          const base = rules.cfa.register === 31 ? state.sp : state.fp;
          assert.equal((base ?? NaN) + rules.cfa.offset, 0, pc.toString(16));
          assert.equal(state.isSigned, rules.isSigned, pc.toString(16));
          for (const register of [19, 20, 29, 30]) {
            const rule = rules.registers.get(register);
            if (rule?.kind === 'saved') assert.equal(state.saved.get(register), rule.offset, `x${register}`);
            else if (register >= 29) assert.equal(state.saved.get(register), undefined);
          }
          compared++;
        }
      assert.ok(compared > 100);
    });

  test('by call frame information: at the entry, in the body, behind the frame', async () => {
    const symbols = await fixture('v4-o2');
    const recurse = symbols.functionsNamed('recurse')[0] ?? assert.fail();
    const work = symbols.functionsNamed('work')[0] ?? assert.fail();
    const above = 0x8000_0100n;
    // recurse's frame: x29, x30 at its bottom.
    const stack = new Map([
      [above - 48n, 0x8000_0200n],
      [above - 40n, work.start + 0x40n],
    ]);
    const read = memoryOf(symbols, stack);
    const callerAt = (offset: bigint, sp: bigint, fp: bigint, lr: bigint): StackFrame | undefined =>
      unwind(cpu(recurse.start + offset, sp, fp, lr), read, symbols, { limit: 2 })[1];
    const entry = callerAt(0n, above, 0x8000_0200n, work.start + 0x40n);
    const body = callerAt(8n, above - 48n, above - 48n, 0x1234n);
    for (const caller of [entry, body]) {
      assert.equal(caller?.pc, work.start + 0x40n);
      assert.equal(caller.lookup, work.start + 0x3fn);
      assert.equal(caller.sp, above);
      assert.equal(caller.x(29), 0x8000_0200n);
      assert.equal(caller.x(0), null);
      assert.equal(caller.origin, 'cfi');
      assert.equal(caller.function?.name, 'work');
    }
  });

  test('a signed return address loses its signature', async () => {
    const symbols = await fixture('v5-gz');
    const recurse = symbols.functionsNamed('recurse')[0] ?? assert.fail();
    const sp = 0x8000_0100n;
    // Bit 55 tells that the address is in the upper half.
    const signed = 0x5aff_0000_4008_1110n | (1n << 55n);
    const rules = symbols.frameRulesAt(recurse.start + 4n);
    assert.equal(rules?.isSigned, true);
    const frames = unwind(cpu(recurse.start + 4n, sp, 0n, signed), memoryOf(symbols), symbols, { limit: 2 });
    assert.equal(frames[1]?.pc, 0xffff_0000_4008_1110n);
  });

  test('an exception entry that makes room in the vector table', async () => {
    const symbols = await fixture('v5-o2');
    const at = (name: string): bigint => symbols.functionsNamed(name)[0]?.start ?? assert.fail(name);
    const interruptedSp = 0x8000_1000n;
    const sp = interruptedSp - 272n;
    const pc = at('work') + 0x44n;
    const stack = new Map([
      [sp + 224n, 28n],
      [sp + 232n, 0x8000_2000n],
      [sp + 240n, 0x30n],
      [sp + 256n, pc],
      [sp + 264n, 0x3c5n],
    ]);
    const read = memoryOf(symbols, stack);
    const registers = { vectorBase: at('vectors'), elr: 1n, spsr: 0x3c5n, spEl0: 0n };
    const interruptedFrame = exceptionFrames(registers, read, symbols);
    const frames = unwind(cpu(at('interrupt'), sp, sp + 224n, at('irq') + 0x20n), read, symbols, { interruptedFrame });
    assert.deepEqual(
      frames.slice(0, 3).map((f) => f.function?.name),
      ['interrupt', 'irq', 'work'],
    );
    const interrupted = frames[2];
    assert.equal(interrupted?.pc, pc);
    assert.equal(interrupted.lookup, pc);
    assert.equal(interrupted.sp, interruptedSp);
    assert.equal(interrupted.x(29), 0x8000_2000n);
    assert.equal(interrupted.x(28), 28n);
    assert.equal(interrupted.x(30), 0x30n);
    assert.equal(interrupted.exceptions, 1);

    // In the vector table itself, before and behind making room: ELR is still in its register.
    for (const [offset, pushed] of [
      [0n, 0n],
      [4n, 272n],
    ] as const) {
      const early = { ...registers, elr: pc };
      const inTable = unwind(cpu(at('vectors') + 0x280n + offset, interruptedSp - pushed, 0n, 5n), read, symbols, {
        interruptedFrame: exceptionFrames(early, read, symbols),
        limit: 2,
      });
      assert.equal(inTable[1]?.pc, pc);
      assert.equal(inTable[1].sp, interruptedSp);
      assert.equal(inTable[1].x(30), 5n);
    }

    // From EL0, the stack is SP_EL0.
    const fromEl0 = { vectorBase: at('vectors'), elr: 0x40_0000n, spsr: 0n, spEl0: 0x7000n };
    const el0 = unwind(cpu(at('irq'), sp, 0n, 5n), read, symbols, {
      interruptedFrame: exceptionFrames(fromEl0, read, symbols),
      limit: 2,
    });
    assert.deepEqual([el0[1]?.pc, el0[1]?.sp], [0x40_0000n, 0x7000n]);
  });

  test('without symbols the frame records are followed', () => {
    const stack = new Map([
      [0x1000n, 0x1020n],
      [0x1008n, 0x4004n],
      [0x1020n, 0n],
      [0x1028n, 0x4008n],
    ]);
    const frames = unwind(cpu(0x4000n, 0xff0n, 0x1000n, 0n), (at) => stack.get(at) ?? null, NO_SYMBOLS);
    assert.deepEqual(
      frames.map((f) => f.pc),
      [0x4000n, 0x4004n, 0x4008n],
    );
    assert.deepEqual(
      frames.map((f) => f.origin),
      ['registers', 'frame pointer', 'frame pointer'],
    );
  });

  test('loops, garbage and holes in memory end the stack', () => {
    const pcs = (fp: bigint, read: (at: bigint) => bigint | null, limit = 64): number =>
      unwind(cpu(0x4000n, 0x100n, fp, 0x4000n), read, NO_SYMBOLS, { limit }).length;
    // A record that points at itself, or down.
    assert.equal(
      pcs(0x1000n, (at) => (at === 0x1000n ? 0x1000n : 0x4000n)),
      1,
    );
    assert.equal(
      pcs(0x1000n, (at) => (at === 0x1000n ? 0xff0n : 0x4000n)),
      1,
    );
    // No memory; no alignment; a return address that is no instruction's; below the stack.
    assert.equal(
      pcs(0x1000n, () => null),
      1,
    );
    assert.equal(
      pcs(0x1001n, () => 0x4000n),
      1,
    );
    assert.equal(
      pcs(0x1000n, (at) => (at === 0x1008n ? 0x4002n : 0x2000n)),
      1,
    );
    assert.equal(
      pcs(0x80n, () => 0x4000n),
      1,
    );
    // An endless stack.
    const endless = (at: bigint): bigint => ((at & 8n) === 0n ? at + 16n : 0x4000n);
    assert.equal(pcs(0x1000n, endless), 64);
    assert.equal(pcs(0x1000n, endless, 5), 5);
  });
});
