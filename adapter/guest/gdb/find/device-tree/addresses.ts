import { hexOf } from '../../../../gic/inspect/decode.ts';
import { cellsOf, propertyOf } from '../../../device-tree/fdt-reader.ts';
import type { FdtNode } from '../../../device-tree/fdt.ts';
import type { Frame } from '../candidate.ts';
import { MAX_ADDRESS } from '../probe.ts';
import type { PlacedNode } from './placed-node.ts';

/** A `reg` or `ranges` that cannot be decoded: which node, and why. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

interface Widths {
  readonly address: number;
  readonly size: number;
}

/** Defaults of the Devicetree Specification, 2.3.5. PCI has 3 cells; more than 4 is no address. */
const DEFAULT_WIDTHS: Widths = { address: 2, size: 1 };
const MAX_CELLS = 4;

/**
 * The node's `reg` as the CPUs see it: through the `ranges` of every bus above.
 * @throws AddressError
 */
export function framesOf(placed: PlacedNode): readonly Frame[] {
  const { node, parent, path } = placed;
  if (!parent) throw new AddressError(`${path} has no parent to give its reg a meaning`);
  const widths = widthsOf(parent);
  const cells = wholeCells(node, 'reg', path);
  if (cells.length === 0) throw new AddressError(`${path} has no reg`);
  const entry = widths.address + widths.size;
  if (entry === 0 || cells.length % entry !== 0) {
    throw new AddressError(
      `${path}: reg has ${cells.length} cells, which are no entries of ${widths.address} + ${widths.size} cells`,
    );
  }
  return entriesOf(cells, entry).map((fields) => {
    const size = widths.size === 0 ? null : number(fields.slice(widths.address));
    if (size !== null && (size < 1n || size > BigInt(MAX_ADDRESS))) {
      throw new AddressError(`${path}: reg has an entry of ${hexOf(size)} bytes`);
    }
    const base = throughBuses(number(fields.slice(0, widths.address)), parent, path);
    return { base, size: size === null ? null : Number(size) };
  });
}

/** An address on the bus `bus`, as the CPUs see it. */
function throughBuses(address: bigint, bus: PlacedNode, path: string): number {
  let at = address;
  for (let here = bus; here.parent; here = here.parent) at = throughBus(at, here, here.parent, path);
  if (at > BigInt(MAX_ADDRESS)) throw new AddressError(`${path}: ${hexOf(at)} is no physical address`);
  return Number(at);
}

function throughBus(address: bigint, bus: PlacedNode, parent: PlacedNode, path: string): bigint {
  if (propertyOf(bus.node, 'ranges') === null) {
    throw new AddressError(`${path}: ${bus.path} has no ranges, so ${hexOf(address)} is no address of the CPUs'`);
  }
  const cells = wholeCells(bus.node, 'ranges', bus.path);
  // Empty: the bus's addresses are its parent's.
  if (cells.length === 0) return address;
  const child = widthsOf(bus);
  const above = widthsOf(parent).address;
  const entry = child.address + above + child.size;
  if (child.size === 0 || child.address === 0 || cells.length % entry !== 0) {
    throw new AddressError(`${bus.path}: ranges has ${cells.length} cells, which are no entries of ${entry} cells`);
  }
  for (const fields of entriesOf(cells, entry)) {
    const from = number(fields.slice(0, child.address));
    const to = number(fields.slice(child.address, child.address + above));
    const size = number(fields.slice(child.address + above));
    if (address >= from && address - from < size) return to + (address - from);
  }
  throw new AddressError(`${path}: ${hexOf(address)} is in none of the ranges of ${bus.path}`);
}

function widthsOf({ node, path }: PlacedNode): Widths {
  const address = cellsOf(node, '#address-cells')?.[0] ?? DEFAULT_WIDTHS.address;
  const size = cellsOf(node, '#size-cells')?.[0] ?? DEFAULT_WIDTHS.size;
  if (address > MAX_CELLS || size > MAX_CELLS) {
    throw new AddressError(`${path}: #address-cells ${address} and #size-cells ${size} are not of this world`);
  }
  return { address, size };
}

function wholeCells(node: FdtNode, name: string, path: string): readonly number[] {
  const bytes = propertyOf(node, name)?.length ?? 0;
  if (bytes % 4 !== 0) throw new AddressError(`${path}: ${name} has ${bytes} bytes, which are no whole cells`);
  return cellsOf(node, name) ?? [];
}

function entriesOf(cells: readonly number[], entry: number): readonly (readonly number[])[] {
  return Array.from({ length: cells.length / entry }, (_, n) => cells.slice(n * entry, (n + 1) * entry));
}

function number(cells: readonly number[]): bigint {
  return cells.reduce((value, cell) => (value << 32n) | BigInt(cell), 0n);
}
