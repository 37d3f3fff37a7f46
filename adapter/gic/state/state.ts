import { usualAffinity } from '../affinity.ts';
import { hardwareOf, PRIVATE_IRQS, type GicConfig, type Hardware } from '../config.ts';
import { UndoLog } from '../journal/undo-log.ts';
import { PHYSICAL_WORDS } from './physical-words.ts';
import {
  GLOBAL_REVISION,
  layoutFor,
  VCPU_PENDBASER_LO,
  VCPU_QUEUE_HEAD,
  VCPU_QUEUE_TAIL,
  VCPU_WORDS,
  type StateLayout,
  type StateShape,
} from './layout.ts';

/**
 * The controller's whole state: one memory of 32-bit words (`StateLayout` says where what lives) and nothing else.
 * A snapshot is a copy of that memory; the journal is a log of its words. Every change passes `put`.
 *
 * Values are int32 words, signed: arithmetic on them stays within small integers and allocates nothing.
 */
export class GicState {
  readonly config: GicConfig;
  readonly shape: StateShape;
  readonly at: StateLayout;
  readonly hardware: Hardware;
  /** Affinity of each CPU of a physical GICv3, Aff3:Aff2:Aff1:Aff0. */
  readonly affinities: Int32Array;
  /** The priority bits that exist, in each byte. */
  readonly priorityMask: number;
  readonly words: Int32Array;
  /** Upper word of the last 64-bit read; a read handler of a 64-bit register sets it. */
  hi = 0;
  #undo: UndoLog | null = null;

  /** @param shape what the profile says of it */
  constructor(config: GicConfig, shape: StateShape) {
    this.config = config;
    this.shape = shape;
    this.at = layoutFor(config, shape);
    this.hardware = hardwareOf(config);
    this.affinities = Int32Array.from(
      { length: config.cpus },
      (_, cpu) => this.hardware.affinities?.[cpu] ?? usualAffinity(cpu),
    );
    this.priorityMask = Math.imul((0xff << (8 - this.hardware.priorityBits)) & 0xff, 0x01010101);
    this.words = new Int32Array(this.at.words);
    this.reset();
  }

  get(index: number): number {
    return this.words[index] as number;
  }

  put(index: number, value: number): void {
    if (this.#undo !== null) {
      const before = this.words[index] as number;
      if (before === value) return;
      this.#undo.record(index, before);
    }
    this.words[index] = value;
  }

  /** Records every later change, so that it can be undone. One log a state; asking again answers the same one. */
  journal(capacity?: number): UndoLog {
    this.#undo ??= new UndoLog(this.words, capacity);
    return this.#undo;
  }

  /** Takes over another state's content; the two must have the same configuration. Not journalled. */
  copyFrom(other: GicState): void {
    this.words.set(other.words);
  }

  /** Slot of an interrupt: `vcpu` counts for INTIDs below 32 only. The INTID must exist. */
  slot(intid: number, vcpu: number): number {
    return intid < PRIVATE_IRQS ? vcpu * PRIVATE_IRQS + intid : (this.config.cpus - 1) * PRIVATE_IRQS + intid;
  }

  /** INTID of a slot. */
  intid(slot: number): number {
    const shared = slot - this.config.cpus * PRIVATE_IRQS;
    return shared < 0 ? slot % PRIVATE_IRQS : shared + PRIVATE_IRQS;
  }

  /** Owner of a private interrupt's slot, -1 for SPIs. */
  owner(slot: number): number {
    return slot < this.config.cpus * PRIVATE_IRQS ? slot >> 5 : -1;
  }

  /** Plane word of the 32 interrupts from `intid` on, a multiple of 32, in the bank of `vcpu`. */
  planeWord(intid: number, vcpu: number): number {
    return intid < PRIVATE_IRQS ? vcpu : this.config.cpus - 1 + (intid >> 5);
  }

  bit(plane: number, slot: number): boolean {
    return ((this.words[plane + (slot >> 5)] as number) & (1 << (slot & 31))) !== 0;
  }

  putBit(plane: number, slot: number, on: boolean): void {
    const index = plane + (slot >> 5);
    const mask = 1 << (slot & 31);
    const word = this.words[index] as number;
    this.put(index, on ? word | mask : word & ~mask);
  }

  byte(base: number, slot: number): number {
    return ((this.words[base + (slot >> 2)] as number) >> ((slot & 3) << 3)) & 0xff;
  }

  putByte(base: number, slot: number, value: number): void {
    const index = base + (slot >> 2);
    const shift = (slot & 3) << 3;
    this.put(index, ((this.words[index] as number) & ~(0xff << shift)) | ((value & 0xff) << shift));
  }

  /** Index of a word in a vCPU's block (`VCPU_…`). */
  vcpuWord(vcpu: number, word: number): number {
    return this.at.vcpu + vcpu * VCPU_WORDS + word;
  }

  /** Index of a word in a CPU's physical block (`PHYSICAL_…`). */
  physicalWord(cpu: number, word: number): number {
    return this.at.physical + cpu * PHYSICAL_WORDS + word;
  }

  /** Index of the low word of a list register. */
  lrWord(vcpu: number, lr: number): number {
    return this.at.lr + (vcpu * this.config.lrs + lr) * 2;
  }

  /** Power-on state: nothing is queued; the rest is the profile's to say. */
  reset(): void {
    const { at, words, config } = this;
    words.fill(0);
    words.fill(-1, at.queuedOn, at.source);
    for (let vcpu = 0; vcpu < config.cpus; vcpu++) {
      words[this.vcpuWord(vcpu, VCPU_QUEUE_HEAD)] = -1;
      words[this.vcpuWord(vcpu, VCPU_QUEUE_TAIL)] = -1;
      words.fill(vcpu, at.target + vcpu * PRIVATE_IRQS, at.target + (vcpu + 1) * PRIVATE_IRQS);
      words[at.edge + vcpu] = 0xffff;
    }
    if (this.shape.physical === undefined) this.#resetVgic();
    else this.shape.physical.reset(this);
  }

  /**
   * SGIs are enabled and edge triggered, PPIs level, SPIs edge; priorities are 0, the most urgent;
   * SPIs go to vCPU 0; GICR_PENDBASER reads 0x580 (observed: Linux 4.10 vgic). Interrupts are
   * of group 0 on GICv2 and 1 on GICv3.
   */
  #resetVgic(): void {
    const { at, words, config } = this;
    words[GLOBAL_REVISION] = this.shape.revision;
    if (config.gic === 'v3') words.fill(-1, at.group, at.group + at.planeWords);
    for (let vcpu = 0; vcpu < config.cpus; vcpu++) {
      words[at.enabled + vcpu] = 0xffff;
      words[this.vcpuWord(vcpu, VCPU_PENDBASER_LO)] = 0x580;
    }
    this.fixPrivateTargets();
    words.fill(-1, at.edge + config.cpus, at.edge + at.planeWords);
  }

  /** GICv2: a private interrupt's ITARGETSR byte names its own CPU and cannot be written. */
  fixPrivateTargets(): void {
    const { at, words, config } = this;
    if (config.gic !== 'v2') return;
    for (let vcpu = 0; vcpu < config.cpus; vcpu++) {
      words.fill(Math.imul(1 << vcpu, 0x01010101), at.route + vcpu * 8, at.route + (vcpu + 1) * 8);
    }
  }
}
