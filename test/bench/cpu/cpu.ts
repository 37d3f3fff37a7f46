import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_PROFILE } from '../../../adapter/gic/profiles/profiles.ts';
import { boot } from '../../../adapter/guest/simulated/load/boot.ts';
import { SimulatedGuest } from '../../../adapter/guest/simulated/simulated-guest.ts';
import { coreModule } from '../../../adapter/session/wasm-files.ts';

/** The CPU core on an integer loop, beside Unicorn and QEMU where they are installed; and what an exit costs. */

const LOOP = readFileSync(fileURLToPath(new URL('loop.elf', import.meta.url)));
const UNICORN = fileURLToPath(new URL('unicorn-loop.py', import.meta.url));
const MEMORY = 64 * 1024 * 1024;
const ENTRY = 0x4020_0000;
/** Offset of `orders` behind the entry: its first instruction, aligned. */
const ORDERS = 8;
/** About the instructions of a turn: measured on our core, whose count is exact. */
const TURNS = 12_000_000;
const MANY_TURNS = 20;
const ACCESS_TURNS = 500_000;
const NANOSECONDS = 1e9;

interface Orders {
  readonly turns: number;
  readonly mmu: boolean;
  readonly device: boolean;
}

export type Report = (what: string, figure: string) => void;

export async function benchCpu(report: Report): Promise<void> {
  for (const mmu of [false, true]) {
    const what = `integer loop, MMU ${mmu ? 'on' : 'off'}`;
    const ours = await onOurs({ turns: TURNS, mmu, device: false });
    const perTurn = ours.instructions / TURNS;
    report(`${what}: this core`, millions(ours.instructions / ours.seconds));
    const unicorn = onUnicorn({ turns: TURNS, mmu, device: false });
    compare(report, `${what}: Unicorn`, ours, unicorn === null ? null : { seconds: unicorn, turns: TURNS }, perTurn);
    const qemu = onQemu({ turns: TURNS * MANY_TURNS, mmu, device: false });
    const turns = TURNS * MANY_TURNS;
    compare(report, `${what}: QEMU (TCG)`, ours, qemu === null ? null : { seconds: qemu, turns }, perTurn);
  }
  const exits = await onOurs({ turns: ACCESS_TURNS, mmu: true, device: true });
  const nanoseconds = (exits.seconds * NANOSECONDS) / (2 * ACCESS_TURNS);
  report('access of a guest to the distributor, exit and entry', `${nanoseconds.toFixed(0)} ns`);
}

interface Run {
  readonly instructions: number;
  readonly seconds: number;
}

function compare(
  report: Report,
  what: string,
  ours: Run,
  other: { readonly seconds: number; readonly turns: number } | null,
  perTurn: number,
): void {
  if (other === null) {
    report(what, 'is not installed, or did not run it');
    return;
  }
  const rate = (perTurn * other.turns) / other.seconds;
  const ratio = ours.instructions / ours.seconds / rate;
  report(what, `${millions(rate)}; this core is ${ratio.toFixed(2)} times as fast`);
}

function millions(rate: number): string {
  return `${(rate / 1e6).toFixed(0)} million instructions a second`;
}

/** The program with its orders patched in. */
function programFor({ turns, mmu, device }: Orders): Uint8Array {
  const bytes = new Uint8Array(LOOP);
  const view = new DataView(bytes.buffer);
  const offset = Number(view.getBigUint64(Number(view.getBigUint64(32, true)) + 8, true)) + ORDERS;
  [turns, mmu ? 1 : 0, device ? 1 : 0].forEach((word, n) => view.setBigUint64(offset + 8 * n, BigInt(word), true));
  return bytes;
}

async function onOurs(orders: Orders): Promise<Run> {
  const module = await coreModule();
  const config = { gic: 'v3', vcpus: 1, memory: MEMORY, profile: DEFAULT_PROFILE, lrs: 4 } as const;
  let best: Run = { instructions: 0, seconds: Infinity };
  for (let round = 0; round < 3; round++) {
    const guest = await SimulatedGuest.create(module, config, { title: 'bench' });
    boot(guest.machine, { name: 'loop.elf', bytes: programFor(orders) }, { address: null, bootargs: null });
    const start = process.hrtime.bigint();
    while (guest.machine.run(10_000_000).kind === 'budget');
    const seconds = Number(process.hrtime.bigint() - start) / NANOSECONDS;
    if (seconds < best.seconds) best = { instructions: guest.machine.instructions, seconds };
  }
  return best;
}

/** Seconds Unicorn takes; null where it is not installed. */
function onUnicorn(orders: Orders): number | null {
  return withFile(orders, (file) => {
    const end = ENTRY + symbolOffset();
    const { status, stdout } = spawnSync('/usr/bin/python3', [UNICORN, file, String(ENTRY), String(end)]);
    return status === 0 ? Number(stdout.toString()) : null;
  });
}

/** Seconds QEMU takes, less what it takes to do next to nothing; null where it is not installed. */
function onQemu(orders: Orders): number | null {
  const seconds = (turns: number): number | null =>
    withFile({ ...orders, turns }, (file) => {
      const start = process.hrtime.bigint();
      const machine = [
        '-M',
        'virt,gic-version=3',
        '-cpu',
        'cortex-a53',
        '-m',
        '64',
        '-nic',
        'none',
        '-display',
        'none',
      ];
      const { status } = spawnSync('qemu-system-aarch64', [...machine, '-kernel', file]);
      return status === 0 ? Number(process.hrtime.bigint() - start) / NANOSECONDS : null;
    });
  const nothing = seconds(1);
  const all = seconds(orders.turns);
  return nothing === null || all === null ? null : all - nothing;
}

function withFile<T>(orders: Orders, use: (file: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'gic-bench-'));
  try {
    const file = join(directory, 'loop.elf');
    writeFileSync(file, programFor(orders));
    return use(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Offset of the HVC that ends the program: the one instruction of its kind. */
function symbolOffset(): number {
  const hvc = Buffer.from([0x02, 0x00, 0x00, 0xd4]);
  const segment = Number(new DataView(LOOP.buffer, LOOP.byteOffset).getBigUint64(64 + 8, true));
  return LOOP.indexOf(hvc) - segment;
}
