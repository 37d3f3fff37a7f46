import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameAccess, FrameRead } from '../../../../adapter/guest/gdb/frame-access.ts';
import { OpenOcdAccess } from '../../../../adapter/guest/gdb/openocd-access.ts';
import { spansOf } from '../../../../adapter/guest/gdb/spans.ts';

const read = (address: number, width: 1 | 4 | 8 = 4, vcpu = 0, isBanked = false): FrameRead => {
  return { vcpu, isBanked, address, width };
};

const spans = (reads: readonly FrameRead[], splitting: Parameters<typeof spansOf>[1]): string[] =>
  spansOf(reads, splitting).map(
    ({ vcpu, address, length, indices }) =>
      `${vcpu ?? '-'} 0x${address.toString(16)}+${length.toString()} [${indices.join()}]`,
  );

test('registers that lie one behind the other are read at once, as far as the stub makes the same accesses', () => {
  const words = [0x100, 0x104, 0x108, 0x10c, 0x200].map((address) => read(address));
  assert.deepEqual(spans(words, 'none'), [
    '- 0x100+4 [0]',
    '- 0x104+4 [1]',
    '- 0x108+4 [2]',
    '- 0x10c+4 [3]',
    '- 0x200+4 [4]',
  ]);
  assert.deepEqual(spans(words, 'words'), ['- 0x100+16 [0,1,2,3]', '- 0x200+4 [4]']);
  // Eight bytes from a multiple of eight on would be one access of eight, which words answer with zeros.
  assert.deepEqual(spans(words, 'natural'), ['- 0x100+4 [0]', '- 0x104+8 [1,2]', '- 0x10c+4 [3]', '- 0x200+4 [4]']);
  const doubles = [0x6108, 0x6100, 0x6110].map((address) => read(address, 8));
  assert.deepEqual(spans(doubles, 'natural'), ['- 0x6100+24 [1,0,2]']);
  assert.deepEqual(spans([read(0x104), read(0x108, 8)], 'natural'), ['- 0x104+4 [0]', '- 0x108+8 [1]']);
});

test('spans end at banks, and where a packet would', () => {
  const banked = [read(0x100, 4, 1, true), read(0x100, 4, 0, true), read(0x104, 4, 0, true), read(0x108)];
  assert.deepEqual(spans(banked, 'words'), ['- 0x108+4 [3]', '0 0x100+8 [1,2]', '1 0x100+4 [0]']);
  const many = Array.from({ length: 0x101 }, (_, n) => read(0x1000 + 4 * n));
  assert.deepEqual(
    spansOf(many, 'words').map(({ length }) => length),
    [0x400, 4],
  );
});

/** OpenOCD's words over a memory of words whose value is their address. */
function openOcd(refuses = -1): { access: OpenOcdAccess; said: string[]; banked: FrameRead[] } {
  const said: string[] = [];
  const banked: FrameRead[] = [];
  const monitor = (command: string): Promise<string> => {
    said.push(command);
    const [, start, count] = /^mdw phys 0x([0-9a-f]+) (\d+)$/.exec(command) ?? [];
    if (start === undefined) return Promise.resolve(command.includes('0xbad') ? 'data abort at 0xbad00\n' : '');
    const first = parseInt(start, 16);
    if (first === refuses) return Promise.resolve('Failed to read memory at 0x00000200\n');
    const words = Array.from({ length: Number(count) }, (_, n) => (first + 4 * n).toString(16).padStart(8, '0'));
    const lines: string[] = [];
    for (let at = 0; at < words.length; at += 8) {
      lines.push(`0x${(first + 4 * at).toString(16).padStart(8, '0')}: ${words.slice(at, at + 8).join(' ')} `);
    }
    return Promise.resolve(`${lines.join('\n')}\n`);
  };
  const own: FrameAccess = {
    text: '',
    read: (reads) => {
      banked.push(...reads);
      return Promise.resolve(reads.map(() => 7n));
    },
    write: () => Promise.resolve(),
  };
  const memory = { virtually: <T>(work: () => Promise<T>): Promise<T> => work() };
  return { access: new OpenOcdAccess({ monitor }, memory, own), said, banked };
}

test('OpenOCD reads physical words, many by one command; each CPU its own copies', async () => {
  const { access, said, banked } = openOcd();
  const reads = [...Array.from({ length: 10 }, (_, n) => read(0x100 + 4 * n)), read(0x6100, 8), read(0x403, 1)];
  const values = await access.read([...reads, read(0x100, 4, 1, true)]);
  assert.deepEqual(
    values.slice(0, 10),
    reads.slice(0, 10).map(({ address }) => BigInt(address)),
  );
  assert.deepEqual(values.slice(10), [0x6104_0000_6100n, 0n, 7n]);
  assert.deepEqual(said, ['mdw phys 0x100 10', 'mdw phys 0x400 1', 'mdw phys 0x6100 2']);
  assert.equal(banked.length, 1);
});

test('what OpenOCD does not read says so, and so does what it does not write', async () => {
  const { access, said } = openOcd(0x200);
  const [bad, good] = await access.read([read(0x200), read(0x300)]);
  assert.match(String(bad), /OpenOCD does not read 0x200: Failed to read memory/);
  assert.equal(good, 0x300n);
  await access.write(read(0x104), 2n);
  await access.write(read(0x401, 1), 0xa0n);
  await access.write(read(0x6100, 8), 1n);
  assert.deepEqual(said.slice(-3), ['mww phys 0x104 0x2', 'mwb phys 0x401 0xa0', 'mwd phys 0x6100 0x1']);
  await assert.rejects(access.write(read(0xbad00), 1n), /data abort/);
});
