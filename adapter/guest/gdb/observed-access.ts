import type { AccessElement, MemoryAccess } from './a64/decode.ts';
import { loadedValue, storedValues, wholeRegister } from './a64/values.ts';
import type { RegisterMap } from '../../gic/inspect/register-map.ts';
import type { FrameMappings } from './frame-mapping.ts';
import type { Shadow } from './shadow.ts';

/** A part of an instruction's access that reaches a frame. */
export interface FrameElement {
  readonly element: AccessElement;
  /** Physical. */
  readonly address: number;
  readonly size: number;
  readonly write: boolean;
  /** What is about to be written; null for reads, and where only the access itself tells. */
  readonly value: bigint | null;
}

/** Parts of an access that reach frames, in their order. */
export function elementsIn(access: MemoryAccess, mappings: FrameMappings): FrameElement[] {
  const write = access.kind !== 'load';
  return access.elements.flatMap((element) => {
    const address = mappings.physical(element.address);
    if (address === null) return [];
    return [{ element, address, size: element.size, write, value: write ? element.value : null }];
  });
}

/**
 * What an access carried, once it was made.
 * @param register a register of the CPU that made it, behind it
 * @param before what the place held before, for instructions that compute what they write
 * @returns null where it cannot be told
 */
export function valueOf(
  access: MemoryAccess,
  { element, write }: FrameElement,
  register: (name: string) => bigint | null,
  before: bigint | null,
): bigint | null {
  if (access.kind === 'load') {
    const name = wholeRegister(element);
    const value = name === null ? null : register(name);
    return value === null ? null : loadedValue(element, value);
  }
  if (!write || access.kind === 'store') return element.value;
  const at = access.elements.indexOf(element);
  if (before === null || access.elements.length > 1) return element.value;
  return storedValues(access, [before])?.[at] ?? null;
}

/**
 * Values of the registers that an access reaches, read now; null: not readable.
 * @throws RspError where the connection is gone
 */
export async function valuesAround(
  { vcpu, elements }: { readonly vcpu: number; readonly elements: readonly FrameElement[] },
  { shadow, registers }: { readonly shadow: Shadow; readonly registers: RegisterMap },
): Promise<(bigint | null)[]> {
  const wanted = elements.map((element) => shadow.at(element.address, vcpu));
  const known = wanted.filter((one) => one !== null);
  shadow.forgetSome(known);
  await shadow.bring(known);
  return wanted.map((one) => {
    if (one === null || shadow.unknown(one.register, one.vcpu) !== null) return null;
    const { row } = one.register;
    if (row.access === 'wo' || row.readEffect !== undefined) return null;
    return registers.value(one.register, one.vcpu);
  });
}
