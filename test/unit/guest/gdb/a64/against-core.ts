import assert from 'node:assert/strict';
import { decodeAccess, type AccessElement, type MemoryAccess } from '../../../../../adapter/guest/gdb/a64/decode.ts';
import { loadedValue, storedValues, wholeRegister } from '../../../../../adapter/guest/gdb/a64/values.ts';
import { PAGE } from '../../../../oracle/case.ts';
import { isCode, registersOf, type BusAccess, type DeviceCore, type Monitor, type Outcome } from './device-core.ts';

/* One instruction, by the decoder and by the simulated core: they have to agree. */

/** The core is ARMv8.0 with FEAT_LSE. */
const BEYOND_CORE =
  /^(ldlar|stllr|ldapur|stlur|ldapr)(s?[bhw])?$|^(ldra[ab]|ld64b|st64bv?0?|stgp|stz2?g)$|^dc (\w*g\w*|cvad?p)$/;

/** What the two were compared by. */
export type Compared = 'accesses' | 'abort' | 'no access' | 'beyond core';

export function compareWithCore(
  core: DeviceCore,
  word: number,
  state: BigUint64Array,
  memory: Uint8Array,
): { readonly by: Compared; readonly access: MemoryAccess | null } {
  const access = decodeAccess(word, registersOf(state));
  const isExclusiveStore = access?.kind === 'store' && access.isExclusive;
  const outcome = core.run(word, state, memory, isExclusiveStore ? monitorOf(core, access, memory) : null);
  const by = compareOutcome(core, access, outcome, memory);
  return { by, access };
}

/** A monitor that lets an exclusive store through. */
function monitorOf(core: DeviceCore, { address, elements }: MemoryAccess, memory: Uint8Array): Monitor {
  const [low = 0n, high = 0n] = elements.map((one) => core.content(memory, one.address, one.size));
  return { address, size: elements.reduce((sum, one) => sum + one.size, 0), low, high };
}

function compareOutcome(core: DeviceCore, access: MemoryAccess | null, outcome: Outcome, memory: Uint8Array): Compared {
  const { end, bus, abort } = outcome;
  if (!access) {
    assert.deepEqual([end === 'abort', bus], [false, []], 'the core accesses memory');
    return 'no access';
  }
  if (BEYOND_CORE.test(access.mnemonic)) {
    assert.equal(end, 'undefined', 'the core is said not to have it');
    return 'beyond core';
  }
  if (abort) {
    const isThere = access.elements.some(({ address, size }) => {
      const distance = BigInt.asUintN(64, abort.address - address);
      return distance < BigInt(size);
    });
    assert.ok(isThere, `it aborts at 0x${abort.address.toString(16)}`);
    assert.equal(abort.isWrite, access.kind !== 'load');
    return 'abort';
  }
  assert.equal(end, 'done');
  assert.deepEqual(bus, expectedBus(core, access, memory));
  compareRegisters(core, access, memory);
  return access.elements.length > 0 ? 'accesses' : 'no access';
}

function expectedBus(core: DeviceCore, access: MemoryAccess, memory: Uint8Array): BusAccess[] {
  const { kind, elements, isExclusive } = access;
  const loaded = elements.map(({ address, size }) => core.content(memory, address, size));
  const reads = elements.flatMap((one, n) => pieces(one, false, loaded[n] ?? 0n));
  if (kind === 'load') return reads;
  const values = kind === 'load-store' ? storedValues(access, loaded) : elements.map(({ value }) => value ?? -1n);
  const writes = elements.flatMap((one, n) => (values ? pieces(one, true, values[n] ?? -1n) : []));
  // The core's monitor looks whether memory still holds what the exclusive load has seen.
  return kind === 'load-store' || isExclusive ? [...reads, ...writes] : writes;
}

/** How the core accesses an element: 16 bytes as two times 8, and over the end of a page byte by byte. */
function pieces({ address, size }: AccessElement, isWrite: boolean, value: bigint): BusAccess[] {
  const cut = (at: bigint, bytes: number, step: number, whole: bigint): BusAccess[] =>
    Array.from({ length: bytes / step }, (_, n) => ({
      address: BigInt.asUintN(64, at + BigInt(step * n)),
      size: step,
      isWrite,
      value: BigInt.asUintN(8 * step, whole >> BigInt(8 * step * n)),
    }));
  const found = cut(address, size, Math.min(size, 8), value).flatMap((one) => {
    const crosses = Number(one.address % BigInt(PAGE)) + one.size > PAGE;
    return crosses ? cut(one.address, one.size, 1, one.value) : [one];
  });
  // Code is memory: what is read there does not leave the core.
  return found.filter((one) => isWrite || !isCode(one.address));
}

/** Registers hold what was read; the base has moved. */
function compareRegisters(
  core: DeviceCore,
  { kind, elements, writeback, status }: MemoryAccess,
  memory: Uint8Array,
): void {
  if (writeback) assert.equal(core.register(writeback.register), writeback.value, 'written back');
  if (kind === 'store' && status !== null && !status.endsWith('zr')) assert.equal(core.register(status), 0n, 'stored');
  if (kind !== 'load' && kind !== 'load-store') return;
  elements.forEach((one, n) => {
    const register = wholeRegister(one);
    if (register === null || register === writeback?.register) return;
    // CONSTRAINED UNPREDICTABLE: what comes later is what the register holds
    if (elements.some((other, m) => m > n && other.register === one.register && other.lane === one.lane)) return;
    const { address, size } = one;
    assert.equal(
      loadedValue(one, core.register(register)),
      core.content(memory, address, size),
      `${one.register} after the load`,
    );
  });
}
