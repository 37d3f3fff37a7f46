import type { Random } from '../../oracle/generate/random.ts';
import type { HypervisorOp } from './batch.ts';
import { GICH, GICV } from './model.ts';

const GICD = 0x08000000;
const GICC = 0x08010000;
const GICR_SGI = 0x080b0000;
/** Interrupts of the guest: few, so that they meet. */
const VIRTUAL = [3, 27, 33, 34, 40, 40, 1019];
/** On GICv2 each list register has interrupts of its own: which of two counts is nobody's to know. */
const VIRTUAL_V2 = [
  [3, 34, 1019],
  [27, 40],
  [33, 5],
  [41, 300],
];
const VIRTUAL_V3 = [...VIRTUAL, 8192, 8200, 0xfff0];
const SPECIAL = [1020, 1021, 1022, 1023];
/** Of the machine, which list registers are linked to. */
const PHYSICAL = [20, 27, 33, 47, 300, 1021];
const PRIORITIES = [0x00, 0x08, 0x10, 0x40, 0x48, 0x80, 0x88, 0xa0, 0xf0, 0xf8, 0xff, 0x43];

/** Operations of a hypervisor and its guest. The first ones make something happen at all. */
export function generateHypervisor(gic: 'v2' | 'v3', random: Random, count: number): HypervisorOp[] {
  const operations: HypervisorOp[] = gic === 'v2' ? startV2() : startV3();
  while (operations.length < count) operations.push(gic === 'v2' ? operationV2(random) : operationV3(random));
  return operations;
}

function startV2(): HypervisorOp[] {
  return [
    write(GICD, 0x3n),
    write(GICC, 0x3n),
    write(GICC + 4, 0xf0n),
    write(GICD + 0x100, 0x0200_0000n),
    write(GICH, 1n),
    write(GICH + 8, 0xf800_0003n),
  ];
}

function startV3(): HypervisorOp[] {
  return [
    write(GICD, 0x3n),
    write(GICR_SGI + 0x100, 0x0200_0000n),
    register(false, 'ICC_PMR_EL1', 0xf0n),
    register(false, 'ICC_IGRPEN0_EL1', 1n),
    register(false, 'ICC_IGRPEN1_EL1', 1n),
    register(false, 'ICH_HCR_EL2', 1n),
    register(false, 'ICH_VMCR_EL2', 0xf800_0003n),
  ];
}

function write(addr: number, value: bigint, len = 4): HypervisorOp {
  return { guest: false, rw: 'write', addr, len, value };
}

function read(addr: number, len = 4): HypervisorOp {
  return { guest: false, rw: 'read', addr, len };
}

/** Without a value it is read. */
function register(guest: boolean, reg: string, value?: bigint): HypervisorOp {
  return value === undefined ? { guest, rw: 'read', reg } : { guest, rw: 'write', reg, value };
}

/** The machine's own interrupts: active ones are what linked list registers end. */
function physical(random: Random, isV2: boolean): HypervisorOp {
  const own = isV2 ? GICD : GICR_SGI;
  switch (random.below(8)) {
    case 0:
      return write(own + 0x300, BigInt(random.u32() & 0x0810_0000));
    case 1:
      return write(GICD + 0x304, BigInt(random.u32() & 0x8002) & 0xffffn);
    case 2:
      return write(GICD + 0x324, 0x1000n);
    case 3:
      return read(own + 0x300);
    case 4:
      return read(GICD + 0x304);
    case 5:
      return read(GICD + 0x324);
    default:
      return read(own + 0x200);
  }
}

