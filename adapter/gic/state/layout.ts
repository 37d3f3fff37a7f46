import { MAX_CPUS_V2, PRIVATE_IRQS, SGIS, type GicConfig } from '../config.ts';
import { PHYSICAL_WORDS } from './physical-words.ts';
import type { GicState } from './state.ts';

/**
 * Where everything lives in the state's one memory, an array of 32-bit words.
 *
 * Interrupts are numbered by slot: the private interrupts of vCPU v take slots 32v to 32v + 31, the SPIs follow.
 * A bit plane keeps one bit a slot, so that a 32-interrupt register of any bank is exactly one word:
 *
 *     slot          0 … 31   32 … 63   …   32(n-1) …   32n …       32n + 32 …
 *     plane word    0        1             n-1         n           n + 1
 *     holds         vCPU 0   vCPU 1        vCPU n-1    SPI 32-63   SPI 64-95
 *
 *     offset      words                  what
 *     global      8                      see GLOBAL_* below
 *     enabled     planeWords             bit planes, one bit a slot
 *     pending     planeWords               pending, whatever makes it so
 *     soft        planeWords               4.10: pending by ISPENDR on a level interrupt; 6.12: the pending latch
 *     lineLevel   planeWords               level of the wire
 *     active      planeWords
 *     edge        planeWords               1 edge, 0 level
 *     group       planeWords
 *     queued      planeWords               on some vCPU's queue
 *     priority    slots / 4              bytes, four slots a word, lowest slot in bits 7:0
 *     route       slots / 4 (v2)         ITARGETSR bytes, packed like priority
 *                 slots (v3)             IROUTER low word (Aff2, Aff1, Aff0)
 *     target      slots                  vCPU an interrupt goes to, -1 nobody
 *     queuedOn    slots                  vCPU on whose queue it is, -1 none
 *     next, prev  slots each             the queue's links, -1 end
 *     source      4 x cpus               SGI senders: a byte an SGI, four a word
 *     activeSource 4 x cpus              sender of an active SGI (GICv2), packed like source
 *     vcpu        cpus x VCPU_WORDS      see VCPU_* below
 *     lr          cpus x lrs x 2         list registers, low word first
 *     stored      shape.stored.shared    registers kept as they are, one word or two each
 *     storedOwn   cpus x stored.own      the same, of each vCPU
 *
 * A physical controller (`shape.physical`) has further:
 *
 *     modifier    planeWords             bit plane: IGRPMODR
 *     access      planeWords x 2         NSACR, two bits a slot, lowest slot in bits 1:0
 *     routeHigh   slots (v3)             IROUTER high word: Aff3 and what else is kept
 *     latchOn     8 x spiWords (v2)      pending latch of the SPIs as each CPU has it, absent ones too; `soft` is their union
 *     activeOn    8 x spiWords (v2)      the same of active; `active` is their union
 *     physical    cpus x PHYSICAL_WORDS  CPU interfaces and redistributors, see physical-words.ts
 */
export interface StateLayout {
  readonly slots: number;
  readonly planeWords: number;
  readonly enabled: number;
  readonly pending: number;
  readonly soft: number;
  readonly lineLevel: number;
  readonly active: number;
  readonly edge: number;
  readonly group: number;
  readonly queued: number;
  readonly priority: number;
  readonly route: number;
  readonly target: number;
  readonly queuedOn: number;
  readonly next: number;
  readonly prev: number;
  readonly source: number;
  readonly activeSource: number;
  readonly vcpu: number;
  readonly lr: number;
  readonly stored: number;
  readonly storedOwn: number;
  readonly modifier: number;
  readonly access: number;
  readonly routeHigh: number;
  readonly latchOn: number;
  readonly activeOn: number;
  readonly physical: number;
  readonly words: number;
}

/** What of a state depends on the profile. */
export interface StateShape {
  /** Revision field of the identification registers after reset. */
  readonly revision: number;
  /** Words for registers that are kept as they are, and mean nothing to the model. */
  readonly stored?: { readonly shared: number; readonly own: number };
  /** Present: the CPUs' interfaces and redistributors are part of the state. */
  readonly physical?: PhysicalShape;
}

