import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { absoluteProgram, decide } from '../../../extension/configuration/decide.ts';
import { readHead } from '../../../extension/configuration/head.ts';
import { judgeName, recogniseRecording } from '../../../extension/configuration/recognise.ts';

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
    kind: 'launch',
    configuration: { type: 'gic', request: 'launch', name: 'GIC: boot.log', program: '/w/boot.log', stopOnEntry: true },
  });
});

test('F5 on something else asks', () => {
  assert.equal(decide({}, { activeFile: '/w/main.c', recognised: undefined }).kind, 'ask');
  assert.equal(decide({ type: 'gic', program: ' ' }, { activeFile: undefined, recognised: undefined }).kind, 'ask');
});

test('a damaged .gictrace still goes to the adapter, which tells what is wrong', () => {
  assert.equal(decide({}, { activeFile: '/w/a.gictrace', recognised: undefined }).kind, 'launch');
});

test('what launch.json says is kept, what makes no sense is refused', () => {
  const nothing = { activeFile: undefined, recognised: undefined };
  const decision = decide(
    { name: 'n', program: 'a.log', stopOnEntry: false, gic: 'v3', bases: { dist: '0x1' } },
    nothing,
  );
  assert.ok(decision.kind === 'launch');
  assert.equal(decision.configuration.stopOnEntry, false);
  assert.deepEqual(decision.configuration['bases'], { dist: '0x1' });
  assert.equal(decide({ program: 4 }, nothing).kind, 'error');
  assert.equal(decide({ request: 'attach', program: 'a' }, nothing).kind, 'error');
});

test('relative programs start at the workspace folder', () => {
  assert.equal(absoluteProgram('logs/a.log', '/w'), join('/w', 'logs/a.log'));
  assert.equal(absoluteProgram('/x/a.log', '/w'), '/x/a.log');
  assert.equal(absoluteProgram('a.log', undefined), 'a.log');
});
