import type { Controller } from '../../gic/controller.ts';
import { FrameMappings, type FrameMapping } from './frame-mapping.ts';
import type { TargetCpus } from './target-cpus.ts';
import type { TargetMemory } from './target-memory.ts';
import { findMappings, type Mapping, type PhysicalRange } from './translate/find-mappings.ts';
import type { ReadTables } from './translate/read-tables.ts';
import { regimeOf, type Regime } from './translate/regime.ts';
import { verifyMapping } from './translate/verify-mapping.ts';

const NEEDED = ['SCTLR_EL1', 'TCR_EL1', 'TTBR0_EL1', 'TTBR1_EL1'] as const;
/** Base address of a translation table register, without ASID and CnP. */
const BASE = 0xffff_ffff_fffen;

/** Milliseconds: a kernel maps its devices once, and from access to access is no time to map them anew. */
const CHECK_EVERY = 500;

/** What a CPU's translation was when its mappings were found. */
interface Known {
  readonly regime: Regime;
  readonly mappings: readonly Mapping[];
  /** When they were last seen to be there. */
  seen: number;
}

/**
 * Where the CPUs map the frames. A kernel maps them somewhere in its virtual addresses, and its tables are walked for
 * that; once found, a look at the few descriptors concerned tells whether they are there still.
 */
export class FrameLocator {
  readonly #cpus: TargetCpus;
  readonly #ranges: readonly PhysicalRange[];
  readonly #read: ReadTables;
  readonly #known = new Map<string, Known>();
  /** Of the CPUs as they stand. */
  readonly #now = new Map<number, FrameMappings>();

  constructor(controller: Controller, cpus: TargetCpus, memory: TargetMemory) {
    this.#cpus = cpus;
    this.#ranges = controller.frames.devices.map(({ base, size }) => ({ address: base, size }));
    this.#read = (requests) => memory.readPhysicalPieces(requests);
  }

  /** Of all CPUs together. @throws RspError where the connection is gone */
  async locate(): Promise<FrameMappings> {
    const all = new Map<string, FrameMapping>();
    for (const vcpu of this.#cpus.threads.keys()) {
      for (const one of (await this.locateFor(vcpu)).all) all.set(`${one.virtual}:${one.address}:${one.size}`, one);
    }
    return new FrameMappings([...all.values()]);
  }

  /** As one CPU maps them at the exception level it is at. */
  async locateFor(vcpu: number): Promise<FrameMappings> {
    let found = this.#now.get(vcpu);
    if (found === undefined) {
      found = new FrameMappings(await this.#of(vcpu));
      this.#now.set(vcpu, found);
    }
    return found;
  }

  /** The target has gone on: what it maps is looked at anew. */
  forget(): void {
    this.#now.clear();
  }

  async #of(vcpu: number): Promise<readonly FrameMapping[]> {
    await this.#cpus.fetchRegisters(NEEDED);
    const found = this.#translationOf(vcpu);
    // A stub that tells nothing of the MMU: addresses are taken to be what they are.
    if (found === null || !found.regime.isOn) return this.#identity();
    const { regime, key } = found;
    const before = this.#known.get(key);
    if (before !== undefined && (await this.#holds(before))) return before.mappings.map(toFrameMapping);
    const { mappings } = await findMappings(regime, this.#ranges, this.#read);
    // What is not mapped yet may be soon.
    if (mappings.length > 0) this.#known.set(key, { regime, mappings, seen: performance.now() });
    return mappings.map(toFrameMapping);
  }

  /** How the kernel of a CPU translates; null where the stub does not tell. Its registers were fetched before. */
  regimeOf(vcpu: number): Regime | null {
    return this.#translationOf(vcpu)?.regime ?? null;
  }

  #translationOf(vcpu: number): { regime: Regime; key: string } | null {
    const known = NEEDED.map((name) => this.#cpus.register(vcpu, name)).filter((value) => value !== null);
    if (known.length < NEEDED.length) return null;
    const [sctlr, tcr, ttbr0, ttbr1] = known as [bigint, bigint, bigint, bigint];
    const key = [sctlr & 1n, tcr, ttbr0 & BASE, ttbr1 & BASE].join(':');
    return { regime: regimeOf({ sctlr, tcr, ttbr0, ttbr1, currentEl: 1 }), key };
  }

  async #holds(known: Known): Promise<boolean> {
    if (performance.now() - known.seen < CHECK_EVERY) return true;
    for (const one of known.mappings) if (!(await verifyMapping(known.regime, one, this.#read))) return false;
    known.seen = performance.now();
    return true;
  }

  #identity(): readonly FrameMapping[] {
    return this.#ranges.map(({ address, size }) => ({ virtual: BigInt(address), address, size }));
  }
}

function toFrameMapping({ virtual, physical, size }: Mapping): FrameMapping {
  return { virtual, address: physical, size };
}