function listRegister(random: Random, own: readonly number[], isV2: boolean): bigint {
  const state = random.pick([0, 1, 1, 1, 2, 2, 3]);
  const group = random.below(2);
  const priority = random.pick(PRIORITIES);
  const intid = random.once(40) && !isV2 ? random.pick(SPECIAL) : random.pick(own);
  // An SGI has a sender in the place of a physical interrupt.
  const hw = random.once(4) && !(isV2 && intid < 16) ? 1 : 0;
  const eoi = random.once(3) ? 1 : 0;
  const sender = intid < 16 && isV2 ? random.below(8) : 0;
  const linked = random.pick(PHYSICAL);
  if (random.once(60)) {
    return isV2
      ? BigInt(((random.u32() & 0x7fff_fc00) | random.pick(own)) >>> 0)
      : BigInt(random.u32() & 0xff_ffff) | (BigInt(random.u32()) << 32n);
  }
  if (isV2) {
    const owner = hw === 1 ? linked << 10 : (eoi << 19) | (sender << 10);
    return BigInt(((hw << 31) | (group << 30) | (state << 28) | ((priority >> 3) << 23) | owner | intid) >>> 0);
  }
  const owner = hw === 1 ? linked : eoi << 9;
  const hi = (state << 30) | (hw << 29) | (group << 28) | (priority << 16) | owner;
  return (BigInt(hi >>> 0) << 32n) | BigInt(intid);
}

function listRegisterV2(random: Random): HypervisorOp {
  const lr = random.below(4);
  return write(GICH + 0x100 + 4 * lr, listRegister(random, VIRTUAL_V2[lr] ?? [], true));
}

function hcr(random: Random, isV2: boolean): bigint {
  const en = random.once(12) ? 0 : 1;
  const maintenance = random.once(3) ? 0 : random.u32() & 0xfe;
  const traps = !isV2 && random.once(12) ? 1 << (10 + random.below(5)) : 0;
  const count = random.once(6) ? random.below(32) : 0;
  return BigInt((en | maintenance | traps | (count << 27)) >>> 0);
}

function vmcr(random: Random): bigint {
  if (random.once(10)) return BigInt((random.u32() & 0x7fff_ffff) >>> 0);
  const enables = random.once(4) ? random.below(4) : 3;
  const modes = (random.once(3) ? 0x10 : 0) | (random.once(3) ? 0x200 : 0) | (random.below(1 << 2) << 2);
  const points = random.once(3) ? random.below(64) : 0;
  // Not beyond 0xf8: QEMU makes 33 bits of the active priority 0xf8.
  const mask = random.once(3) ? Math.min(0xf8, random.pick(PRIORITIES)) : 0xf8;
  return BigInt(((mask << 24) | (points << 18) | modes | enables) >>> 0);
}

function ended(random: Random, isV2: boolean): bigint {
  const intid = random.once(20) ? random.pick(SPECIAL) : random.pick(isV2 ? VIRTUAL_V2.flat() : VIRTUAL_V3);
  const sender = isV2 && intid < 16 ? random.below(8) << 10 : 0;
  return BigInt(intid | sender) | (random.once(20) ? BigInt(random.u32()) & ~0xfffn : 0n);
}

const READ_V3 = [
  'HCR',
  'VTR',
  'VMCR',
  'MISR',
  'MISR',
  'EISR',
  'EISR',
  'ELRSR',
  'AP0R0',
  'AP1R0',
  'LR0',
  'LR1',
  'LR2',
  'LR3',
];
const READ_GUEST = [
  'PMR',
  'HPPIR0',
  'HPPIR1',
  'BPR0',
  'BPR1',
  'AP0R0',
  'AP1R0',
  'RPR',
  'RPR',
  'CTLR',
  'IGRPEN0',
  'IGRPEN1',
  'SRE',
];

function operationV3(random: Random): HypervisorOp {
  const guest = (name: string, value?: bigint): HypervisorOp => register(true, `ICC_${name}_EL1`, value);
  switch (random.below(24)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return register(false, `ICH_LR${String(random.below(4))}_EL2`, listRegister(random, VIRTUAL_V3, false));
    case 4:
      return register(false, 'ICH_HCR_EL2', hcr(random, false));
    case 5:
      return register(false, 'ICH_VMCR_EL2', vmcr(random));
    case 6:
      return register(false, `ICH_AP${String(random.below(2))}R0_EL2`, random.once(3) ? BigInt(random.u32()) : 0n);
    case 7:
    case 8:
    case 9:
    case 10:
      return register(false, `ICH_${random.pick(READ_V3)}_EL2`);
    case 11:
      return physical(random, false);
    case 12:
    case 13:
    case 14:
      return guest(`IAR${String(random.below(2))}`);
    case 15:
    case 16:
    case 17:
      return guest(`EOIR${String(random.below(2))}`, ended(random, false));
    case 18:
      return guest('DIR', ended(random, false));
    case 19:
      return guest(
        'PMR',
        random.once(8) ? BigInt(random.u32()) : BigInt(random.pick([...PRIORITIES, 0xf8, 0xf8, 0xff])),
      );
    case 20:
      switch (random.below(8)) {
        case 0:
          return binaryPoint(random);
        case 1:
          return guest('CTLR', random.once(4) ? BigInt(random.u32()) : BigInt(random.below(4)));
        case 2:
          return guest(`AP${String(random.below(2))}R0`, random.once(3) ? BigInt(random.u32()) : 0n);
        case 3:
          return guest(`AP${String(random.below(2))}R1`);
        case 4:
          return guest('SGI1R', 0n);
        default:
          return guest(`IGRPEN${String(random.below(2))}`, random.once(4) ? 0n : BigInt(random.below(1 << 4) | 1));
      }
    default:
      return guest(random.pick(READ_GUEST));
  }
}

