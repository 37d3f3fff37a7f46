import { hexOf } from '../../../gic/inspect/decode.ts';
import { boardNamed, candidateOfBoard, type Board } from './boards.ts';
import { Miss, type Candidate } from './candidate.ts';
import { configuredCandidate } from './configured.ts';
import { readBlob, WELL_KNOWN_PLACES } from './device-tree/blob.ts';
import { candidateOfTree } from './device-tree/from-tree.ts';
import type { Probe } from './probe.ts';
import { candidateOfMtree } from './qemu/from-mtree.ts';
import { readMtree, type MemoryView } from './qemu/mtree.ts';
import type { QemuTarget } from './qemu/target.ts';
import type { Wishes } from './wishes.ts';

/** A place to look for a controller. */
export interface Source {
  /** For the list of what was tried. */
  readonly name: string;
  /** The user named it: what is wrong with it is said, and nothing else tried. */
  readonly binding: boolean;
  /** @throws Miss where it has none */
  look(): Promise<Candidate>;
}

/**
 * What to try, in the order a user expects: what the launch configuration names, then what the target says.
 * Boards are tried by name only: a read where nothing is can hang a real machine's bus.
 */
export function sourcesFor(probe: Probe, wishes: Wishes, qemu: QemuTarget | null): readonly Source[] {
  const configured = configuredCandidate(wishes);
  const board = wishes.board === undefined ? null : boardNamed(wishes.board);
  if (configured) {
    // The only one: whoever names a distributor means no other.
    const others = told(probe, wishes, qemu).concat(board ? [ofBoard(board)] : []);
    return [{ name: 'launch configuration', binding: true, look: () => completed(configured, wishes, others) }];
  }
  return board ? [ofBoard(board)] : told(probe, wishes, qemu);
}

function ofBoard(board: Board): Source {
  return { name: `board ${board.id}`, binding: true, look: () => Promise.resolve(candidateOfBoard(board)) };
}

/** The frames the user did not name, by the first source that knows the same distributor. */
async function completed(configured: Candidate, wishes: Wishes, others: readonly Source[]): Promise<Candidate> {
  if (wishes.cpuInterface !== undefined || wishes.redistributors !== undefined) return configured;
  for (const source of others) {
    try {
      const other = await source.look();
      if (other.distributor !== configured.distributor) continue;
      if (configured.version !== null && configured.version !== other.version) continue;
      return {
        ...other,
        foundBy: configured.foundBy,
        origin: `${configured.origin}; its other frames: ${other.origin}`,
      };
    } catch (error) {
      if (!(error instanceof Miss)) throw error;
    }
  }
  return configured;
}

/** Device trees that were given, what QEMU says, device trees in memory. */
function told(probe: Probe, wishes: Wishes, qemu: QemuTarget | null): readonly Source[] {
  const { deviceTree, deviceTreeAddress } = wishes;
  const sources: Source[] = [];
  if (deviceTree) {
    sources.push(tree(`device tree ${deviceTree.name}`, () => Promise.resolve(deviceTree.blob)));
  }
  if (deviceTreeAddress !== undefined) {
    sources.push(tree(`device tree at ${hexOf(deviceTreeAddress)}`, () => readBlob(probe, deviceTreeAddress)));
  }
  sources.push(memoryTree(probe));
  if (wishes.searchMemory) sources.push(treeInMemory(probe, () => Promise.resolve(true)));
  else if (qemu) sources.push(treeInMemory(probe, (address) => isRam(probe, address)));
  return sources;
}

function tree(name: string, blob: () => Promise<Uint8Array>): Source {
  return { name, binding: false, look: async () => candidateOfTree(await blob(), `the ${name}`) };
}

/** The first tree at the well-known places, of which only those are read that may be. */
function treeInMemory(probe: Probe, may: (address: number) => Promise<boolean>): Source {
  return {
    name: 'device tree in memory',
    binding: false,
    look: async () => {
      const reasons: string[] = [];
      for (const address of WELL_KNOWN_PLACES) {
        const blob = (await may(address)) ? await blobAt(probe, address) : 'no RAM';
        if (typeof blob !== 'string') return candidateOfTree(blob, `the device tree at ${hexOf(address)}`);
        reasons.push(`${hexOf(address)}: ${blob}`);
      }
      throw new Miss(reasons.join('; '));
    },
  };
}

async function blobAt(probe: Probe, address: number): Promise<Uint8Array | string> {
  try {
    return await readBlob(probe, address);
  } catch (error) {
    if (error instanceof Miss) return error.message;
    throw error;
  }
}

/** QEMU says where RAM is. */
async function isRam(probe: Probe, address: number): Promise<boolean> {
  const { views } = await mtree(probe);
  return views.some(
    ({ spaces, regions }) =>
      spaces.some((name) => /^(memory|cpu-(secure-)?memory-0)$/.test(name)) &&
      regions.some(({ kind, base, size }) => kind === 'ram' && address >= base && address < base + size),
  );
}

const MEMORY_TREE = "QEMU's memory tree";

function memoryTree(probe: Probe): Source {
  return {
    name: MEMORY_TREE,
    binding: false,
    look: async () => {
      const { views, command } = await mtree(probe);
      return candidateOfMtree(views, `${MEMORY_TREE} (${command})`);
    },
  };
}

/** The flat tree; the other where the monitor is too old for it. */
async function mtree(probe: Probe): Promise<{ readonly views: readonly MemoryView[]; readonly command: string }> {
  for (const command of ['info mtree -f', 'info mtree']) {
    const text = await probe.monitor(command);
    if (text === null) throw new Miss('the stub has no monitor');
    const views = readMtree(text);
    if (views.length > 0) return { views, command };
  }
  throw new Miss("the monitor prints no memory tree: it is not QEMU's");
}
