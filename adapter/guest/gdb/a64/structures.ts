import type { AccessElement, MemoryAccess } from './access.ts';
import { address, type Instruction } from './instruction.ts';
import { access, vector } from './operands.ts';

/*
 * Structures of vector registers (DDI 0487, C4.1.93): LD1 to LD4, ST1 to ST4, LD1R to LD4R.
 *
 *     0 Q 001100 post L 0 Rm opcode size Rn Rt        multiple structures
 *     0 Q 001101 post L R Rm opcode S size Rn Rt      single structure
 *
 * Registers follow each other, v0 behind v31.
 */

/** By opcode: registers of a structure, and how many of them behind each other. */
const MULTIPLE: ReadonlyMap<number, readonly [registers: number, repeat: number]> = new Map([
  [0, [4, 1]],
  [2, [1, 4]],
  [4, [3, 1]],
  [6, [1, 3]],
  [7, [1, 1]],
  [8, [2, 1]],
  [10, [1, 2]],
]);

export function multipleStructures(i: Instruction): MemoryAccess | null {
  const shape = MULTIPLE.get(i.bits(15, 12));
  const log = i.bits(11, 10);
  const bytes = i.bit(30) ? 16 : 8;
  if (!shape || !hasIndex(i)) return null;
  const [registers, repeat] = shape;
  if (log === 3 && bytes === 8 && registers !== 1) return null;
  const isLoad = i.bit(22);
  const elements: AccessElement[] = [];
  let at = i.base;
  for (let r = 0; r < repeat; r++) {
    for (let lane = 0; lane < bytes >> log; lane++) {
      for (let n = 0; n < registers; n++) {
        elements.push(vector(i, (i.rt + r + n) % 32, { at, log, isLoad }, lane));
        at += 1n << BigInt(log);
      }
    }
  }
  return structure(i, `${isLoad ? 'ld' : 'st'}${registers}`, elements);
}

/** Without post-index, the field of the index register is 0. */
function hasIndex(i: Instruction): boolean {
  return i.bit(23) || i.rs === 0;
}

/** Rm moves the base; 31 stands for the bytes that were accessed. */
function structure(i: Instruction, mnemonic: string, elements: readonly AccessElement[]): MemoryAccess {
  const bytes = elements.reduce((sum, { size }) => sum + size, 0);
  const moved = i.base + (i.rs === 31 ? BigInt(bytes) : i.x(i.rs));
  return access({
    kind: i.bit(22) ? 'load' : 'store',
    mnemonic,
    address: i.base,
    elements,
    writeback: i.bit(23) ? { register: i.baseName, value: address(moved) } : null,
  });
}

export function singleStructure(i: Instruction): MemoryAccess | null {
  const isLoad = i.bit(22);
  const found = lane(i);
  if (!found || !hasIndex(i) || (found.isReplicated && !isLoad)) return null;
  const registers = 2 * i.bits(13, 13) + i.bits(21, 21) + 1;
  const elements = Array.from({ length: registers }, (_, n) => {
    const at = i.base + (BigInt(n) << BigInt(found.log));
    return vector(i, (i.rt + n) % 32, { at, log: found.log, isLoad }, found.lane);
  });
  return structure(i, `${isLoad ? 'ld' : 'st'}${registers}${found.isReplicated ? 'r' : ''}`, elements);
}

/** opcode<2:1> is the size; the lane is what is left of Q:S:size above it. Replicated ones are in lane 0 as in all. */
function lane(i: Instruction): { log: number; lane: number; isReplicated: boolean } | null {
  const scale = i.bits(15, 14);
  const size = i.bits(11, 10);
  const all = 8 * i.bits(30, 30) + i.bits(12, 10);
  if (scale === 3) return i.bit(12) ? null : { log: size, lane: 0, isReplicated: true };
  if (scale === 2 && size === 1) return i.bit(12) ? null : { log: 3, lane: all >> 3, isReplicated: false };
  return all % (1 << scale) !== 0 ? null : { log: scale, lane: all >> scale, isReplicated: false };
}
