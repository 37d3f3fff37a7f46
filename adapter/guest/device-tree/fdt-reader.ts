import {
  FDT_HEADER_SIZE,
  FDT_LAST_COMPATIBLE,
  FDT_MAGIC,
  FdtToken,
  type Fdt,
  type FdtNode,
  type FdtProperty,
  type FdtReservation,
} from './fdt.ts';

/** A blob that is no device tree: what is wrong, and at which byte. */
export class FdtError extends Error {
  override readonly name = 'FdtError';
  /** Offset into the blob. */
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(`device tree, byte ${offset}: ${reason}`);
    this.offset = offset;
  }
}

/** Deeper trees than this are not of this world, nor are longer names. */
const MAX_DEPTH = 64;
const MAX_NAME = 255;

/**
 * Reads a flattened device tree of version 16 or 17.
 * @throws FdtError
 */
export function readFdt(blob: Uint8Array): Fdt {
  if (blob.length < FDT_HEADER_SIZE) throw new FdtError(blob.length, 'the header is cut off');
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const header = Array.from({ length: 10 }, (_, n) => view.getUint32(4 * n));
  const [magic, total, structureAt, stringsAt, reservationsAt, , lastCompatible, bootCpu, stringsSize] = header as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (magic !== FDT_MAGIC) throw new FdtError(0, `starts with 0x${magic.toString(16)}, not with the magic number`);
  if (total > blob.length) throw new FdtError(4, `says ${total} bytes, but there are ${blob.length}`);
  if (lastCompatible > FDT_LAST_COMPATIBLE) throw new FdtError(24, `version ${lastCompatible} is not known here`);
  const bytes = blob.subarray(0, total);
  const names = { start: stringsAt, end: Math.min(total, stringsAt + stringsSize) };
  return {
    root: new StructureReader(bytes, structureAt, names).root(),
    reservations: readReservations(bytes, reservationsAt),
    bootCpu,
  };
}

function readReservations(bytes: Uint8Array, start: number): readonly FdtReservation[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reservations: FdtReservation[] = [];
  for (let at = start; ; at += 16) {
    if (at + 16 > bytes.length) throw new FdtError(at, 'the reservation block has no end');
    const address = view.getBigUint64(at);
    const size = view.getBigUint64(at + 8);
    if (address === 0n && size === 0n) return reservations;
    reservations.push({ address, size });
  }
}

/** Walks the structure block. */
class StructureReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #names: { readonly start: number; readonly end: number };
  #at: number;

  constructor(bytes: Uint8Array, start: number, names: { readonly start: number; readonly end: number }) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#names = names;
    this.#at = start;
  }

  root(): FdtNode {
    const at = this.#at;
    if (this.#token() !== FdtToken.BeginNode) throw new FdtError(at, 'the structure does not start with a node');
    const root = this.#node(0);
    const end = this.#at;
    if (this.#token() !== FdtToken.End) throw new FdtError(end, 'something follows the root node');
    return root;
  }

  #node(depth: number): FdtNode {
    if (depth > MAX_DEPTH) throw new FdtError(this.#at, `nodes are nested deeper than ${MAX_DEPTH}`);
    const name = this.#string(this.#at, this.#bytes.length);
    this.#at = (this.#at + name.length + 1 + 3) & ~3;
    const properties: FdtProperty[] = [];
    const children: FdtNode[] = [];
    for (;;) {
      const at = this.#at;
      const token = this.#token();
      if (token === FdtToken.Property) properties.push(this.#property());
      else if (token === FdtToken.BeginNode) children.push(this.#node(depth + 1));
      else if (token === FdtToken.EndNode) return { name, properties, children };
      else throw new FdtError(at, `token ${token} is none a node has`);
    }
  }

  #property(): FdtProperty {
    const length = this.#word();
    const nameAt = this.#names.start + this.#word();
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new FdtError(start, `a value of ${length} bytes is cut off`);
    this.#at = (start + length + 3) & ~3;
    return { name: this.#string(nameAt, this.#names.end), value: this.#bytes.slice(start, start + length) };
  }

  #token(): number {
    for (;;) {
      const token = this.#word();
      if (token !== FdtToken.Nop) return token;
    }
  }

  #word(): number {
    if (this.#at + 4 > this.#bytes.length) throw new FdtError(this.#at, 'the structure is cut off');
    const word = this.#view.getUint32(this.#at);
    this.#at += 4;
    return word;
  }

  /** Characters are bytes: names in a tree are ASCII. */
  #string(start: number, end: number): string {
    const stop = this.#bytes.indexOf(0, start);
    if (start >= end || stop < 0 || stop >= end) throw new FdtError(start, 'a name has no end');
    if (stop - start > MAX_NAME) throw new FdtError(start, `a name is longer than ${MAX_NAME} characters`);
    const name = this.#bytes.subarray(start, stop);
    const odd = name.findIndex((byte) => byte < 0x20 || byte > 0x7e);
    if (odd >= 0) throw new FdtError(start + odd, 'a name is not ASCII');
    return String.fromCharCode(...name);
  }
}

/** A node by path: "/cpus/cpu@0". A part without unit address finds the first node of that name. */
export function nodeAt(root: FdtNode, path: string): FdtNode | null {
  let found: FdtNode | undefined = root;
  for (const part of path.split('/').filter((text) => text !== '')) {
    found = found?.children.find((child) => child.name === part || child.name.split('@')[0] === part);
  }
  return found ?? null;
}

export function propertyOf(node: FdtNode, name: string): Uint8Array | null {
  return node.properties.find((property) => property.name === name)?.value ?? null;
}

/** A property's value as cells; null where it is absent. */
export function cellsOf(node: FdtNode, name: string): readonly number[] | null {
  const value = propertyOf(node, name);
  if (!value) return null;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.length >> 2 }, (_, n) => view.getUint32(4 * n));
}

/** A property's value as strings; null where it is absent. */
export function stringsOf(node: FdtNode, name: string): readonly string[] | null {
  const value = propertyOf(node, name);
  return value ? new TextDecoder().decode(value).replace(/\0$/, '').split('\0') : null;
}
