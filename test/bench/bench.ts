import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Controller } from '../../adapter/gic/controller.ts';
import { IrqSnapshot } from '../../adapter/gic/inspect/irq-state.ts';
import { ARCH, ARCH_QEMU_7_2 } from '../../adapter/gic/profiles/arch.ts';
import { KVM_4_10 } from '../../adapter/gic/profiles/kvm-4.10.ts';
import { importLog, loadProgram } from '../../adapter/guest/trace/import/import-log.ts';
import { replay } from '../../adapter/guest/trace/replay.ts';
import { TraceGuest } from '../../adapter/guest/trace/trace-guest.ts';
import { openTextSource } from '../../adapter/session/text-source.ts';
import { benchCpu } from './cpu/cpu.ts';
import { benchGdb } from './gdb/gdb.ts';
import { openMix, runMix } from './mix.ts';

/*
 * npm run bench: the figures README and closing notes quote, each the best of several rounds. Every section runs in a
 * process of its own, so that none is measured with code another one has shaped. Nothing here is a test.
 */

const LINUX_BOOT = fileURLToPath(new URL('../data/logs/real/linux-v3-smp2-ts.log.gz', import.meta.url));

function best(rounds: number, work: () => void): number {
  let least = Infinity;
  for (let i = 0; i < rounds; i++) {
    const start = process.hrtime.bigint();
    work();
    least = Math.min(least, Number(process.hrtime.bigint() - start));
  }
  return least;
}

function report(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(58)} ${figure}\n`);
}

function benchMix(gic: 'v2' | 'v3', journalled: boolean, profile = KVM_4_10): void {
  const mix = openMix(gic, profile);
  const journal = journalled ? mix.controller.state.journal(1 << 20) : null;
  const passes = 100;
  let mismatches = 0;
  const run = (): void => {
    for (let i = 0; i < passes; i++) {
      journal?.begin();
      mismatches += runMix(mix);
    }
  };
  run();
  run();
  const nanoseconds = best(300, run) / (passes * mix.count);
  const before = process.memoryUsage().heapUsed;
  run();
  const bytes = Math.max(0, process.memoryUsage().heapUsed - before) / (passes * mix.count);
  const whose = profile === KVM_4_10 ? '' : `, profile ${profile.name}`;
  const what = `access mix ${gic}, 4 CPUs, 256 SPIs${journalled ? ', journalled' : ''}${whose}`;
  const wrong = mismatches === 0 ? '' : `, ${String(mismatches)} MISMATCHES`;
  report(what, `${nanoseconds.toFixed(1)} ns an access, ${bytes.toFixed(2)} bytes allocated an access${wrong}`);
}

function benchSnapshot(): void {
  const bases = { dist: 0x08000000, cpuif: 0x08010000, redist: 0x080a0000 };
  const { state } = new Controller({ gic: 'v2', cpus: 8, spis: 960, lrs: 4, bases }, KVM_4_10);
  const snapshot = new IrqSnapshot(state);
  const rounds = 1000;
  const run = (): void => {
    for (let i = 0; i < rounds; i++) snapshot.take(state);
  };
  run();
  report('full snapshot, 8 vCPUs and 960 SPIs', `${(best(20, run) / rounds / 1e6).toFixed(3)} ms`);
}

/** A recorded Linux boot, repeated to half a million operations: the register values of one boot hold for the next. */
async function benchReplay(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'gic-bench-'));
  try {
    const log = join(directory, 'boot.log');
    const boot = gunzipSync(readFileSync(LINUX_BOOT));
    const times = 140;
    writeFileSync(log, Buffer.concat(Array.from({ length: times }, () => boot)));
    const trace = join(directory, 'boot.gictrace');
    const lines: string[] = [];
    const start = process.hrtime.bigint();
    const { operations } = await importLog(openTextSource(log), (line) => void lines.push(line), {});
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    report(
      `import of a QEMU log, ${((boot.length * times) / 2 ** 20).toFixed(0)} MiB`,
      `${perSecond(operations, seconds)} operations a second`,
    );
    writeFileSync(trace, `${lines.join('\n')}\n`);
    let parsed = Infinity;
    let { program } = await loadProgram(openTextSource(trace), {});
    for (let i = 0; i < 3; i++) {
      const began = process.hrtime.bigint();
      ({ program } = await loadProgram(openTextSource(trace), {}));
      parsed = Math.min(parsed, Number(process.hrtime.bigint() - began) / 1e9);
    }
    const executed = best(3, () => void replay(program, 1)) / 1e9;
    report('parse of a gic-trace', `${perSecond(program.length, parsed)} operations a second`);
    report(
      'replay of a recorded Linux boot, comparisons included',
      `${perSecond(program.length, executed)} operations a second`,
    );
    report('parse and replay together', `${perSecond(program.length, parsed + executed)} operations a second`);
    const source = { path: trace, compressed: false, text: () => Promise.resolve('') };
    const guest = new TraceGuest(program, { title: 'boot', source });
    const forth = best(1, () => guest.jump(guest.total)) / 1e9;
    const back = best(1, () => guest.jump(guest.total - 100_000)) / 1e9;
    report('debug session forward, journalled', `${perSecond(program.length, forth)} operations a second`);
    report('debug session backward', `${perSecond(100_000, back)} operations a second`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function perSecond(operations: number, seconds: number): string {
  return Math.round(operations / seconds).toLocaleString('en-GB');
}

const SECTIONS: Readonly<Record<string, () => void | Promise<void>>> = {
  'mix-v2': () => benchMix('v2', false),
  'mix-v3': () => benchMix('v3', false),
  'mix-v2-journal': () => benchMix('v2', true),
  'mix-v2-arch': () => benchMix('v2', false, ARCH),
  'mix-v3-arch': () => benchMix('v3', false, ARCH),
  'mix-v2-qemu': () => benchMix('v2', false, ARCH_QEMU_7_2),
  'mix-v3-qemu': () => benchMix('v3', false, ARCH_QEMU_7_2),
  snapshot: benchSnapshot,
  replay: benchReplay,
  cpu: () => benchCpu(report),
  gdb: benchGdb,
};

const [wanted] = process.argv.slice(2);
if (wanted === undefined) {
  for (const section of Object.keys(SECTIONS)) {
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), section], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
} else {
  const section = SECTIONS[wanted];
  if (section === undefined) throw new Error(`there is no section ${wanted}: ${Object.keys(SECTIONS).join(', ')}`);
  await section();
}
