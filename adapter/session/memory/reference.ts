import { hexOf } from '../../gic/inspect/decode.ts';
import type { PlacedRegister } from '../../gic/inspect/register-map.ts';
import type { MemoryPlace } from '../../guest/frame-memory.ts';
import { RequestError } from '../request-error.ts';

const SYNTAX = /^\s*(?:cpu(\d{1,3}):)?(0x[0-9a-f]{1,13}|\d{1,16})\s*$/i;

/**
 * Memory references are guest physical addresses. Behind one address of a banked register lie as many registers as
 * there are vCPUs: `cpu1:0x08000100` is vCPU 1's, and without `cpu…:` it is vCPU 0's.
 */
export function memoryReference(register: PlacedRegister, vcpu: number): string {
  const address = hexOf(register.address);
  return register.banked && vcpu !== 0 ? `cpu${vcpu}:${address}` : address;
}

/** @throws RequestError where it is none */
export function parseMemoryReference(reference: string, cpus: number): MemoryPlace {
  const match = SYNTAX.exec(reference);
  if (match === null)
    throw new RequestError(`"${reference}" is not a memory reference: write 0x08000000, or cpu1:0x08000000`);
  const vcpu = Number(match[1] ?? 0);
  if (vcpu >= cpus) throw new RequestError(`there is no vCPU ${vcpu}: this guest has ${cpus}`);
  const address = Number(match[2]);
  if (!Number.isSafeInteger(address)) throw new RequestError(`"${reference}" lies outside 52 bits of address`);
  return { address, vcpu };
}
