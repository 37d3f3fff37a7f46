import { IrqSnapshot } from '../../adapter/gic/inspect/irq-state.ts';
import { Controller } from '../../adapter/gic/controller.ts';
import { KVM_4_10 } from '../../adapter/gic/profiles/kvm-4.10.ts';
import { openMix, runMix } from './mix.ts';

/* npm run bench: the figures README and closing notes quote. Nothing here is a test; see test/unit for what must hold. */

function best(runs: number, work: () => void): number {
  let least = Infinity;
  for (let i = 0; i < runs; i++) {
    const start = process.hrtime.bigint();
    work();
    least = Math.min(least, Number(process.hrtime.bigint() - start));
  }
  return least;
}

function report(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(52)} ${figure}\n`);
}

/** Heap growth of a loop that should allocate nothing, in bytes an access. */
function allocation(passes: number, accesses: number, pass: () => void): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < passes; i++) pass();
  return Math.max(0, process.memoryUsage().heapUsed - before) / (passes * accesses);
}

function benchMix(gic: 'v2' | 'v3', journalled: boolean): void {
  const mix = openMix(gic);
  if (journalled) {
    const undo = mix.controller.state.journal(1 << 20);
    undo.begin();
  }
  const passes = 200;
  let mismatches = 0;
  const run = (): void => {
    for (let i = 0; i < passes; i++) mismatches += runMix(mix);
  };
  run();
  const nanoseconds = best(15, run) / (passes * mix.count);
  const bytes = allocation(passes, mix.count, () => void runMix(mix));
  const what = `mix-${gic}, 4 vCPUs, 256 SPIs${journalled ? ', journalled' : ''}`;
  report(what, `${nanoseconds.toFixed(1)} ns an access, ${bytes.toFixed(2)} bytes, ${String(mismatches)} mismatches`);
}

function benchSnapshot(): void {
  const bases = { dist: 0x08000000, cpuif: 0x08010000, redist: 0x080a0000 };
  const controller = new Controller({ gic: 'v2', cpus: 8, spis: 960, lrs: 4, bases }, KVM_4_10);
  const snapshot = new IrqSnapshot(controller.state);
  const rounds = 1000;
  const run = (): void => {
    for (let i = 0; i < rounds; i++) snapshot.take(controller.state);
  };
  run();
  report('full snapshot, 8 vCPUs and 960 SPIs', `${(best(10, run) / rounds / 1000).toFixed(1)} µs`);
}

benchMix('v2', false);
benchMix('v3', false);
benchMix('v2', true);
benchSnapshot();
