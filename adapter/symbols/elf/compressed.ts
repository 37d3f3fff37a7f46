import { ByteReader } from '../byte-reader.ts';
import { ElfError, elfError } from './errors.ts';
import { SHF_COMPRESSED, SHT_NOBITS, type Section } from './sections.ts';

const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
/**
 * Largest section taken, inflated: so many times its size in the file, where that is not little anyway. Debugging
 * information shrinks to a fifth or so; what says more is made to fill the memory.
 */
const MOST_TIMES = 128;
const LITTLE = 1 << 24;
const LARGEST = 1 << 30;
const ZDEBUG_MAGIC = [0x5a, 0x4c, 0x49, 0x42] as const;

/*
 * A compressed section begins with (System V ABI, "Section Compression"), 24 bytes:
 *
 *     00 type (4)   04 reserved (4)   08 size inflated (8)   10 alignment (8)
 *
 * The older `.zdebug_` sections: 'Z' 'L' 'I' 'B', then the size inflated as 8 bytes, big-endian.
 */
/**
 * Bytes of a section, inflated if it is compressed.
 * @throws ElfError if it says so but is not, or is compressed with something else than zlib
 */
export async function sectionBytes(section: Section): Promise<Uint8Array> {
  if (section.type === SHT_NOBITS) return section.raw;
  if ((section.flags & SHF_COMPRESSED) !== 0) {
    const reader = new ByteReader(section.raw, (at, reason) =>
      elfError(section.offset + at, `${section.name}: ${reason}`),
    );
    const type = reader.u32();
    reader.skip(4);
    const size = reader.size64();
    reader.skip(8);
    if (type === ELFCOMPRESS_ZSTD)
      throw new ElfError(
        section.offset,
        `${section.name} is compressed with zstd, which is not understood; use -gz=zlib`,
      );
    if (type !== ELFCOMPRESS_ZLIB) throw new ElfError(section.offset, `${section.name}: unknown compression ${type}`);
    return inflate(section, section.raw.subarray(reader.at), size);
  }
  if (section.name.startsWith('.zdebug_') && ZDEBUG_MAGIC.every((byte, index) => section.raw[index] === byte)) {
    if (section.raw.length < 12) throw new ElfError(section.offset, `${section.name} ends within its header`);
    const view = new DataView(section.raw.buffer, section.raw.byteOffset, section.raw.byteLength);
    return inflate(section, section.raw.subarray(12), Number(view.getBigUint64(4, false)));
  }
  return section.raw;
}

async function inflate(section: Section, compressed: Uint8Array, size: number): Promise<Uint8Array> {
  const fail = (reason: string): ElfError => new ElfError(section.offset, `${section.name}: ${reason}`);
  if (size > LARGEST || size > Math.max(LITTLE, compressed.length * MOST_TIMES))
    throw fail(`${compressed.length} compressed bytes cannot become ${size}`);
  const out = new Uint8Array(size);
  let length = 0;
  const stream = new DecompressionStream('deflate');
  const writer = stream.writable.getWriter();
  // Refused writes show at the reading end too.
  const written = writer
    .write(compressed as Uint8Array<ArrayBuffer>)
    .then(() => writer.close())
    .catch(() => {});
  const reader = (stream.readable as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (length + value.length > size) {
        await reader.cancel().catch(() => {});
        throw fail(`more than the ${size} bytes it was said to have, inflated`);
      }
      out.set(value, length);
      length += value.length;
    }
  } catch (error) {
    if (error instanceof ElfError) throw error;
    throw fail(`cannot be inflated: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await written;
  }
  if (length !== size) throw fail(`${length} bytes inflated, where ${size} were told`);
  return out;
}
