import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TraceFormatError } from '../../adapter/guest/trace/format/errors.ts';
import { serialiseHeader, serialiseOp } from '../../adapter/guest/trace/format/gic-trace.ts';
import { stringSource } from '../../adapter/guest/trace/format/text-source.ts';
import { loadProgram } from '../../adapter/guest/trace/import/import-log.ts';

/** Same mutations every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 500);

const LOGS = [
  'qemu-v2.log',
  'qemu-v3-stamps.log',
  'ftrace-qemu-v2.txt',
  'ftrace-kvmtool-v3.txt',
  'vgic-state-v1.txt',
  'vgic-state-v2.txt',
  'vgic-state-v3.txt',
];
const TRACE = [
  '{"format":"gic-trace/1","gic":"v3","cpus":2,"spis":64,"dist":"0x08000000","cpuif":"0x08010000","redist":"0x080a0000","semantics":"kvm-4.10","lrs":4}',
  '{"op":"read","cpu":0,"addr":"0x08000004","len":4,"value":"0x3","note":"optional text"}',
  '{"op":"write","cpu":1,"addr":"0x08000104","len":4,"value":"0x2"}',
  '{"op":"read","cpu":null,"addr":"0x08006100","len":8,"value":"0x0000000000000001"}',
  '{"op":"line","intid":33,"cpu":0,"level":1,"ret":-22}',
  '{"op":"sgi","cpu":0,"reg":"ICC_SGI1R","value":"0x10005000000"}',
  '{"op":"uread","cpu":0,"frame":"dist","addr":"0x08000080","len":4,"value":"0x0"}',
  '{"op":"flush","cpu":0,"used":1,"underflow":false,"lrs":["0x50a0000000000021","0x0"]}',
  '{"op":"sync","cpu":0,"lrs":["0x10a0000000000021","0x0"],"acked":[33]}',
  '{"op":"sysreg","cpu":0,"reg":"ICC_IAR1_EL1","rw":"read","value":"0x21"}',
  '{"op":"signal","cpu":1,"irq":1,"fiq":0}',
  '{"op":"state","distEnabled":true,"apLists":[[33],[]],"irqs":[{"intid":33,"cpu":null,"enabled":true,"mpidr":"0x000001"}]}',
  '{"op":"unheard-of","deep":[{"a":[1,2]}]}',
].join('\n');

/** mulberry32. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const INTERESTING = [
  '0',
  '-1',
  '9',
  '4294967296',
  '99999999999999999999',
  '1e400',
  '0x',
  'ff',
  'null',
  'true',
  '""',
  '[]',
  '{}',
  '"',
  '\\',
  ',',
  ':',
  '\n',
  '\r',
  '\0',
  '\ufeff',
  '\ud800',
  '😀',
  ' ',
  '\t',
  '__proto__',
  '[[[[[[[[',
];

function mutate(text: string, random: (below: number) => number): string {
  for (let n = 1 + random(3); n > 0; n--) {
    const at = random(text.length + 1);
    const length = random(random(4) === 0 ? 60 : 4);
    switch (random(6)) {
      case 0: // remove
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 1: // insert something odd
        text = text.slice(0, at) + (INTERESTING[random(INTERESTING.length)] ?? '') + text.slice(at);
        break;
      case 2: // overwrite with something odd
        text = text.slice(0, at) + (INTERESTING[random(INTERESTING.length)] ?? '') + text.slice(at + length);
        break;
      case 3: // one character
        text = text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
        break;
      case 4: // repeat a piece elsewhere
        text = text.slice(0, at) + text.slice(random(text.length + 1)).slice(0, length * 4) + text.slice(at);
        break;
      default: // cut off
        if (random(4) === 0) text = text.slice(0, at);
    }
  }
  return text;
}

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../data/logs/${path}`, import.meta.url)), 'utf8');
}

const CORPUS: readonly (readonly [name: string, text: string, rounds: number])[] = [
  ['gic-trace', TRACE, 4 * ROUNDS],
  ...LOGS.map((name) => [name, read(name), ROUNDS] as const),
];

for (const [name, original, rounds] of CORPUS) {
  test(`mutated ${name}: a program or a TraceFormatError, nothing else`, async () => {
    const random = generator(SEED);
    let accepted = 0;
    for (let round = 0; round < rounds; round++) {
      const text = mutate(original, random);
      try {
        const { program } = await loadProgram(stringSource('fuzz', text, 1 + random(4096)));
        serialiseHeader(program.header);
        for (let i = 0; i < program.length; i++) {
          program.op(i);
          JSON.parse(serialiseOp(program, i));
        }
        accepted++;
      } catch (error) {
        if (error instanceof TraceFormatError) continue;
        assert.fail(
          `seed ${SEED}, round ${round}: ${String(error instanceof Error ? error.stack : error)}\n${JSON.stringify(text)}`,
        );
      }
    }
    // A fuzzer whose every input is refused at the door finds nothing.
    assert.ok(accepted > rounds / 50, `${accepted} of ${rounds} accepted`);
  });
}
