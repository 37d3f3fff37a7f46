import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { TextSourceError } from '../../../../adapter/guest/trace/format/text-source.ts';
import type { TextSource } from '../../../../adapter/guest/trace/format/text-source.ts';
import { loadProgram } from '../../../../adapter/guest/trace/import/import-log.ts';
import { openTextSource } from '../../../../adapter/session/text-source.ts';
import { HEADER_V2 } from './support.ts';

let directory = '';
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'gic-text-source-'));
});
after(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function textOf(source: TextSource, progress?: (bytesRead: number) => void): Promise<string> {
  let text = '';
  for await (const chunk of source.chunks(progress)) text += chunk;
  return text;
}

function unreadable(path: string, reason: string): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof TextSourceError, String(error));
    assert.equal(error.file, path);
    assert.ok(error.reason.includes(reason), error.reason);
    assert.equal(error.message, `${path}: ${error.reason}`);
    return true;
  };
}

/** More than one chunk, with characters of two and four bytes on every possible border. */
const LONG = 'x' + 'aé😀\n'.repeat(100_000);

test('a file is read twice, decoded across chunk borders, with progress', async () => {
  const path = file('long.txt', LONG);
  const source = openTextSource(path);
  assert.equal(source.sizeBytes, Buffer.byteLength(LONG));
  const progress: number[] = [];
  assert.equal(await textOf(source, (bytes) => progress.push(bytes)), LONG);
  assert.ok(progress.length > 1);
  assert.equal(progress.at(-1), source.sizeBytes);
  assert.equal(await textOf(source), LONG);
});

test('gzip is recognised by its bytes, not by its name', async () => {
  const path = file('zipped.txt', gzipSync(LONG));
  assert.equal(await textOf(openTextSource(path)), LONG);
  const members = file('members.gz', Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]));
  assert.equal(await textOf(openTextSource(members)), 'a\nb\n');
  const plain = file('plain.gz', 'not zipped');
  assert.equal(await textOf(openTextSource(plain)), 'not zipped');
  assert.equal(await textOf(openTextSource(file('empty', ''))), '');
});

test('reading may stop early', async () => {
  for (const content of [LONG, gzipSync(LONG.repeat(10))]) {
    const source = openTextSource(file('early', content));
    for await (const chunk of source.chunks()) {
      assert.ok(chunk.startsWith('xaé'));
      break;
    }
  }
});

test('what cannot be read says which file and why', async () => {
  const missing = join(directory, 'missing.log');
  assert.throws(() => openTextSource(missing), unreadable(missing, 'no such file'));
  assert.throws(() => openTextSource(directory), unreadable(directory, 'is a directory'));
  const zipped = gzipSync(LONG);
  const cut = file('cut.gz', zipped.subarray(0, zipped.length - 20));
  await assert.rejects(textOf(openTextSource(cut)), unreadable(cut, 'truncated gzip data'));
  const damaged = Buffer.from(zipped);
  damaged.fill(0xff, 200, 260);
  const broken = file('broken.gz', damaged);
  await assert.rejects(textOf(openTextSource(broken)), unreadable(broken, 'damaged gzip data'));
  const header = file('header.gz', zipped.subarray(0, 5));
  await assert.rejects(textOf(openTextSource(header)), unreadable(header, 'truncated gzip data'));
});

test('errors of whoever reads stay what they are', async () => {
  const source = openTextSource(file('reader', 'text'));
  await assert.rejects(async () => {
    for await (const chunk of source.chunks()) throw new RangeError(chunk);
  }, RangeError);
});

test('a trace with CRLF, a byte order mark and gzip loads', async () => {
  const text = `\ufeff${HEADER_V2}\r\n{"op":"line","intid":33,"cpu":0,"level":1}\r\n`;
  const { program } = await loadProgram(openTextSource(file('odd.gictrace', gzipSync(text))));
  assert.equal(program.length, 1);
  assert.equal(program.line[0], 2);
});

test('standard input can be read twice and leaves no file behind', () => {
  const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { openTextSource } from ${module('../../../../adapter/session/text-source.ts')};
    const source = openTextSource('-');
    let text = '';
    for (let pass = 0; pass < 2; pass++) for await (const chunk of source.chunks()) text += chunk;
    console.log(JSON.stringify([source.name, source.sizeBytes, text]));`;
  const run = (input: string | Buffer): unknown => {
    const result = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      input,
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
      env: { ...process.env, TMPDIR: directory },
    });
    assert.equal(result.status, 0, result.stderr);
    return JSON.parse(result.stdout);
  };
  assert.deepEqual(run('añb\n'), ['<stdin>', 5, 'añb\nañb\n']);
  const zipped = gzipSync('añb\n');
  assert.deepEqual(run(zipped), ['<stdin>', zipped.length, 'añb\nañb\n']);
  const left = spawnSync('ls', [directory], { encoding: 'utf8' }).stdout;
  assert.ok(!left.includes('gic-inspector-'), left);
  assert.ok(readFileSync(join(directory, 'long.txt')).length > 0);
});
