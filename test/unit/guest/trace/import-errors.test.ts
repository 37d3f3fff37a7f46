import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NoOperationsError } from '../../../../adapter/guest/trace/format/errors.ts';
import { stringSource } from '../../../../adapter/guest/trace/format/text-source.ts';
import type { ImportOptions } from '../../../../adapter/guest/trace/import/options.ts';
import { dataFile, formatError, HEADER_V2, imported, importedText } from './support.ts';

const DIST = 'gic_dist_read dist read at 0x00000004 size 4: 0x00000028';
const REDIST = 'gicv3_redist_read GICv3 redistributor 0x0 read: offset 0x8 data 0x11 size 8 secure 0';

async function rejects(lines: readonly string[], line: number, reason: string, options?: ImportOptions): Promise<void> {
  await assert.rejects(importedText(lines, options), formatError(line, reason), lines.join('\n'));
}

test('garbled QEMU lines say where and why', async () => {
  await rejects(
    [DIST, 'gic_dist_read dist read at 0x0000zz04 size 4: 0x00000028'],
    2,
    'gic_dist_read: "dist read at 0x0000zz04',
  );
  await rejects(
    [DIST, 'gic_dist_read dist read at 0x00000004 size 4: 0x'],
    2,
    'is not "dist read at 0x%x size %d: 0x%x"',
  );
  await rejects([DIST, 'gic_dist_read dist read at 0x00000004 size 4'], 2, 'is not "dist read');
  await rejects([DIST, `${DIST} and more`], 2, 'is not "dist read');
  await rejects([DIST, 'gic_dist_read'], 2, 'gic_dist_read: ""');
  await rejects([DIST, 'gic_dist_read dist read at 0x00000004 size 3: 0x00000028'], 2, 'size 3 is not 1, 2, 4 or 8');
  await rejects(
    [DIST, 'gic_dist_read dist read at 0x00001000 size 4: 0x00000028'],
    2,
    'offset 0x1000 is outside the frame',
  );
  await rejects([DIST, 'gic_cpu_read xpu 0 iface read at 0x0000000c: 0x0'], 2, '"xpu" is not "cpu" or "vcpu"');
  await rejects([DIST, 'gic_set_irq irq 27 level 1 cpumask 0x3 target 0x1'], 2, 'cpumask 0x3 does not name one CPU');
  await rejects([DIST, 'gic_set_irq irq 5 level 1 cpumask 0x1 target 0x1'], 2, 'interrupt 5 has no wire');
  await rejects(
    [REDIST, 'gicv3_icc_pmr_write GICv3 ICC_PMR write cpu 0x0 value 0x11112222333344445'],
    2,
    'ICC_PMR write',
  );
  await rejects([REDIST, 'gicv3_ich_lr_read GICv3 ICH_LR99_EL2 read cpu 0x0 value 0x0'], 2, 'there is no ICH_LR99');
  const sgi = 'gicv3_icc_generate_sgi GICv3 CPU i/f 0x0 generating SGI 5 IRM 0 target affinity 0x0xx targetlist 0x1';
  await rejects([REDIST, sgi.replace('SGI 5', 'SGI 16')], 2, 'SGI 16 is not 0 to 15');
  await rejects([REDIST, sgi.replace('0x0xx', '0x0')], 2, 'gicv3_icc_generate_sgi');
  await rejects([REDIST, sgi.replace('0x0xx', '0x1000000xx')], 2, 'wider than 24 bits');
  await rejects([REDIST, REDIST.replace('0x0 read', '0x1 read')], 2, 'CPU 1 is not 0 to 0', { cpus: 1 });
});

test('only a last line without an end may be cut off', async () => {
  const cut = 'gic_dist_read dist read at 0x000';
  const { report } = await imported(stringSource('t.log', `${DIST}\n${cut}`));
  assert.equal(report.skipped['(cut off)']?.count, 1);
  await assert.rejects(imported(stringSource('t.log', `${DIST}\n${cut}\n`)), formatError(2, 'gic_dist_read'));
  await assert.rejects(imported(stringSource('t.log', `${DIST}\n${cut}zz`)), formatError(2, 'gic_dist_read'));
});

test('garbled ftrace lines say where and why', async () => {
  const ok = ' CPU 0/KVM-1 [000] d..1. 1.0: kvm_mmio: mmio read len 4 gpa 0x8000004 val 0x3';
  await rejects([ok, ok.replace('0x8000004', '8000004')], 2, 'kvm_mmio: "mmio read len 4 gpa 8000004');
  await rejects([ok, ok.replace('len 4', 'len 5')], 2, 'kvm_mmio: len 5 is not 1, 2, 4 or 8');
  await rejects([ok, ok.replace('val 0x3', 'val 0x11112222333344445')], 2, 'wider than 64 bits');
  const irq = ' x-1 [000] d..1. 1.0: vgic_update_irq_pending: VCPU: 0, IRQ 27, level: 1';
  await rejects([ok, irq.replace('level: 1', 'level 1')], 2, 'vgic_update_irq_pending: "VCPU: 0');
  await rejects([ok, irq.replace('VCPU: 0', 'VCPU: 99')], 2, 'VCPU 99 is not 0 to 63');
});

