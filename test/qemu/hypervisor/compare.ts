import { ARCH_QEMU_7_2 } from '../../../adapter/gic/profiles/arch.ts';
import type { Profile } from '../../../adapter/gic/profiles/profile.ts';
import { Random } from '../../oracle/generate/random.ts';
import { runBatch, type Answer, type HypervisorOp } from './batch.ts';
import { generateHypervisor } from './generate.ts';
import { GICH, HypervisorModel } from './model.ts';

/** Operations before the one that differs that are told. */
const TOLD = 12;

export interface Comparison {
  /** Operations that agree. */
  readonly agreed: number;
  /** The first that differs, with those before it; null: none. */
  readonly difference: string | null;
}

export interface ComparisonOptions {
  readonly gic: 'v2' | 'v3';
  readonly seed: number;
  readonly operations: number;
  /** After each operation all that it can have changed is read. */
  readonly tight?: boolean;
  readonly profile?: Profile;
}

/** A stream of random operations on QEMU and on the model, which have to answer alike and signal alike. */
export async function compareHypervisor(options: ComparisonOptions): Promise<Comparison> {
  const { gic, seed, operations, tight = false, profile = ARCH_QEMU_7_2 } = options;
  const generated = generateHypervisor(gic, new Random(seed), operations);
  const all = tight ? generated.flatMap((one) => [one, ...everything(gic)]) : generated;
  const answers = await runBatch(gic, all);
  const model = new HypervisorModel(gic, profile);
  for (const [n, one] of all.entries()) {
    const expected = answers[n];
    const got = model.execute(one);
    if (expected === undefined || answerText(one, expected) === answerText(one, got)) continue;
    const before = all.slice(Math.max(0, n - TOLD), n + 1);
    const lines = before.map((each, i) => {
      const answer = answers[n + 1 - before.length + i];
      return `${operationText(each)}: ${answer === undefined ? '' : answerText(each, answer)}`;
    });
    return {
      agreed: n,
      difference: `GIC${gic}, seed ${seed}, operation ${n}:\n${lines.join('\n')}\nmodel: ${answerText(one, got)}`,
    };
  }
  return { agreed: all.length, difference: null };
}

/** Reads of what has no other effect. */
function everything(gic: 'v2' | 'v3'): HypervisorOp[] {
  if (gic === 'v2') {
    return [0x00, 0x08, 0xf0, 0x100, 0x104, 0x108, 0x10c].map((offset) => ({
      guest: false,
      rw: 'read',
      addr: GICH + offset,
      len: 4,
    }));
  }
  return ['HCR', 'VMCR', 'AP0R0', 'AP1R0', 'LR0', 'LR1', 'LR2', 'LR3'].map((name) => ({
    guest: false,
    rw: 'read',
    reg: `ICH_${name}_EL2`,
  }));
}

function operationText(one: HypervisorOp): string {
  const where = 'reg' in one ? one.reg : `${hex(one.addr)}, ${one.len} bytes`;
  return `${one.guest ? 'guest' : 'hypervisor'} ${one.rw} ${where}${one.value === undefined ? '' : ` = ${hex(one.value)}`}`;
}

function answerText(one: HypervisorOp, { value, fault, inputs, virtualInputs }: Answer): string {
  const answer = fault ?? (one.rw === 'read' ? hex(value) : 'done');
  return `${answer}, inputs ${inputs}, virtual inputs ${virtualInputs}`;
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
