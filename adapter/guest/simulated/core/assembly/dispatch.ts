import { DISPATCH } from '../layout';
import { b, bCond, bl, branchRegister, cbnz32, cbnz64, cbz32, cbz64, exceptionGeneration, tbnz, tbz } from './branch';
import { undefined } from './exceptions';
import { atomic, exclusive } from './exclusive';
import {
  addImm32,
  addImm64,
  addsImm32,
  addsImm64,
  adr,
  adrp,
  bitfield,
  extract,
  logicalImm,
  moveWide,
  subImm32,
  subImm64,
  subsImm32,
  subsImm64,
} from './immediate';
import {
  ldp64,
  ldr32,
  ldr64,
  ldrb,
  ldrh,
  literal,
  pair,
  registerOffset,
  signedImmediate,
  str32,
  str64,
  strb,
  strh,
  unsignedImmediate,
} from './loadstore';
import * as register from './register';
import { systemInstruction } from './system';
import { singleStructure, structures } from './vector-memory';
import { vectorMove } from './vector-moves';

/**
 * The decoder (DDI 0487, C4.1): bits 31:21 of an instruction choose one of 2048 functions, which decode the rest. The
 * table holds indices into the module's function table.
 */
type Instruction = (word: u32) => void;

/** Calls the function an instruction word is for. */
// @ts-ignore: decorator
@inline
export function execute(word: u32): void {
  call_indirect<void>(load<u16>(((word >> 21) << 1) as usize, DISPATCH), word);
}

export function buildDispatch(): void {
  for (let key: u32 = 0; key < 2048; key++) {
    store<u16>(DISPATCH + (key << 1), load<u32>(changetype<usize>(choose(key << 21))) as u16);
  }
}

function choose(i: u32): Instruction {
  switch ((i >> 25) & 15) {
    case 8:
    case 9:
      return immediate(i);
    case 10:
    case 11:
      return branch(i);
    case 4:
    case 6:
    case 12:
    case 14:
      return loadStore(i);
    case 5:
    case 13:
      return registers(i);
    case 7:
    case 15:
      return vectorMove;
    default:
      return undefined;
  }
}

function immediate(i: u32): Instruction {
  const kind = i >> 29;
  switch ((i >> 23) & 7) {
    case 0:
    case 1:
      return i >> 31 == 0 ? adr : adrp;
    case 2:
      switch (kind) {
        case 0:
          return addImm32;
        case 1:
          return addsImm32;
        case 2:
          return subImm32;
        case 3:
          return subsImm32;
        case 4:
          return addImm64;
        case 5:
          return addsImm64;
        case 6:
          return subImm64;
        default:
          return subsImm64;
      }
    case 4:
      return logicalImm;
    case 5:
      return moveWide;
    case 6:
      return bitfield;
    case 7:
      return extract;
    default:
      return undefined;
  }
}

function branch(i: u32): Instruction {
  switch (i >> 29) {
    case 0:
      return b;
    case 4:
      return bl;
    case 1:
      if ((i >> 25) & 1) return ((i >> 24) & 1) != 0 ? tbnz : tbz;
      return ((i >> 24) & 1) != 0 ? cbnz32 : cbz32;
    case 5:
      if ((i >> 25) & 1) return ((i >> 24) & 1) != 0 ? tbnz : tbz;
      return ((i >> 24) & 1) != 0 ? cbnz64 : cbz64;
    case 2:
      return ((i >> 24) & 3) == 0 ? bCond : undefined;
    case 6:
      if (((i >> 25) & 1) != 0) return branchRegister;
      if (((i >> 24) & 1) == 0) return exceptionGeneration;
      return ((i >> 22) & 7) == 4 ? systemInstruction : undefined;
    default:
      return undefined;
  }
}

function loadStore(i: u32): Instruction {
  const isVector = ((i >> 26) & 1) != 0;
  switch ((i >> 28) & 3) {
    case 0:
      if (!isVector) return ((i >> 24) & 1) == 0 ? exclusive : undefined;
      if (i >> 31 != 0) return undefined;
      return ((i >> 24) & 1) == 0 ? structures : singleStructure;
    case 1:
      return ((i >> 24) & 1) == 0 ? literal : undefined;
    case 2:
      if (i >> 30 == 2 && !isVector && ((i >> 22) & 1) != 0 && ((i >> 23) & 3) != 0) return ldp64;
      return pair;
    default:
      if (((i >> 24) & 1) != 0) return isVector ? unsignedImmediate : unsignedOf(i);
      return ((i >> 21) & 1) == 0 ? signedImmediate : offsetOrAtomic;
  }
}

/** Bits 11:10 tell register offsets (2) from atomics (0). */
function offsetOrAtomic(i: u32): void {
  const form = (i >> 10) & 3;
  if (form == 2) registerOffset(i);
  else if (form == 0 && ((i >> 26) & 1) == 0) atomic(i);
  else undefined(i);
}

function unsignedOf(i: u32): Instruction {
  switch ((i >> 22) & 3) {
    case 0:
      switch (i >> 30) {
        case 0:
          return strb;
        case 1:
          return strh;
        case 2:
          return str32;
        default:
          return str64;
      }
    case 1:
      switch (i >> 30) {
        case 0:
          return ldrb;
        case 1:
          return ldrh;
        case 2:
          return ldr32;
        default:
          return ldr64;
      }
    default:
      return unsignedImmediate;
  }
}

function registers(i: u32): Instruction {
  if (((i >> 28) & 1) != 0) {
    if (((i >> 24) & 1) != 0) return register.threeSource;
    switch ((i >> 21) & 7) {
      case 0:
        return register.addCarry;
      case 2:
        return register.conditionalCompare;
      case 4:
        return register.conditionalSelect;
      case 6:
        return register.oneOrTwoSource;
      default:
        return undefined;
    }
  }
  if (((i >> 24) & 1) != 0) {
    if (((i >> 21) & 1) != 0) return register.addExtended;
    return addSub(i);
  }
  return logical(i);
}

function addSub(i: u32): Instruction {
  switch (i >> 29) {
    case 0:
      return register.add32;
    case 1:
      return register.adds32;
    case 2:
      return register.sub32;
    case 3:
      return register.subs32;
    case 4:
      return register.add64;
    case 5:
      return register.adds64;
    case 6:
      return register.sub64;
    default:
      return register.subs64;
  }
}

function logical(i: u32): Instruction {
  const inverted = ((i >> 21) & 1) != 0;
  switch (i >> 29) {
    case 0:
      return inverted ? register.bic32 : register.and32;
    case 1:
      return inverted ? register.orn32 : register.orr32;
    case 2:
      return inverted ? register.eon32 : register.eor32;
    case 3:
      return inverted ? register.bics32 : register.ands32;
    case 4:
      return inverted ? register.bic64 : register.and64;
    case 5:
      return inverted ? register.orn64 : register.orr64;
    case 6:
      return inverted ? register.eon64 : register.eor64;
    default:
      return inverted ? register.bics64 : register.ands64;
  }
}
