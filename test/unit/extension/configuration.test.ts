import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { decide, type RawConfiguration } from '../../../extension/configuration/decide.ts';
import { finish } from '../../../extension/configuration/finish.ts';
import { readHead } from '../../../extension/configuration/head.ts';
import { absolutePath, withAbsolutePaths } from '../../../extension/configuration/paths.ts';
import { judgeName, recogniseRecording } from '../../../extension/configuration/recognise.ts';

const server = { command: 'qemu-system-aarch64' };
const nothing = { activeFile: undefined, recognised: undefined };
const HEADER = '{"format":"gic-trace/1","gic":"v2","cpus":2,"spis":96,"dist":"0x08000000"}';

test('recordings are recognised by how they begin', () => {
  assert.deepEqual(recogniseRecording(`${HEADER}\n{"op":"read"`), {
    kind: 'gic-trace',
    summary: 'gic-trace · GICv2 · 2 vCPUs · 96 SPIs',
  });
  const kind = (text: string): string | undefined => recogniseRecording(text)?.kind;
  assert.equal(kind('gic_dist_read dist read at 0x00000004 size 4: 0x00000008\n'), 'qemu');
  assert.equal(kind('20811@1795419492.146935:gicv3_dist_read GICv3 distributor read: offset 0xffe8'), 'qemu');
  assert.equal(
    kind('char device redirected\n\nqemu: warning\ngicv3_dist_set_irq GICv3 distributor interrupt 33'),
    'qemu',
  );
  assert.equal(
    kind('# tracer: nop\n#\n  qemu-12  [000] d..1  3.14: kvm_mmio: mmio write len 4 gpa 0x8000000 val 0x1'),
    'ftrace',
  );
  assert.equal(kind('  a-1 [001] .... 1.0: vgic_update_irq_pending: VCPU: 0, IRQ 27, level: 1'), 'ftrace');
  assert.equal(kind('Distributor\n===========\nvgic_model:\tGICv2\n'), 'vgic-state');
  assert.equal(kind('{"format":"gic-trace/1", broken'), 'gic-trace');
  for (const other of ['', '{"a":1}', 'Nov 23 kernel: gic_handle_irq', '\u0000\u0001'])
    assert.equal(kind(other), undefined);
});

test('names tell what is worth a look', () => {
  assert.equal(judgeName('/a/run.gictrace'), 'certain');
  assert.equal(judgeName('C:\\a\\RUN.GICTRACE.GZ'), 'certain');
  assert.equal(judgeName('/a/run.jsonl.gz'), 'look-inside');
  assert.equal(judgeName('/sys/kernel/debug/kvm/12-9/vgic-state'), 'look-inside');
  assert.equal(judgeName('/a/main.ts'), 'unlikely');
});

