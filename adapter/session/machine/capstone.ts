import type { Decoder } from '@alexaltea/capstone-js';
import { capstoneBinary } from '../wasm-files.ts';

/** An instruction as text: "ldr x0, [x1, #8]". Words that are none read ".word 0x…". */
export type InstructionText = (bytes: Uint8Array, address: bigint) => string;

let loaded: Promise<InstructionText> | undefined;

/** Loads Capstone, once, when disassembly is first asked for. */
export function instructionText(): Promise<InstructionText> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<InstructionText> {
  const { default: loadCapstone } = await import('@alexaltea/capstone-js');
  const { Capstone, ARCH_ARM64, MODE_LITTLE_ENDIAN } = await loadCapstone({ wasmBinary: await capstoneBinary() });
  const decoder = new Capstone(ARCH_ARM64, MODE_LITTLE_ENDIAN);
  return (bytes, address) => textOf(decoder, bytes, address);
}

function textOf(decoder: Decoder, bytes: Uint8Array, address: bigint): string {
  try {
    const [instruction] = decoder.disasm([...bytes], address, 1);
    if (instruction) return `${instruction.mnemonic} ${instruction.op_str}`.trim();
  } catch {
    // Not an instruction: shown as the word it is.
  }
  const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return `.word 0x${word.toString(16).padStart(8, '0')}`;
}
