import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RAM_BASE, VIRT_MAP } from '../../adapter/guest/simulated/board/virt.ts';
import { LoadError } from '../../adapter/guest/simulated/load/load-error.ts';
import { loadProgram, type LoadPlan } from '../../adapter/guest/simulated/load/load-program.ts';
import { elf, linuxImage } from '../unit/guest/simulated/load/elf-builder.ts';
import { generator, mutateBytes } from './generator.ts';

/** Same mutations every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 2000);

const MEMORY = 64 << 20;
const FLASH_END = VIRT_MAP.flash1.base + VIRT_MAP.flash1.size;
const code = new Uint8Array(0x80).fill(0x1f);
const segments = [
  { virtual: 0x4010_0000n, bytes: code },
  { virtual: 0x4020_0000n, bytes: code, memorySize: 0x1000n, flags: 6 },
];
const CORPUS = [
  ['an ELF program', elf({ segments })],
  ['a position-independent ELF program', elf({ type: 3, entry: 4n, segments: [{ virtual: 0n, bytes: code }] })],
  ['a kernel image', linuxImage(0x100, 0x8_0000n, 0x1_0000n)],
] as const;
const ADDRESSES = [null, null, null, 0, 4, RAM_BASE, 0x4010_0000, 0x4208_0000, 0x43ff_f000, -8, 1.5, 2 ** 53, Infinity];

/** Everything lies in memory, and what the boot protocol needs does not overlap the program. */
function check(plan: LoadPlan): void {
  for (const { address, bytes, zeroUpTo } of plan.pieces) {
    assert.ok(Number.isSafeInteger(address) && Number.isSafeInteger(zeroUpTo));
    assert.ok(zeroUpTo >= address + bytes.length);
    const inRam = address >= RAM_BASE && zeroUpTo <= RAM_BASE + MEMORY;
    assert.ok(inRam || (address >= 0 && zeroUpTo <= FLASH_END), `${address} to ${zeroUpTo}`);
  }
  const entry = Number(plan.entry);
  const tree = plan.pieces.at(-1);
  assert.ok(tree?.address === plan.deviceTree.base);
  assert.ok(plan.pieces.some(({ address, zeroUpTo }) => entry >= address && entry < zeroUpTo));
  for (const piece of plan.pieces.slice(0, -1)) {
    assert.ok(piece.zeroUpTo <= tree.address || piece.address >= tree.zeroUpTo, 'the tree is clear of all');
  }
}

for (const [name, original] of CORPUS) {
  test(`mutated ${name}: a plan or a LoadError, nothing else`, () => {
    const random = generator(SEED);
    let accepted = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = round === 0 ? original : mutateBytes(original, random);
      const address = ADDRESSES[random(ADDRESSES.length)] ?? null;
      const initrd = random(4) === 0 ? { name: 'initrd', bytes: code } : null;
      try {
        check(loadProgram({ name: 'fuzz', bytes, gic: 'v2', vcpus: 1, memory: MEMORY, address, initrd }));
        accepted++;
      } catch (error) {
        if (error instanceof LoadError) continue;
        assert.fail(`seed ${SEED}, round ${round}: ${String(error instanceof Error ? error.stack : error)}`);
      }
    }
    assert.ok(accepted > ROUNDS / 50, `${accepted} of ${ROUNDS} accepted`);
  });
}
