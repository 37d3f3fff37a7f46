import * as L from '../../../../../adapter/guest/simulated/core/layout.ts';
import type { FaultKind } from '../../../../../adapter/guest/gdb/translate/translate.ts';
import type { TranslationRegisters } from '../../../../../adapter/guest/gdb/translate/registers.ts';
import { coreModule } from '../../../../../adapter/session/wasm-files.ts';
import { RAM } from './support.ts';

/** Exports of the simulated CPU core that a debugger's translation uses; core.ts tells less than they know. */
interface Exports {
  initialise(vcpus: number): void;
  probe(address: bigint, el0: number): number;
  translated(): bigint;
  permissions(): number;
}

export interface CoreTranslation {
  readonly fault: null;
  readonly physical: number;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
  readonly mayExecute: boolean;
}

const KINDS: readonly FaultKind[] = ['address size', 'translation', 'access flag', 'permission', 'translation', 'walk'];

/** The simulated CPU core's MMU: it is the oracle. Its physical addresses have 40 bits. */
export class CoreWalker {
  readonly #exports: Exports;
  readonly #view: DataView;
  /** Guest memory at RAM. */
  readonly ram: Uint8Array<ArrayBuffer>;

  private constructor(exports: Exports, memory: WebAssembly.Memory, size: number) {
    this.#exports = exports;
    this.#view = new DataView(memory.buffer);
    this.ram = new Uint8Array(memory.buffer, L.RAM, size);
    exports.initialise(1);
    this.#view.setBigUint64(L.REGIONS, BigInt(RAM), true);
    this.#view.setBigUint64(L.REGIONS + 8, BigInt(size), true);
    this.#view.setUint32(L.REGIONS + 16, L.RAM, true);
    this.#view.setUint32(L.REGIONS + 20, L.REGION_READ | L.REGION_WRITE, true);
    this.#view.setUint32(L.REGION_COUNT, 1, true);
  }

  static async create(size: number): Promise<CoreWalker> {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((L.RAM + size) / 65536), maximum: 65536 });
    const instance = await WebAssembly.instantiate(await coreModule(), { env: { memory } });
    return new CoreWalker(instance.exports as unknown as Exports, memory, size);
  }

  set({ sctlr, tcr, ttbr0, ttbr1 }: TranslationRegisters): void {
    const values: readonly [number, bigint][] = [
      [L.SCTLR, sctlr],
      [L.TCR, tcr],
      [L.TTBR0, ttbr0],
      [L.TTBR1, ttbr1],
    ];
    for (const [offset, value] of values) this.#view.setBigUint64(L.LIVE + offset, value, true);
  }

  translate(address: bigint, isEl0: boolean): CoreTranslation | { fault: FaultKind; level: number } {
    const code = this.#exports.probe(address, isEl0 ? 1 : 0);
    if (code !== 0) return { fault: KINDS[(code - 1) >> 2] ?? 'unsupported', level: (code - 1) & 3 };
    const bits = this.#exports.permissions();
    return {
      fault: null,
      physical: Number(this.#exports.translated()),
      mayRead: (bits & 1) !== 0,
      mayWrite: (bits & 2) !== 0,
      mayExecute: (bits & 4) !== 0,
    };
  }
}