test('the head of a file is unzipped, even when it is cut off or damaged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gic-head-'));
  try {
    const path = join(folder, 'run.jsonl.gz');
    let noise = `${HEADER}\n`;
    for (let i = 0; i < 60_000; i++) noise += `${Math.random()}\n`;
    await writeFile(path, gzipSync(noise));
    assert.ok((await readHead(path)).toString().startsWith(HEADER));
    await writeFile(path, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    assert.equal((await readHead(path)).toString(), '');
    await writeFile(path, HEADER);
    assert.equal((await readHead(path)).toString(), HEADER);
    await assert.rejects(readHead(join(folder, 'missing')), /ENOENT/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('F5 without a launch configuration takes the open recording', () => {
  const recognised = { kind: 'qemu', summary: 'QEMU trace log' } as const;
  const decision = decide({}, { activeFile: '/w/boot.log', recognised });
  assert.deepEqual(decision, {
    kind: 'start',
    configuration: { type: 'gic', request: 'launch', name: 'GIC: boot.log', program: '/w/boot.log', stopOnEntry: true },
  });
});

test('F5 on something else asks', () => {
  assert.equal(decide({}, { activeFile: '/w/main.c', recognised: undefined }).kind, 'ask');
  assert.equal(decide({ type: 'gic', program: ' ' }, { activeFile: undefined, recognised: undefined }).kind, 'ask');
});

test('a damaged .gictrace still goes to the adapter, which tells what is wrong', () => {
  assert.equal(decide({}, { activeFile: '/w/a.gictrace', recognised: undefined }).kind, 'start');
});

test('what launch.json says is kept, what makes no sense is refused', () => {
  const decision = decide(
    { name: 'n', program: 'a.log', stopOnEntry: false, gic: 'v3', bases: { dist: '0x1' } },
    nothing,
  );
  assert.ok(decision.kind === 'start');
  assert.equal(decision.configuration.stopOnEntry, false);
  assert.deepEqual(decision.configuration['bases'], { dist: '0x1' });
  assert.equal(decide({ program: 4 }, nothing).kind, 'error');
});

test('relative paths start at the workspace folder', () => {
  assert.equal(absolutePath('logs/a.log', '/w'), join('/w', 'logs/a.log'));
  assert.equal(absolutePath('/x/a.log', '/w'), '/x/a.log');
  assert.equal(absolutePath('a.log', undefined), 'a.log');
  const cases: [RawConfiguration, RawConfiguration][] = [
    [
      { program: 'a.elf', symbols: ['b.elf', '/c.elf'] },
      { program: '/w/a.elf', symbols: ['/w/b.elf', '/c.elf'] },
    ],
    [{ deviceTree: 'virt.dtb' }, { deviceTree: '/w/virt.dtb' }],
    [{ deviceTree: ' 0x40000000 ' }, { deviceTree: '0x40000000' }],
    [{ target: 'localhost:1234' }, { target: 'localhost:1234' }],
    [{ target: './q.sock' }, { target: 'unix:/w/q.sock' }],
    [{ target: '/run/q.sock' }, { target: 'unix:/run/q.sock' }],
    [{ server }, { server: { ...server, cwd: '/w' } }],
    [{ server: { ...server, cwd: 'build' } }, { server: { ...server, cwd: '/w/build' } }],
    [
      { initrd: 'i.gz', sourceMap: { a: 'b' } },
      { initrd: '/w/i.gz', sourceMap: { a: 'b' } },
    ],
  ];
  for (const [raw, absolute] of cases) assert.deepEqual(withAbsolutePaths(raw, '/w'), absolute);
  assert.deepEqual(withAbsolutePaths({ server, program: 'a' }, undefined), { server, program: 'a' });
});

test('files that are named have to be there, and be what they are for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gic-files-'));
  try {
    await mkdir(join(folder, 'build'));
    await writeFile(join(folder, 'a.elf'), Buffer.from('\x7fELF and more', 'latin1'));
    await writeFile(join(folder, 'a.dtb'), Buffer.from([0xd0, 0x0d, 0xfe, 0xed]));
    await writeFile(join(folder, 'a.log'), 'gic_dist_read dist read at 0x00000004 size 4: 0x00000008\n');
    await writeFile(join(folder, 'Image'), Buffer.alloc(64));
    const cases: [RawConfiguration, string | undefined][] = [
      [{ request: 'attach' }, undefined],
      [{ request: 'attach', program: 'a.elf', symbols: ['a.elf'], deviceTree: 'a.dtb' }, undefined],
      [{ request: 'attach', deviceTree: '0x40000000' }, undefined],
      [{ request: 'attach', program: 'b.elf' }, `“program”: there is no file ${join(folder, 'b.elf')}.`],
      [{ request: 'attach', program: 'build' }, `“program”: ${join(folder, 'build')} is a folder, not a file.`],
      [
        { request: 'attach', program: 'Image' },
        `“program”: ${join(folder, 'Image')} is no ELF file: with a GDB stub it gives symbols (vmlinux rather than Image, say).`,
      ],
      [{ request: 'attach', symbols: ['a.elf', 'b'] }, `“symbols[1]”: there is no file ${join(folder, 'b')}.`],
      [{ request: 'attach', deviceTree: 'b.dtb' }, `“deviceTree”: there is no file ${join(folder, 'b.dtb')}.`],
      [
        { request: 'attach', deviceTree: 'a.elf' },
        `“deviceTree”: ${join(folder, 'a.elf')} is no device tree blob: dtc makes a .dtb of a source.`,
      ],
      [{ request: 'launch', server }, undefined],
      [
        { request: 'launch', server, program: 'a.log' },
        `“program”: ${join(folder, 'a.log')} is a recording (QEMU trace log), which needs no GDB stub: launch it without “server” and “target”.`,
      ],
      [
        { request: 'launch', server: { ...server, cwd: 'obj' } },
        `“server.cwd”: there is no folder ${join(folder, 'obj')}.`,
      ],
      [
        { request: 'launch', server: { ...server, cwd: 'a.elf' } },
        `“server.cwd”: ${join(folder, 'a.elf')} is a file, not a folder.`,
      ],
      [{ request: 'launch', program: 'a.log' }, undefined],
      [{ request: 'launch', program: 'b.log' }, `“program”: there is no file ${join(folder, 'b.log')}.`],
      [{ request: 'launch' }, 'The launch configuration names no program.'],
    ];
    for (const [raw, problem] of cases) {
      const finished = await finish(raw, folder);
      assert.equal('problem' in finished ? finished.problem : undefined, problem, JSON.stringify(raw));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a console is for what is started, not for what is attached to', async () => {
  const consoleOf = async (raw: RawConfiguration): Promise<unknown> => {
    const finished = await finish(raw, undefined);
    return 'configuration' in finished ? finished.configuration['console'] : finished.problem;
  };
  assert.equal(await consoleOf({ request: 'launch', server }), 'integratedTerminal');
  assert.equal(await consoleOf({ request: 'launch', server, console: 'internalConsole' }), 'internalConsole');
  assert.equal(await consoleOf({ request: 'launch', program: import.meta.filename }), 'integratedTerminal');
  assert.equal(await consoleOf({ request: 'attach' }), undefined);
});
