import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

const ROOT = path.join(import.meta.dirname, '../../..');
const directory = mkdtempSync(path.join(tmpdir(), 'gic-cli-'));
after(() => rmSync(directory, { recursive: true }));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function gic(args: readonly string[], input?: string | Buffer): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'adapter/cli.ts', ...args], {
    cwd: ROOT,
    ...(input === undefined ? {} : { input }),
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** Exact output of a command. BLESS=1 rewrites it; read the difference before committing. */
function golden(name: string, args: readonly string[], status: number): void {
  test(`gic ${args.join(' ')}`, () => {
    const run = gic(args);
    const text = `${run.stdout}--- stderr\n${run.stderr}`;
    const file = path.join(import.meta.dirname, `${name}.golden.txt`);
    if (process.env['BLESS'] === '1') writeFileSync(file, text);
    assert.ok(existsSync(file), `${file} is missing: BLESS=1 writes it`);
    assert.equal(text, readFileSync(file, 'utf8'));
    assert.equal(run.status, status);
  });
}

describe('output', () => {
  const vectors = 'test/data/vectors';
  golden(
    'replay',
    ['replay', `${vectors}/kvm-4.10-scenario-v2-deliver.jsonl`, `${vectors}/kvm-4.10-v2-c2-s96.jsonl.gz`],
    0,
  );
  golden(
    'replay-log',
    ['replay', 'test/data/logs/real/edk2-v2.log.gz', 'test/data/logs/real/linux-v3-smp2-ts.log.gz'],
    0,
  );
  golden('replay-mismatch', ['replay', '--profile', 'kvm-4.10', 'test/data/logs/real/edk2-v2.log.gz'], 1);
  golden('replay-xen', ['replay', '--profile', 'kvm-4.10', 'test/data/logs/real/xen-v3.log.gz'], 1);
  golden('irqs', ['irqs', 'examples/vgic-list-registers.gictrace', '--at', '8'], 0);
  golden('session', ['session', 'examples/vgic-list-registers.gictrace', '--at', '8'], 0);
  golden('import', ['import', 'test/data/logs/qemu-v2.log'], 0);
});

const HEADER = '{"format":"gic-trace/1","gic":"v2","cpus":1,"spis":32,"dist":"0x08000000","cpuif":"0x08010000"}';
const READ = '{"op":"read","cpu":0,"addr":"0x08000004","len":4,"value":"0x1"}';

describe('files', () => {
  test('standard input and gzipped files are read like any other', () => {
    const text = `${HEADER}\n${READ}\n`;
    const expected = /1 operations?, 1 comparisons?, 0 mismatches/;
    assert.match(gic(['replay', '-'], text).stdout, expected);
    const file = path.join(directory, 'zipped.gictrace.gz');
    writeFileSync(file, gzipSync(text));
    assert.match(gic(['replay', file]).stdout, expected);
  });

  test('an import can be replayed: it says the same as the log', () => {
    const file = path.join(directory, 'edk2.gictrace');
    const log = 'test/data/logs/real/edk2-v2.log.gz';
    assert.equal(gic(['import', log, '-o', file]).status, 0);
    const summary = (run: Run): string => run.stdout.replace(/^[^:]*: /, '').replace(/line \d+/g, 'line');
    assert.equal(summary(gic(['replay', file])), summary(gic(['replay', log])));
  });

  test('programs get JSON', () => {
    const run = gic(['replay', '--json', '--profile', 'kvm-4.10', 'test/data/logs/real/edk2-v2.log.gz']);
    const [file] = JSON.parse(run.stdout) as { mismatches: number; operations: number }[];
    assert.equal(file?.operations, 8682);
    assert.equal(file.mismatches, 1);
  });
});

describe('bad input', () => {
  const write = (name: string, text: string): string => {
    const file = path.join(directory, name);
    writeFileSync(file, text);
    return file;
  };
  const cases: [string, string, RegExp][] = [
    ['cut.gictrace', `${HEADER}\n${READ}\n{"op":\n${READ}\n`, /cut\.gictrace:3: /],
    ['head.gictrace', HEADER.replace('"spis":32', '"spis":5000'), /head\.gictrace:1: .*5000/],
    ['cpu.gictrace', `${HEADER}\n${READ.replace('"cpu":0', '"cpu":7')}`, /cpu\.gictrace:2: .*7/],
    ['text.log', 'nothing of the kind\n', /no GIC operation in .*text\.log/],
  ];
  for (const [name, text, message] of cases) {
    test(`${name}: exit code 2, with place and reason`, () => {
      const run = gic(['replay', write(name, text)]);
      assert.equal(run.status, 2);
      assert.match(run.stderr, message);
      assert.doesNotMatch(run.stderr, /\n\s+at /, 'no stack trace');
    });
  }

  test('a good file beside a bad one is still replayed', () => {
    const run = gic(['replay', write('good.gictrace', `${HEADER}\n${READ}\n`), '/nowhere.gictrace']);
    assert.match(run.stdout, /good\.gictrace: 1 operation/);
    assert.match(run.stderr, /\/nowhere\.gictrace: no such file/);
    assert.equal(run.status, 2);
  });

  for (const args of [
    [],
    ['replay'],
    ['fly'],
    ['irqs'],
    ['irqs', 'a', '--at', 'x'],
    ['replay', '--what'],
    ['import', 'a', 'b'],
    ['serve'],
    ['serve', 'a', '--port', '65536'],
    ['serve', 'a', '--gic', 'v4'],
  ]) {
    test(`gic ${args.join(' ')}: the usage, exit code 2`, () => {
      const run = gic(args);
      assert.equal(run.status, 2);
      assert.match(run.stderr, /gic (replay|import|irqs)/);
    });
  }
});
