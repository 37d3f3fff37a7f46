import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCH } from '../../adapter/gic/profiles/arch.ts';
import { DEFAULT_PROFILE } from '../../adapter/gic/profiles/profiles.ts';
import { SimulatedGuest } from '../../adapter/guest/simulated/simulated-guest.ts';
import * as L from '../../adapter/guest/simulated/core/layout.ts';
import { coreModule } from '../../adapter/session/wasm-files.ts';

const ROUNDS = Number(process.env['GIC_MACHINE_ROUNDS'] ?? 60);
const RAM = 0x4000_0000;
const MEMORY = 16 * 1024 * 1024;
const CODE_BYTES = 64 * 1024;
const LIMIT = 20_000;

/** A small generator of its own: the same seed is the same run. */
function randomFrom(seed: number): () => number {
  let state = (seed * 0x9e37_79b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}

/** Words that are instructions more often than chance has it: random ones in the encodings of branches and accesses. */
const LIKELY = [0xf940_0000, 0xb900_0000, 0x5400_0000, 0x9100_0000, 0xd538_0000, 0xd518_0000, 0xd503_201f, 0x1400_0000];

for (const vcpus of [1, 4]) {
  test(`random memory as code, ${vcpus} vCPUs: every run comes back, within its limit, and can be looked at`, async () => {
    const module = await coreModule();
    for (let round = 0; round < ROUNDS; round++) {
      const random = randomFrom(round * 8 + vcpus);
      const gic = (round & 1) === 0 ? 'v2' : 'v3';
      const guest = await SimulatedGuest.create(
        module,
        { gic, vcpus, memory: MEMORY, profile: (round & 4) === 0 ? DEFAULT_PROFILE : ARCH, lrs: 1 + (random() % 16) },
        { title: 'fuzz' },
      );
      const { machine } = guest;
      const code = machine.core.ram.physical(RAM, CODE_BYTES);
      assert.ok(code);
      const view = new DataView(code.buffer, code.byteOffset);
      for (let at = 0; at < CODE_BYTES; at += 4) {
        const word = random();
        const likely = LIKELY[random() % LIKELY.length] ?? 0;
        view.setUint32(at, (random() & 3) === 0 ? word : (likely | (word & 0x001f_ffff)) >>> 0, true);
      }
      machine.core.setPc(0, BigInt(RAM + 4 * (random() % 1024)));
      machine.core.setWord(0, L.VBAR, BigInt(RAM + 0x8000));
      for (let n = 0; n < 31; n++) {
        const bases = [RAM + 0x4000, 0x0800_0000, 0x0801_0000, 0x080a_0000, 0x0900_0000, 0, random()];
        machine.core.setX(0, n, BigInt((bases[random() % bases.length] ?? 0) + (random() % 0x1000)));
      }
      if ((round & 2) !== 0) {
        // Tables of random bits.
        machine.core.setWord(0, L.TTBR0, BigInt(RAM + (random() % 16) * 0x1000));
        machine.core.setWord(0, L.TCR, (BigInt(random()) << 32n) | BigInt(random()));
        machine.core.setWord(0, L.SCTLR, BigInt(0x30d5_0838 | (random() & 1)));
      }
      for (let n = 0; n < 4; n++) {
        const before = machine.instructions;
        guest.run(LIMIT);
        assert.ok(machine.instructions - before <= LIMIT + 1, `round ${round}: ${machine.instructions - before}`);
        guest.refresh();
        for (let vcpu = 0; vcpu < vcpus; vcpu++) {
          assert.equal(typeof machine.core.pc(vcpu), 'bigint');
          machine.readVirtual(vcpu, machine.core.sp(vcpu), 64);
        }
        for (let entry = Math.max(guest.first, guest.total - 20); entry < guest.total; entry++) guest.operation(entry);
        for (let back = 0; back < 5; back++) guest.backward();
      }
    }
  });
}
