import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ARCHITECTURE, QEMU_10, QEMU_7_2, type PhysicalPolicy } from '../../../../adapter/gic/physical/policy.ts';
import { Board, DIST, EL3, NS, profileWith, type BoardOptions } from './board.ts';

const SPI = 40;
const ENABLE_SPI40 = 1 << 8;

/** What a choice changes: the same steps, with it and without. */
interface Choice {
  readonly name: keyof PhysicalPolicy | keyof PhysicalPolicy['v2'];
  readonly board: BoardOptions;
  readonly see: (board: Board) => unknown;
  /** What is seen where the choice is true, and where it is false. */
  readonly when: readonly [yes: unknown, no: unknown];
}

function enabled(board: Board, ...intids: number[]): Board {
  for (const intid of intids) board.setDist(0x100 + 4 * (intid >> 5), 1 << (intid & 31));
  return board;
}

/** The choices of a policy by name, those of GICv2 among them. */
function choicesOf(policy: PhysicalPolicy): Readonly<Record<string, unknown>> {
  const all = Object.entries({ ...policy, ...policy.v2 });
  return Object.fromEntries(all.filter(([, value]) => typeof value === 'boolean'));
}

const V2 = { gic: 'v2' } as const;
const V3 = { gic: 'v3' } as const;
const SECURE_V2 = { gic: 'v2', hardware: { securityStates: 2 } } as const;
const SECURE_V3 = { gic: 'v3', hardware: { securityStates: 2 } } as const;

const CHOICES: readonly Choice[] = [
  {
    name: 'disabledGroupHidesRest',
    board: V2,
    see(board) {
      board.open();
      // INTID 40 of group 1, more urgent; INTID 41 of group 0. The CPU interface has group 1 off.
      board.setDist(0x84, ENABLE_SPI40);
      board.setDist(0x428, 0x4020);
      board.setDist(0x828, 0x0101);
      board.setGicc(0, 1);
      enabled(board, 40, 41);
      board.line(40, true);
      board.line(41, true);
      return board.inputs();
    },
    when: [0, 1],
  },
  {
    name: 'sleepHolds',
    board: V3,
    see(board) {
      enabled(board.open(), SPI).line(SPI, true);
      board.setRedist(0x14, 2);
      return board.inputs();
    },
    when: [0, 1],
  },
  {
    name: 'routesOneOfN',
    board: V3,
    see(board) {
      enabled(board.open(), SPI);
      board.controller.write(0, DIST + 0x6000 + 8 * SPI, 8, 0x80000000 | 0, 0);
      board.line(SPI, true);
      // CPU 0 declines group 1 interrupts: the other one takes it.
      board.setRedist(0, 1 << 25);
      return [board.inputs(0), board.inputs(1), (board.dist(4) >>> 25) & 1];
    },
    when: [
      [0, 1, 0],
      [1, 0, 1],
    ],
  },
  {
    name: 'keepsAllPriorityBits',
    board: V3,
    see: (board) => (board.setDist(0x420, 0xa7), board.dist(0x420)),
    when: [0xa7, 0xa0],
  },
  {
    name: 'keepsAllRouteBits',
    board: V3,
    see: (board) => (board.setDist(0x6140, -1), board.dist(0x6140)),
    when: [0xffffffff, 0x80ffffff],
  },
  { name: 'tellsFewerSpis', board: V3, see: (board) => board.dist(4) & 31, when: [1, 2] },
  {
    name: 'keepsWideMask',
    board: V3,
    see: (board) => (board.setIcc('ICC_PMR_EL1', 0x1ff), board.icc('ICC_PMR_EL1')),
    when: [0x1f8, 0xf8],
  },
  {
    name: 'clampsUncutBinaryPoint',
    board: V3,
    see: (board) => (board.setIcc('ICC_BPR0_EL1', 0xf0), board.icc('ICC_BPR0_EL1')),
    when: [0, 2],
  },
  {
    name: 'refusesNonsecureApr',
    board: SECURE_V3,
    see: (board) => (board.setIcc('ICC_AP1R0_EL1', -1, 0, NS), board.icc('ICC_AP1R0_EL1', 0, NS)),
    when: [0, 0xffff0000],
  },
  {
    name: 'remembersWinner',
    board: V3,
    see(board) {
      enabled(board.open(), SPI).line(SPI, true);
      board.setDist(0xc08, 2 << 16);
      return [board.inputs(), (board.dist(0x204) >> 8) & 1];
    },
    when: [
      [1, 0],
      [0, 0],
    ],
  },
  {
    name: 'monitorShowsNonsecureTwice',
    board: SECURE_V3,
    see: (board) => (board.setIcc('ICC_CTLR_EL3', 1 << 4, 0, EL3), (board.icc('ICC_CTLR_EL3', 0, EL3) >> 3) & 3),
    when: [3, 2],
  },
  {
    name: 'spiStatePerCpu',
    board: V2,
    see(board) {
      enabled(board.open(), SPI);
      board.setDist(0x828, 3, 0, 1);
      board.line(SPI, true);
      return [board.gicc(0xc, 0), board.gicc(0xc, 1)];
    },
    when: [
      [SPI, SPI],
      [SPI, 1023],
    ],
  },
  {
    name: 'endsEverywhere',
    board: { ...V2, profile: profileWith({ ...QEMU_7_2 }) },
    see(board) {
      enabled(board.open(), SPI);
      board.setDist(0x828, 3, 0, 1);
      board.line(SPI, true);
      board.setGicc(0x10, board.gicc(0xc, 0), 0);
      // CPU 0 ended it; it was made active for all by software as well.
      board.setDist(0x304, ENABLE_SPI40);
      board.gicc(0xc, 1);
      board.setGicc(0xd0, 1, 0);
      board.setGicc(0x10, SPI, 0);
      return (board.dist(0x304) >> 8) & 1;
    },
    when: [0, 1],
  },
  {
    name: 'keepsAbsentTargets',
    board: V2,
    see: (board) => (board.setDist(0x828, 0xff, 0, 1), board.dist(0x828)),
    when: [0xff, 3],
  },
  {
    name: 'retargetMovesPending',
    board: { ...V2, profile: profileWith(QEMU_7_2) },
    see(board) {
      enabled(board.open(), SPI);
      board.setDist(0x828, 1, 0, 1);
      board.setDist(0x204, ENABLE_SPI40);
      board.setDist(0x828, 2, 0, 1);
      return [board.inputs(0), board.inputs(1)];
    },
    when: [
      [0, 1],
      [0, 0],
    ],
  },
  {
    name: 'ppiPendingNeedsTargets',
    board: V2,
    see: (board) => (board.setDist(0x200, 1 << 27), board.dist(0x200) >>> 27),
    when: [0, 1],
  },
  {
    name: 'clearsPendingEverywhere',
    board: V2,
    see(board) {
      board.setDist(0xc04, 2 << 22, 1);
      board.line(27, true, 1);
      board.setDist(0x280, 1 << 27, 0);
      return board.dist(0x200, 1) >>> 27;
    },
    when: [0, 1],
  },
  {
    name: 'sharesPpiTrigger',
    board: V2,
    see: (board) => (board.setDist(0xc04, 2 << 22, 0), board.dist(0xc04, 1) >>> 22),
    when: [2, 0],
  },
  {
    name: 'highestObeysMask',
    board: V2,
    see(board) {
      enabled(board.open(), SPI);
      board.setDist(0x828, 1, 0, 1);
      board.line(SPI, true);
      board.setGicc(4, 0);
      return board.gicc(0x18);
    },
    when: [1023, SPI],
  },
  {
    name: 'highestTellsSender',
    board: V2,
    see(board) {
      board.open().setDist(0xf00, (1 << 16) | 5, 1);
      return board.gicc(0x18);
    },
    when: [(1 << 10) | 5, 5],
  },
  {
    name: 'hasAliases',
    board: V2,
    see(board) {
      enabled(board.open(), SPI);
      board.setDist(0x84, ENABLE_SPI40);
      board.setDist(0x828, 1, 0, 1);
      board.line(SPI, true);
      return [board.gicc(0x28), board.gicc(0x20)];
    },
    when: [
      [SPI, SPI],
      [0, 0],
    ],
  },
  {
    name: 'sgiObeysGroups',
    board: SECURE_V2,
    // Group 0, and NSATT asks for group 1.
    see: (board) => (board.setDist(0xf00, (1 << 16) | (1 << 15) | 3), board.dist(0x200)),
    when: [0, 8],
  },
  {
    name: 'opensSecureTargets',
    board: SECURE_V2,
    see: (board) => (board.setDist(0x828, 2, 0, 1), board.controller.nonSecure.read(0, DIST + 0x828, 1)),
    when: [2, 0],
  },
  {
    name: 'reservedFilterSends',
    board: V2,
    see: (board) => (board.setDist(0xf00, (3 << 24) | 3), board.dist(0x200)),
    when: [8, 0],
  },
  {
    name: 'preemptsByWholePriority',
    board: V2,
    see(board) {
      enabled(board.open(), 40, 41);
      // BPR 3: 0x64 and 0x68 are of one group. What runs has 0x68, by its active priority.
      board.setGicc(8, 3);
      board.setDist(0x428, 0x6400);
      board.setDist(0x828, 0x0101);
      board.setGicc(0xd4, 1 << 20);
      board.line(41, true);
      return [board.gicc(0x14), board.inputs()];
    },
    when: [
      [0x68, 1],
      [0x68, 0],
    ],
  },
];

