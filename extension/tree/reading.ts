import type { RegisterInfo } from '../../adapter/protocol.ts';
import { banksOf, type Bank, type Family, type TreeNode, type ValueNode } from './nodes.ts';
import type { Snapshot } from './snapshot.ts';
import { extract, parseHex, widthOf } from './values.ts';

/** What one copy of a register, or of a piece of it, holds. */
export interface Reading {
  /** Absent where it could not be read: `unavailable` says why. */
  readonly value?: bigint;
  readonly unavailable?: string;
  /** Set where it differs: the value at the previous stop, and the one after reset. */
  readonly previous?: bigint;
  readonly reset?: bigint;
}

/** Reads one copy of a register from what the session's snapshot holds. */
export function readBank(snapshot: Snapshot, register: RegisterInfo, bank: Bank): Reading {
  const raw = snapshot.value(bank.frame, register.name, bank.vcpu);
  if (raw.value === undefined) return { unavailable: raw.unavailable ?? 'the debug adapter sent no value' };
  return {
    value: parseHex(raw.value),
    ...(raw.previous === undefined ? {} : { previous: parseHex(raw.previous) }),
    ...(raw.reset === undefined ? {} : { reset: parseHex(raw.reset) }),
  };
}

/** Reads the node's value; for a register with several copies undefined. */
export function readNode(snapshot: Snapshot, node: ValueNode): Reading | undefined {
  if (node.kind === 'bank') return readBank(snapshot, node.register, node.bank);
  if (node.kind === 'register') {
    const [only, ...others] = node.banks;
    return only && others.length === 0 ? readBank(snapshot, node.register, only) : undefined;
  }
  const whole = readBank(snapshot, node.register, node.bank);
  if (whole.value === undefined) return whole;
  const value = extract(whole.value, node.part.field);
  const previous = whole.previous === undefined ? value : extract(whole.previous, node.part.field);
  const reset = whole.reset === undefined ? value : extract(whole.reset, node.part.field);
  return { value, ...(previous === value ? {} : { previous }), ...(reset === value ? {} : { reset }) };
}

/** The width of the node's value in bits. */
export function widthOfNode(node: ValueNode): number {
  return node.kind === 'part' ? widthOf(node.part.field) : node.register.bits;
}

/** How many of the registers hold something else than after reset, and how many changed at this stop. */
export interface Tally {
  readonly total: number;
  readonly nonReset: number;
  readonly changed: number;
  readonly unavailable: number;
}

/** Counts registers, not copies: one copy that differs is enough. */
export function tally(snapshot: Snapshot, family: Family, registers: readonly RegisterInfo[]): Tally {
  let nonReset = 0;
  let changed = 0;
  let unavailable = 0;
  for (const register of registers) {
    const readings = banksOf(family, register).map((bank) => readBank(snapshot, register, bank));
    if (readings.some((reading) => reading.reset !== undefined)) nonReset++;
    if (readings.some((reading) => reading.previous !== undefined)) changed++;
    if (readings.some((reading) => reading.value === undefined)) unavailable++;
  }
  return { total: registers.length, nonReset, changed, unavailable };
}

/** True where "only what differs from reset" keeps the node. What could not be read stays: it may differ. */
export function differsFromReset(snapshot: Snapshot, node: TreeNode): boolean {
  switch (node.kind) {
    case 'session':
    case 'pinned':
    case 'message':
    case 'family':
      return true;
    case 'group': {
      const counts = tally(snapshot, node.family, node.registers);
      return counts.nonReset + counts.unavailable > 0;
    }
    case 'register':
      return node.banks.some((bank) => differs(readBank(snapshot, node.register, bank)));
    case 'bank':
    case 'part': {
      const reading = readNode(snapshot, node);
      return reading === undefined || differs(reading);
    }
  }
}

function differs(reading: Reading): boolean {
  return reading.value === undefined || reading.reset !== undefined;
}
