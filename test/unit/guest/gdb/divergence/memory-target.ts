import type { GicConfig } from '../../../../../adapter/gic/config.ts';
import { Controller } from '../../../../../adapter/gic/controller.ts';
import { joinWords, RegisterMap } from '../../../../../adapter/gic/inspect/register-map.ts';
import { EL1 } from '../../../../../adapter/gic/physical/context.ts';
import { ARCH } from '../../../../../adapter/gic/profiles/arch.ts';
import { OBSERVED } from '../../../../../adapter/gic/profiles/observed.ts';
import type { Profile } from '../../../../../adapter/gic/profiles/profile.ts';
import { Sight } from '../../../../../adapter/guest/gdb/divergence/sight.ts';
import { Twin, type Mismatch } from '../../../../../adapter/guest/gdb/divergence/twin.ts';
import type { FrameAccess, FrameRead } from '../../../../../adapter/guest/gdb/frame-access.ts';
import { Shadow } from '../../../../../adapter/guest/gdb/shadow.ts';

export const GICD = 0x0800_0000;
export const GICC = 0x0801_0000;
export const GICR = 0x080a_0000;

/** A target in this process: a physical controller, read as one behind a stub is, and a twin beside it. */
export class MemoryTarget {
  readonly target: Controller;
  readonly twin: Twin;
  readonly sight = new Sight();
  readonly #shadow: Shadow;
  /** CPUs that cannot be asked. */
  readonly asleep = new Set<number>();

  /** @param model the twin's profile; absent: the target's */
  constructor(gic: 'v2' | 'v3', cpus: number, profile: Profile, model: Profile = profile) {
    const priorityBits = gic === 'v2' ? 8 : 5;
    const bases = { dist: GICD, cpuif: GICC, redist: GICR };
    const hardware = { securityStates: 1, priorityBits, lpis: false } as const;
    const config: GicConfig = { gic, cpus, spis: 64, bases, lrs: 1, hardware };
    this.target = new Controller(config, profile);
    const observed = new Controller(config, OBSERVED);
    const registers = new RegisterMap(observed);
    this.#shadow = new Shadow(observed, registers, this.#access());
    const implementation = { gic, cpus, isQemu: model !== ARCH, knowsPriorityBits: true };
    this.twin = new Twin({ config, profile: model, implementation }, { registers, shadow: this.#shadow });
  }

  #access(): FrameAccess {
    const { asleep } = this;
    const isPrompt = ({ vcpu, isBanked }: Pick<FrameRead, 'vcpu' | 'isBanked'>): boolean =>
      !isBanked || !asleep.has(vcpu);
    return {
      text: 'in memory',
      isPrompt,
      read: (reads) => Promise.resolve(reads.map((one) => (isPrompt(one) ? this.#peek(one) : new Error('asleep')))),
      write: () => Promise.resolve(),
    };
  }

  #peek({ vcpu, address, width }: FrameRead): bigint {
    const located = this.target.frames.locate(address, width);
    if (located === null) return 0n;
    const { device, offset } = located;
    const lo = device.regions.read(this.target.state, device.owner < 0 ? vcpu : device.owner, offset, width);
    return joinWords(lo, width === 8 ? this.target.state.hi : 0);
  }

  /** A stop: what must agree and does not. */
  async look(): Promise<Mismatch[]> {
    this.#shadow.forget();
    await this.#shadow.bring(this.twin.wanted);
    const found = this.twin.compare(this.sight);
    this.twin.load(this.sight.unwatched === null);
    this.sight.begin();
    return [...found, ...this.twin.compareFollowing()];
  }

  /** An access that was seen. @returns whether its answer was no surprise */
  access(cpu: number, address: number, length: 1 | 4, write: boolean, value: number): boolean {
    if (write) {
      this.target.write(cpu, address, length, value);
      this.twin.write(cpu, address, length, BigInt.asUintN(32, BigInt(value)));
      return true;
    }
    const answer = this.target.read(cpu, address, length);
    return this.twin.read(cpu, address, length, BigInt.asUintN(length * 8, BigInt(answer))) === null;
  }

  /** An access to a system register, which nobody sees. */
  unseen(cpu: number, name: string, value: number | null): void {
    const register = this.target.physical?.register(name);
    if (value === null) register?.read?.(cpu, EL1);
    else register?.write?.(cpu, value, 0, EL1);
    this.sight.missedInterface();
  }
}

/** For messages. */
export function namesOf(mismatches: readonly Mismatch[]): string[] {
  return mismatches.map(
    ({ pair, model, target, bits }) =>
      `${pair.own.name}@${pair.wanted.vcpu} model 0x${model.toString(16)} target 0x${target.toString(16)} bits 0x${bits.toString(16)}`,
  );
}