/** A policy that differs from another one in a single choice. */
function withChoice(base: PhysicalPolicy, name: Choice['name'], value: boolean): PhysicalPolicy {
  return name in base.v2 ? { ...base, v2: { ...base.v2, [name]: value } } : { ...base, [name]: value };
}

describe('where controllers part ways, each choice alone', () => {
  for (const { name, board, see, when } of CHOICES) {
    it(name, () => {
      const base = board.profile?.policy ?? ARCHITECTURE;
      const seen = [true, false].map((value) =>
        see(new Board({ ...board, profile: profileWith(withChoice(base, name, value)) })),
      );
      assert.deepEqual(seen, when);
    });
  }

  it('every choice is shown here', () => {
    const named = new Set<string>(CHOICES.map((one) => one.name));
    assert.deepEqual(
      Object.keys(choicesOf(ARCHITECTURE))
        .filter((name) => !named.has(name))
        .sort(),
      [],
    );
  });

  it('every choice is told in docs/arch.md, with what each variant has', () => {
    const page = readFileSync(new URL('../../../../docs/arch.md', import.meta.url), 'utf8');
    const variants = [ARCHITECTURE, QEMU_7_2, QEMU_10].map(choicesOf);
    for (const name of Object.keys(choicesOf(ARCHITECTURE))) {
      const cells = variants.map((one) => (one[name] === true ? 'yes' : 'no'));
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      assert.ok(row?.endsWith(`| ${cells.join(' | ')} |`), `${name}: ${cells.join(', ')}`);
    }
  });
});