test('garbled vgic-state dumps say where and why', async () => {
  const dump = readFileSync(dataFile('logs/vgic-state-v1.txt'), 'utf8').trimEnd().split('\n');
  const change = (line: number, from: string | RegExp, to: string): string[] =>
    dump.map((text, i) => (i === line - 1 ? text.replace(from, to) : text));
  await rejects(change(3, 'GICv2', 'GICv5'), 3, 'vgic_model GICv5 is neither GICv2 nor GICv3');
  await rejects(change(4, '32', 'x'), 4, 'nr_spis "x" is not a number');
  await rejects(change(10, 'TGT_ID', 'TARGET_ID'), 10, 'is not the head of a block');
  await rejects(change(12, '000100', '0001001'), 12, 'flags 0001001 are not one digit for each of PLAEHC');
  await rejects(change(12, '000100', '00010x'), 12, 'is not a row of the interrupt table');
  await rejects(change(12, /-1 $/, ''), 12, 'is not a row of the interrupt table');
  await rejects(change(12, ' 0      -1', '999      -1'), 12, 'priority 999 is wider than 8 bits');
  await rejects(
    change(9, '', '       SGI    0      0 000100        0        1   0   0      -1 '),
    9,
    'a row before the head',
  );
  await rejects(change(9, '', 'Segmentation fault'), 9, '"Segmentation fault" is no line of a vgic-state dump');
  await rejects([...dump, ...dump], dump.length + 3, 'a second dump begins here');
  await rejects(
    dump.filter((line) => !line.startsWith('nr_spis')),
    dump.length - 1,
    'no nr_spis',
  );
  await rejects(change(dump.length, '63', '64'), dump.length, 'interrupt 64 is beyond the last, 63');
});

test('a text without operations says so', async () => {
  const nothing = async (lines: readonly string[], why: string): Promise<void> => {
    await assert.rejects(importedText(lines), (error: unknown) => {
      assert.ok(error instanceof NoOperationsError, String(error));
      assert.ok(error.message.startsWith('no GIC operation in t.log: '), error.message);
      assert.ok(error.message.includes(why), error.message);
      return true;
    });
  };
  await nothing([], 'it is empty');
  await nothing(['hello', 'world'], 'it is not a gic-trace, a QEMU trace log');
  await nothing(['x', 'gic_enable_irq irq 27 enabled', 'gic_update_set_irq cpu[0]: irq = 1'], '1 gic_enable_irq');
  await nothing([' x-1 [0] 1.0: kvm_mmio: mmio read len 4 gpa 0x9000000 val 0x3'], 'none of its 1 MMIO accesses');
  await nothing(['Distributor', '===========', 'vgic_model:\tGICv2', 'nr_spis:\t0', 'enabled:\t0'], 'not initialised');
  assert.deepEqual((await importedText([HEADER_V2])).lines, [HEADER_V2]);
});

test('machines that cannot be are refused', async () => {
  await rejects([REDIST], 1, 'header: dist (0x08000000 to 0x0800ffff) and redist (0x08000000 to 0x0801ffff) overlap', {
    bases: { redist: 0x08000000 },
  });
  const ninth = 'gic_cpu_write cpu 8 iface write at 0x00000004 0x000000f0';
  await rejects([ninth], 1, 'header: cpus 9 is not 1 to 8 (GICv2)');
});

test('options go before what is found', async () => {
  const { report, lines } = await importedText([DIST], {
    ...{ bases: { dist: 0x2c001000, cpuif: 0x2c002000 }, cpus: 4, spis: 96, semantics: 'kvm-4.10' },
  });
  assert.equal(report.header.cpus, 4);
  assert.equal(report.header.spis, 96);
  assert.equal(report.header.semantics, 'kvm-4.10');
  assert.equal(lines[1], '{"op":"read","cpu":null,"addr":"0x2c001004","len":4,"value":"0x00000028"}');
});

test('affinities that are not numbered as usual get numbers in their order', async () => {
  const line = (affinity: string): string => `gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x${affinity} value 0x0`;
  const { lines, report } = await importedText(['0', '100', '200'].map(line));
  assert.deepEqual(
    lines.slice(1).map((text) => (JSON.parse(text) as { cpu: number }).cpu),
    [0, 1, 2],
  );
  assert.ok(report.assumptions.some((text) => text.includes('order of affinities')));
  const usual = await importedText(['0', '1', '100'].map(line));
  assert.equal(usual.report.header.cpus, 17);
});

test('the sink is waited for, and an import reports progress', async () => {
  let writing = 0;
  const progress: number[] = [];
  const { importLog } = await import('../../../../adapter/guest/trace/import/import-log.ts');
  const text = `${DIST}\n`.repeat(100);
  await importLog(
    stringSource('t.log', text, 100),
    async () => {
      assert.equal(writing, 0);
      writing++;
      await new Promise((resolve) => setImmediate(resolve));
      writing--;
    },
    { onProgress: ({ pass, passes, bytesRead, sizeBytes }) => progress.push(pass, passes, bytesRead, sizeBytes ?? -1) },
  );
  assert.deepEqual(progress.slice(-4), [2, 2, text.length, text.length]);
});