/** QEMU ends itself where it takes 0 from a value that was larger: see VirtualRules.clampsUncutBinaryPoint. */
function binaryPoint(random: Random): HypervisorOp {
  const value = random.once(4) ? random.u32() | 1 : random.below(8);
  return register(true, `ICC_BPR${String(random.below(2))}_EL1`, BigInt(value >>> 0));
}

const READ_GICH = [0, 4, 8, 0x10, 0x10, 0x20, 0x20, 0x30, 0x24, 0x34, 0xf0, 0x100, 0x104, 0x108, 0x10c, 0x110];
const READ_GICV = [0, 4, 8, 0x14, 0x14, 0x18, 0x18, 0x1c, 0x28, 0xd0, 0xd4, 0xe0, 0xfc];

function operationV2(random: Random): HypervisorOp {
  switch (random.below(24)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return listRegisterV2(random);
    case 4:
      return write(GICH, hcr(random, true));
    case 5:
      return write(GICH + 8, vmcr(random));
    case 6:
      return random.once(3) ? write(GICH + 0xf0, random.once(3) ? BigInt(random.u32()) : 0n) : oddV2(random);
    case 7:
    case 8:
    case 9:
    case 10:
      return read(GICH + random.pick(READ_GICH));
    case 11:
      return physical(random, true);
    case 12:
    case 13:
    case 14:
      return read(GICV + (random.once(8) ? 0x20 : 0x0c));
    case 15:
    case 16:
    case 17:
      return write(GICV + (random.once(8) ? 0x24 : 0x10), ended(random, true));
    case 18:
      return write(GICV + 0x1000, ended(random, true));
    case 19:
      return write(
        GICV + 4,
        random.once(8) ? BigInt(random.u32()) : BigInt(random.pick([...PRIORITIES, 0xf8, 0xf8, 0xff])),
      );
    case 20:
      switch (random.below(5)) {
        case 0:
          return write(GICV + 8, random.once(4) ? BigInt(random.u32()) : BigInt(random.below(8)));
        case 1:
          return write(GICV + 0x1c, random.once(4) ? BigInt(random.u32()) : BigInt(random.below(8)));
        case 2:
          return write(GICV + 0xd0 + 4 * random.below(4), random.once(3) ? BigInt(random.u32()) : 0n);
        default:
          return write(
            GICV,
            random.once(4)
              ? BigInt(random.u32())
              : BigInt(3 | (random.below(1 << 3) << 2) | (random.once(3) ? 0x200 : 0)),
          );
      }
    default:
      return read(GICV + random.pick(READ_GICV));
  }
}

/** Accesses of other widths, and where nothing is. Not every INTID may get into a list register. */
function oddV2(random: Random): HypervisorOp {
  const base = random.pick([GICH, GICV]);
  const offset = random.pick(base === GICH ? READ_GICH : READ_GICV) + random.below(4);
  const len = random.pick([1, 2, 4, 8]);
  const addr = base + (offset & ~(len - 1));
  if (random.once(2)) return read(addr, len);
  if (base === GICV || offset < 0x100) return write(addr, BigInt(random.u32()) & ((1n << BigInt(8 * len)) - 1n), len);
  const lr = random.below(4);
  return write(GICH + 0x100 + 4 * lr + random.below(4), BigInt(random.pick(VIRTUAL_V2[lr] ?? []) & 0xff), 1);
}
