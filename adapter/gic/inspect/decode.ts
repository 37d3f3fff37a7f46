import { affinityIn, affinityText } from '../affinity.ts';
import { PRIVATE_IRQS } from '../config.ts';
import type { Located } from '../mmio/dispatcher.ts';
import type { FieldRow, RegisterRow } from '../registers/row.ts';
import { splitWords } from './register-map.ts';

/** One INTID's part of a per-interrupt register's value. */
export interface IrqPart {
  readonly intid: number;
  readonly value: number;
}

/** Bits of a field in a value. */
export function fieldValue(value: bigint, field: Pick<FieldRow, 'msb' | 'lsb'>): bigint {
  return (value >> BigInt(field.lsb)) & ((1n << BigInt(field.msb - field.lsb + 1)) - 1n);
}

/** Name of a field's value where the table has one for it. */
export function enumName(field: FieldRow, value: bigint): string | null {
  return field.values?.find((one) => BigInt(one.value) === value)?.name ?? null;
}

export function hexOf(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

/** INTIDs an access covers, empty for registers that are not per interrupt. */
export function intidsOf(located: Located, length: number): { first: number; count: number } {
  const found = located.register;
  if (found === null || found.row.bitsPerIrq === 0) return { first: -1, count: 0 };
  const bits = found.row.bitsPerIrq;
  const first = Math.trunc(((located.offset - found.row.offset) * 8) / bits);
  return { first, count: Math.max(1, Math.trunc((length * 8) / bits)) };
}

const SET_WORDS: Readonly<Record<string, readonly [set: string, clear: string]>> = {
  enabled: ['enables', 'disables'],
  pending: ['sets pending', 'clears pending'],
  active: ['sets active', 'clears active'],
};

/**
 * What an access means, in words: "enables INTID 33", "priority of INTID 40 = 0xa0".
 * Empty where the register's name and value say it all.
 */
export function accessMeaning(located: Located, length: number, write: boolean, value: bigint): string {
  const found = located.register;
  if (found === null || located.verdict !== 'ok') return '';
  const { row } = found;
  if (row.bitsPerIrq === 0 || row.property === null) return fieldsMeaning(row, value, found.byte);
  const { first, count } = intidsOf(located, length);
  if (row.bank === 'shared-only' && first < PRIVATE_IRQS)
    return 'reads as zero: the redistributors have INTIDs 0 to 31';
  if (row.bitsPerIrq === 1) return bitsMeaning(row, first, write, value);
  if (row.bitsPerIrq === 2) {
    const edges = filterIntids(first, count, (i) => ((value >> BigInt(i * 2 + 1)) & 1n) === 1n);
    return edges.length === 0 ? `${range(first, count)} level` : `edge: ${list(edges)}`;
  }
  if (row.bitsPerIrq === 64) return `INTID ${String(first)} to ${affinity(value)}`;
  const bytes = Array.from({ length: count }, (_, i) => hexOf((value >> BigInt(i * 8)) & 0xffn));
  const what = row.property === 'priority' ? 'priority' : row.property === 'source' ? 'senders' : 'targets';
  const same = bytes.every((byte) => byte === bytes[0]);
  return `${what} of ${range(first, count)} = ${same ? (bytes[0] ?? '') : bytes.join(', ')}`;
}

function bitsMeaning(row: RegisterRow, first: number, write: boolean, value: bigint): string {
  const intids = filterIntids(first, 32, (i) => ((value >> BigInt(i)) & 1n) === 1n);
  const words = row.property === null ? undefined : SET_WORDS[row.property];
  if (write && words !== undefined) {
    if (intids.length === 0) return 'changes nothing: no bit is set';
    return `${row.access === 'w1c' ? words[1] : words[0]} ${list(intids)}`;
  }
  return intids.length === 0 ? `none ${row.property ?? 'set'}` : `${row.property ?? 'set'}: ${list(intids)}`;
}

function fieldsMeaning(row: RegisterRow, value: bigint, byte: number): string {
  if (byte !== 0) return '';
  const parts: string[] = [];
  for (const field of row.fields) {
    const bits = fieldValue(value, field);
    if (bits === 0n && field.values === undefined) continue;
    parts.push(`${field.name}=${enumName(field, bits) ?? (field.msb === field.lsb ? String(bits) : hexOf(bits))}`);
  }
  return parts.join(' ');
}

function affinity(value: bigint): string {
  const { lo, hi } = splitWords(value);
  return `affinity ${affinityText(affinityIn(lo, hi))}`;
}

function filterIntids(first: number, count: number, has: (i: number) => boolean): number[] {
  return Array.from({ length: count }, (_, i) => i)
    .filter(has)
    .map((i) => first + i);
}

function range(first: number, count: number): string {
  return count === 1 ? `INTID ${String(first)}` : `INTIDs ${String(first)}-${String(first + count - 1)}`;
}

/** "INTID 33", "INTIDs 32-35, 40": runs are joined. */
export function list(intids: readonly number[]): string {
  const runs: string[] = [];
  for (let i = 0; i < intids.length;) {
    let j = i;
    while (j + 1 < intids.length && intids[j + 1] === (intids[j] ?? 0) + 1) j++;
    runs.push(j === i ? String(intids[i]) : `${String(intids[i])}-${String(intids[j])}`);
    i = j + 1;
  }
  return `${intids.length === 1 ? 'INTID' : 'INTIDs'} ${runs.join(', ')}`;
}
