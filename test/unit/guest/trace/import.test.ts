import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { OP_NAMES } from '../../../../adapter/guest/trace/format/operation.ts';
import { stringSource } from '../../../../adapter/guest/trace/format/text-source.ts';
import { detectFormat } from '../../../../adapter/guest/trace/import/detect.ts';
import { loadProgram } from '../../../../adapter/guest/trace/import/import-log.ts';
import { openTextSource } from '../../../../adapter/session/text-source.ts';
import { dataFile, HEADER_V2, imported } from './support.ts';

const LOGS = [
  'qemu-v2.log',
  'qemu-v3-stamps.log',
  'ftrace-qemu-v2.txt',
  'ftrace-kvmtool-v3.txt',
  'vgic-state-v1.txt',
  'vgic-state-v2.txt',
  'vgic-state-v3.txt',
];

/** Goldens: the imported trace, then the report as JSON. `BLESS=1` rewrites them; read the difference before committing. */
for (const log of LOGS) {
  test(`${log} imports as reviewed`, async () => {
    const { lines, report } = await imported(openTextSource(dataFile(`logs/${log}`)));
    const { format, operations, skipped, assumptions } = report;
    const actual = `${lines.join('\n')}\n\n${JSON.stringify({ format, operations, skipped, assumptions }, null, 2)}\n`;
    const golden = dataFile(`logs/${log}.golden`);
    if (process.env['BLESS'] === '1') writeFileSync(golden, actual);
    assert.ok(existsSync(golden), `${golden} is missing: BLESS=1 writes it`);
    assert.equal(actual, readFileSync(golden, 'utf8'));
    assert.equal(operations, lines.length - 1);
  });

  test(`${log} imports the same whatever the chunks, line ends and the way`, async () => {
    const text = readFileSync(dataFile(`logs/${log}`), 'utf8');
    const { lines } = await imported(openTextSource(dataFile(`logs/${log}`)));
    for (const variant of [text, text.replaceAll('\n', '\r\n'), `\ufeff${text}`]) {
      assert.deepEqual((await imported(stringSource(log, variant, 7))).lines, lines);
    }
    // What was imported, read as a trace, is the same program.
    const direct = (await loadProgram(stringSource(log, text))).program;
    const again = (await loadProgram(stringSource(log, lines.join('\n')))).program;
    assert.equal(again.length, direct.length);
    for (const column of ['kind', 'cpu', 'len', 'address', 'lo', 'hi', 'compared'] as const) {
      assert.deepEqual(again[column], direct[column], column);
    }
    for (let i = 0; i < direct.length; i++) assert.deepEqual(again.extra(i), direct.extra(i));
  });
}

/** Operations by kind, counted from the event names in the logs with awk. */
const REAL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'edk2-v2': { read: 290 + 1952, write: 581 + 1955, line: 3904 },
  'linux-v2-smp2': { read: 13 + 1968, write: 658 + 1013, line: 1100 },
  'linux-v3-smp2-ts': { read: 16 + 1 + 42 + 44, write: 329 + 48 + 20, line: 1170, sgi: 260, sysreg: 1715 },
  'xen-v3': { read: 18 + 27, write: 373 + 50, line: 2667 + 2134, sgi: 521, sysreg: 37455 },
};

for (const [name, expected] of Object.entries(REAL)) {
  test(`the real log ${name} imports`, async () => {
    const path = dataFile(`logs/real/${name}.log.gz`);
    const { program, report } = await loadProgram(openTextSource(path));
    const counts: Record<string, number> = {};
    for (const kind of program.kind) counts[OP_NAMES[kind] ?? '?'] = (counts[OP_NAMES[kind] ?? '?'] ?? 0) + 1;
    assert.deepEqual(counts, expected);
    assert.equal(report.operations, program.length);
    assert.equal(program.header.cpus, name.includes('edk2') ? 1 : 2);
    assert.equal(program.header.spis, name.includes('v2') ? 256 : 224);
    assert.equal(program.header.source, `QEMU trace log ${basename(path)}`);
    const unknown = program.cpu.filter((cpu, i) => cpu < 0 && (program.len[i] ?? 0) > 0).length;
    assert.equal(unknown > 0, program.header.cpus > 1);
  });
}

test('a redistributor that is not the last one tells of another vCPU', async () => {
  const read = (cpu: string, value: string): string =>
    `gicv3_redist_read GICv3 redistributor ${cpu} read: offset 0x8 data ${value} size 8 secure 0`;
  const cpus = async (...lines: string[]): Promise<number> => {
    const { program } = await loadProgram(stringSource('t.log', lines.map((line) => `${line}\n`).join('')));
    return program.header.cpus;
  };
  assert.equal(await cpus(read('0x0', '0x1000001')), 2);
  assert.equal(await cpus(read('0x0', '0x1000011')), 1);
  assert.equal(await cpus(read('0x0', '0x1000001'), read('0x1', '0x101000111')), 2);
});

test('formats are recognised behind other text', () => {
  assert.equal(detectFormat(['', `  ${HEADER_V2}`]), 'gic-trace');
  assert.equal(
    detectFormat(['Booting', 'GICv3: 256 SPIs', 'gic_dist_read dist read at 0x00000004 size 4: 0x1']),
    'qemu',
  );
  assert.equal(
    detectFormat(['~ # 1@2.3:gicv3_dist_set_irq GICv3 distributor interrupt 33 level changed to 1']),
    'qemu',
  );
  assert.equal(detectFormat(['# tracer: nop']), 'ftrace');
  assert.equal(detectFormat(['cpus=8', ' x-1 [000] 1.0: kvm:kvm_mmio: mmio read len 4 gpa 0x0 val 0x0']), 'ftrace');
  assert.equal(detectFormat(['Distributor', '===========', 'vgic_model:\tGICv2']), 'vgic-state');
  assert.equal(detectFormat(['hello', '{"op":"read"}', 'gic: probed', 'gicv2m_init done']), null);
  assert.equal(detectFormat([]), null);
});
