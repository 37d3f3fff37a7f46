/**
 * Flattened device trees (Devicetree Specification v0.4, chapter 5). All numbers are big endian.
 *
 *     header              ten words: magic, total size, offsets of the blocks, version 17, last compatible 16,
 *                         boot CPU, sizes of strings and structure
 *     reservation block   (address, size) of 8 bytes each, ended by zeros; 8-byte aligned
 *     structure block     BEGIN_NODE name, PROP length name-offset value, END_NODE, ... END; words, padded to 4 bytes
 *     strings block       the names of properties, each once
 */
export interface FdtNode {
  /** "cpu@0"; empty for the root. */
  readonly name: string;
  readonly properties: readonly FdtProperty[];
  readonly children: readonly FdtNode[];
}

export interface FdtProperty {
  readonly name: string;
  readonly value: Uint8Array;
}

export interface FdtReservation {
  readonly address: bigint;
  readonly size: bigint;
}

export interface Fdt {
  readonly root: FdtNode;
  readonly reservations: readonly FdtReservation[];
  /** Physical id (reg) of the CPU that boots. */
  readonly bootCpu: number;
}

export const FDT_MAGIC = 0xd00d_feed;
export const FDT_VERSION = 17;
export const FDT_LAST_COMPATIBLE = 16;
export const FDT_HEADER_SIZE = 40;
export const FdtToken = { BeginNode: 1, EndNode: 2, Property: 3, Nop: 4, End: 9 } as const;

/** A node: properties in order, then children. */
export function node(name: string, properties: readonly FdtProperty[], children: readonly FdtNode[] = []): FdtNode {
  return { name, properties, children };
}

/** A property of 32-bit cells. Numbers of more than 32 bits take two, by `wide`. */
export function cells(name: string, ...values: readonly number[]): FdtProperty {
  const value = new Uint8Array(4 * values.length);
  const view = new DataView(value.buffer);
  values.forEach((cell, n) => view.setUint32(4 * n, cell));
  return { name, value };
}

/** The two cells of a 64-bit number. @param value up to 2^53 */
export function wide(value: number): readonly [number, number] {
  return [Math.floor(value / 0x1_0000_0000), value % 0x1_0000_0000];
}

/** A property of one or more strings. */
export function strings(name: string, ...values: readonly string[]): FdtProperty {
  return { name, value: new TextEncoder().encode(values.map((text) => `${text}\0`).join('')) };
}

/** A property that is there or not. */
export function flag(name: string): FdtProperty {
  return { name, value: new Uint8Array() };
}

/** The tree as a blob of version 17. */
export function writeFdt(fdt: Fdt): Uint8Array {
  const names = new StringTable();
  const structure: Uint8Array[] = [];
  writeNode(fdt.root, names, structure);
  structure.push(words(FdtToken.End));

  const reservations = new Uint8Array(16 * (fdt.reservations.length + 1));
  const view = new DataView(reservations.buffer);
  fdt.reservations.forEach(({ address, size }, n) => {
    view.setBigUint64(16 * n, address);
    view.setBigUint64(16 * n + 8, size);
  });

  const structureSize = lengthOf(structure);
  const structureAt = FDT_HEADER_SIZE + reservations.length;
  const stringsAt = structureAt + structureSize;
  const strings = names.bytes();
  const total = stringsAt + strings.length;
  const header = words(
    FDT_MAGIC,
    total,
    structureAt,
    stringsAt,
    FDT_HEADER_SIZE,
    FDT_VERSION,
    FDT_LAST_COMPATIBLE,
    fdt.bootCpu,
    strings.length,
    structureSize,
  );
  return joined([header, reservations, ...structure, strings], total);
}

function writeNode({ name, properties, children }: FdtNode, names: StringTable, out: Uint8Array[]): void {
  out.push(words(FdtToken.BeginNode), padded(new TextEncoder().encode(`${name}\0`)));
  for (const property of properties) {
    out.push(words(FdtToken.Property, property.value.length, names.offset(property.name)), padded(property.value));
  }
  for (const child of children) writeNode(child, names, out);
  out.push(words(FdtToken.EndNode));
}

/** Names of properties, each kept once. */
class StringTable {
  readonly #offsets = new Map<string, number>();
  readonly #texts: Uint8Array[] = [];
  #length = 0;

  offset(name: string): number {
    const known = this.#offsets.get(name);
    if (known !== undefined) return known;
    const at = this.#length;
    const text = new TextEncoder().encode(`${name}\0`);
    this.#offsets.set(name, at);
    this.#texts.push(text);
    this.#length += text.length;
    return at;
  }

  bytes(): Uint8Array {
    return joined(this.#texts, this.#length);
  }
}

function words(...values: readonly number[]): Uint8Array {
  return cells('', ...values).value;
}

function padded(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array((bytes.length + 3) & ~3);
  result.set(bytes);
  return result;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const result = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}