/** Power-on state of a physical controller, on top of zeros. */
export interface PhysicalShape {
  /** GICv2: each CPU has a copy of the SPIs' pending and active state; else `latchOn` and `activeOn` are empty. */
  readonly copiesSpis: boolean;
  reset(state: GicState): void;
}

/** Words of the global block. */
export const GLOBAL_DIST_ENABLED = 0;
export const GLOBAL_PROPBASER_LO = 1;
export const GLOBAL_PROPBASER_HI = 2;
/** Revision that the identification registers tell; user space may change it. */
export const GLOBAL_REVISION = 3;
/** 1: user space may write the groups of a GICv2. */
export const GLOBAL_V2_GROUPS_WRITABLE = 4;
/** Physical controllers: GICD_CTLR as Secure software sees it. */
export const GLOBAL_CTLR = 5;
/** Physical GICv2: private interrupts whose GICD_ITARGETSR byte was written, a bit each. */
export const GLOBAL_PRIVATE_TARGETED = 6;
/** Always 0: what reads as zero is this word. */
export const GLOBAL_ZERO = 7;
const GLOBAL_WORDS = 8;

/** Words of each vCPU's block. */
export const VCPU_QUEUE_HEAD = 0;
export const VCPU_QUEUE_TAIL = 1;
export const VCPU_QUEUE_LENGTH = 2;
export const VCPU_USED_LRS = 3;
export const VCPU_UNDERFLOW = 4;
export const VCPU_PENDBASER_LO = 5;
export const VCPU_PENDBASER_HI = 6;
/** The virtual machine control register's parts: as on the GICv2 CPU interface, the mask as a priority. */
export const VCPU_VM_CTLR = 7;
export const VCPU_VM_PMR = 8;
export const VCPU_VM_BPR = 9;
export const VCPU_VM_ABPR = 10;
/** Active priorities of the virtual CPU interface, a bit a preemption level; GICv2 keeps both groups in the first. */
export const VCPU_AP0R = 11;
export const VCPU_AP1R = 12;
/** HCR.EOIcount: interrupts ended or deactivated whose list register was not there; the hypervisor accounts for them. */
export const VCPU_EOI_COUNT = 13;
export const VCPU_WORDS = 16;

export const SOURCE_WORDS = SGIS / 4;

export function layoutFor(config: GicConfig, { stored, physical }: StateShape): StateLayout {
  const v2 = config.gic === 'v2';
  const spiWords = Math.ceil(config.spis / 32);
  const planeWords = config.cpus + spiWords;
  const copies = physical?.copiesSpis === true && v2 ? MAX_CPUS_V2 * spiWords : 0;
  const slots = planeWords * PRIVATE_IRQS;
  let at = 0;
  const take = (words: number): number => {
    const here = at;
    at += words;
    return here;
  };
  take(GLOBAL_WORDS);
  return {
    slots,
    planeWords,
    enabled: take(planeWords),
    pending: take(planeWords),
    soft: take(planeWords),
    lineLevel: take(planeWords),
    active: take(planeWords),
    edge: take(planeWords),
    group: take(planeWords),
    queued: take(planeWords),
    priority: take(slots / 4),
    route: take(v2 ? slots / 4 : slots),
    target: take(slots),
    queuedOn: take(slots),
    next: take(slots),
    prev: take(slots),
    source: take(SOURCE_WORDS * config.cpus),
    activeSource: take(SOURCE_WORDS * config.cpus),
    vcpu: take(VCPU_WORDS * config.cpus),
    lr: take(config.cpus * config.lrs * 2),
    stored: take(stored?.shared ?? 0),
    storedOwn: take((stored?.own ?? 0) * config.cpus),
    modifier: take(physical ? planeWords : 0),
    access: take(physical ? planeWords * 2 : 0),
    routeHigh: take(physical && !v2 ? slots : 0),
    latchOn: take(copies),
    activeOn: take(copies),
    physical: take(physical ? PHYSICAL_WORDS * config.cpus : 0),
    words: at,
  };
}
