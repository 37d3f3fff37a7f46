import { excerpt } from '../format/errors.ts';

/** A row of the interrupt table. */
export interface VgicRow {
  /** Line in the dump, from 1. */
  readonly line: number;
  readonly type: 'SGI' | 'PPI' | 'SPI' | 'LPI';
  readonly intid: number;
  /** vCPU of a private interrupt: the block it is in; null for a shared one. */
  readonly cpu: number | null;
  /** TGT_ID; null for -1. */
  readonly target: number | null;
  readonly pendingLatch: boolean;
  readonly lineLevel: boolean;
  readonly active: boolean;
  readonly enabled: boolean;
  readonly hw: boolean;
  readonly level: boolean;
  /** Null in dumps without the group column. */
  readonly group: number | null;
  readonly hwIntid: number;
  /** `targets` of GICv2, `mpidr` of GICv3. */
  readonly route: number;
  /** SGI source bitmap. */
  readonly source: number;
  readonly priority: number;
  /** VCPU_ID, the vCPU it is queued on; null for -1. */
  readonly queuedOn: number | null;
}

/** An LPI that was freed while the dump was made. */
export interface FreedLpi {
  readonly line: number;
  readonly intid: number;
}

/** Distributor part of the dump. */
export interface VgicDistributor {
  readonly gic: 'v2' | 'v3';
  readonly spis: number;
  readonly enabled: boolean;
  /** Line of `enabled:`. */
  readonly enabledLine: number;
}

type Fail = (reason: string) => never;

const BLOCK = /^(?:VCPU\s*(\d+)|SPI\s+\d+)\s+TYP\s+ID\s+TGT_ID\s+(PLAEHCG?)\s+HWID\s+TARGET\s+SRC\s+PRI\s+VCPU_ID\s*$/;
const ROW =
  /^\s+(SGI|PPI|SPI|LPI)\s+(\d+)\s+(-?\d+)\s+([01]+)\s+(\d+)\s+([0-9a-f]+)\s+([0-9a-f]+)\s+(\d+)\s+(-?\d+)\s*$/;
const FREED = /^\s+LPI\s+(\d+)\s+freed\s*$/;
const LEGEND_LINE = /^(?:Distributor|P=pending.*|E=enabled.*|G=group.*)?\s*$/;
const FIELD = /^(vgic_model|nr_spis|nr_lpis|enabled):\s*(.*?)\s*$/;

/**
 * Reads `vgic-state` of KVM's debugfs (arch/arm64/kvm/vgic/vgic-debug.c) in its three variants: the oldest, with LPIs,
 * with groups.
 */
export class VgicStateReader {
  readonly rows: VgicRow[] = [];
  readonly freed: FreedLpi[] = [];
  #model: 'v2' | 'v3' | null = null;
  #spis: number | null = null;
  #enabled: boolean | null = null;
  #enabledLine = 1;
  #block: { readonly cpu: number | null; readonly flags: string } | null = null;
  #highestCpu = -1;

  /** Highest vCPU with a block of its own, or -1. */
  get highestCpu(): number {
    return this.#highestCpu;
  }

  push(text: string, line: number, fail: Fail): void {
    if (/^\s+[A-Z]{3}\s/.test(text)) {
      this.#row(text, line, fail);
      return;
    }
    const [, cpu, flags] = BLOCK.exec(text) ?? [];
    if (flags !== undefined) {
      this.#header(cpu, flags, fail);
      return;
    }
    const [, name, value] = FIELD.exec(text) ?? [];
    if (name !== undefined && value !== undefined) {
      this.#field(name, value, line, fail);
      return;
    }
    if (/^(?:VCPU|SPI)\b/.test(text)) fail(`"${excerpt(text)}" is not the head of a block`);
    if (/^[=-]+\s*$/.test(text) || LEGEND_LINE.test(text)) return;
    fail(`"${excerpt(text)}" is no line of a vgic-state dump`);
  }

  distributor(fail: Fail): VgicDistributor {
    if (this.#model === null) return fail('no vgic_model');
    if (this.#spis === null) return fail('no nr_spis');
    if (this.#enabled === null) return fail('no enabled');
    return { gic: this.#model, spis: this.#spis, enabled: this.#enabled, enabledLine: this.#enabledLine };
  }

  #field(name: string, value: string, line: number, fail: Fail): void {
    if (name === 'vgic_model') {
      if (this.#model !== null) fail('a second dump begins here: import one at a time');
      if (value !== 'GICv2' && value !== 'GICv3')
        return fail(`vgic_model ${excerpt(value)} is neither GICv2 nor GICv3`);
      this.#model = value === 'GICv2' ? 'v2' : 'v3';
      return;
    }
    if (!/^\d{1,9}$/.test(value)) fail(`${name} "${excerpt(value)}" is not a number`);
    if (name === 'nr_spis') this.#spis = Number(value);
    if (name === 'enabled') {
      this.#enabled = value !== '0';
      this.#enabledLine = line;
    }
  }

  #header(cpu: string | undefined, flags: string, fail: Fail): void {
    const number = cpu === undefined ? null : Number(cpu);
    if (number !== null && number > 511) fail(`VCPU ${number} is not 0 to 511`);
    this.#block = { cpu: number, flags };
    this.#highestCpu = Math.max(this.#highestCpu, number ?? -1);
  }

  #row(text: string, line: number, fail: Fail): void {
    const freed = FREED.exec(text)?.[1];
    if (freed !== undefined) {
      this.freed.push({ line, intid: Number(freed) });
      return;
    }
    const [, type, intid, target, flags, hwIntid, route, source, priority, queuedOn] = ROW.exec(text) ?? [];
    if (queuedOn === undefined || flags === undefined || route === undefined || source === undefined) {
      return fail(`"${excerpt(text)}" is not a row of the interrupt table`);
    }
    const block = this.#block;
    if (block === null) return fail('a row before the head of its block');
    if (flags.length !== block.flags.length) fail(`flags ${flags} are not one digit for each of ${block.flags}`);
    const bit = (i: number): boolean => flags.charAt(i) === '1';
    const number = Number(intid);
    const shared = number >= 32;
    const cpu = shared ? null : block.cpu;
    if (!shared && cpu === null) fail(`interrupt ${number} is private, but the block is not a vCPU's`);
    if (number > 2 ** 24) fail(`interrupt ${number} cannot exist`);
    if (Number(priority) > 255) fail(`priority ${priority} is wider than 8 bits`);
    if (route.length > 8 || source.length > 2) fail('TARGET or SRC has too many digits');
    this.rows.push({
      line,
      type: type as VgicRow['type'],
      intid: number,
      cpu,
      target: Number(target) < 0 ? null : Number(target),
      pendingLatch: bit(0),
      lineLevel: bit(1),
      active: bit(2),
      enabled: bit(3),
      hw: bit(4),
      level: bit(5),
      group: flags.length === 7 ? Number(bit(6)) : null,
      hwIntid: Number(hwIntid),
      route: parseInt(route, 16),
      source: parseInt(source, 16),
      priority: Number(priority),
      queuedOn: Number(queuedOn) < 0 ? null : Number(queuedOn),
    });
  }
}
