import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ARCHITECTURE } from '../../../../adapter/gic/physical/policy.ts';
import { ARCHITECTURE_VIRTUAL, type VirtualRules } from '../../../../adapter/gic/virtual/rules.ts';
import { profileWith } from './board.ts';
import { GICH, GICV, HypervisorBoard } from './hypervisor-board.ts';

type Rule = keyof VirtualRules;

const LR = GICH + 0x100;
const PENDING = 1n << 62n;
const ACTIVE = 2n << 62n;
const GROUP1 = 1n << 60n;
const V2_PENDING = 2 ** 28;
const V2_ACTIVE = 2 ** 29;
const V2_GROUP1 = 2 ** 30;
const priority = (value: number): bigint => BigInt(value) << 48n;
const V2_PRIORITY = 2 ** 23;

/** Both groups on, nothing masked; as guests set it. */
const OPEN = 0xf84c0003;
const EOIMODE = 0x200;
const CBPR = 0x10;

const eoiCount = (gic: HypervisorBoard): number => Number(gic.get('ICH_HCR_EL2') >> 27n);

/** What tells a rule's values apart: an observation, and what it is with each. */
const OBSERVATIONS: readonly [
  rule: Rule,
  gic: 'v2' | 'v3',
  observe: (gic: HypervisorBoard) => number | bigint,
  expected: readonly (readonly [value: VirtualRules[Rule], seen: number | bigint])[],
][] = [
  [
    'countsPriorityDrops',
    'v3',
    (gic) => {
      gic.set('ICH_VMCR_EL2', BigInt(OPEN + EOIMODE));
      gic.set('ICH_AP1R0_EL2', 1n);
      gic.setGuest('EOIR1', 90);
      return eoiCount(gic);
    },
    [
      [false, 0],
      [true, 1],
    ],
  ],
  [
    'countsIdleEnds',
    'v3',
    (gic) => {
      gic.setGuest('EOIR1', 90);
      return eoiCount(gic);
    },
    [
      [false, 0],
      [true, 1],
    ],
  ],
  [
    'preemptionCuts',
    'v2',
    (gic) => {
      gic.write(GICV + 8, 5);
      gic.write(GICH + 0xf0, 1 << 9);
      gic.write(LR, V2_PENDING + 8 * V2_PRIORITY + 77);
      return gic.virtualInputs;
    },
    [
      ['both', 0],
      ['pending', 1],
      ['neither', 1],
    ],
  ],
  [
    'disabledGroupCompetes',
    'v2',
    (gic) => {
      gic.write(GICV, 1);
      gic.write(LR, V2_PENDING + V2_GROUP1 + 77);
      gic.write(LR + 4, V2_PENDING + V2_PRIORITY + 78);
      return gic.virtualInputs;
    },
    [
      [false, 1],
      [true, 0],
    ],
  ],
  [
    'keepsWholeMask',
    'v3',
    (gic) => {
      gic.set('ICH_VMCR_EL2', 0x474c0003n);
      return gic.guest('PMR');
    },
    [
      [false, 0x40],
      [true, 0x47],
    ],
  ],
  [
    'group0DisabledMeansGroup1',
    'v3',
    (gic) => {
      gic.set('ICH_HCR_EL2', 0x21n);
      gic.setGuest('IGRPEN0', 0);
      return gic.get('ICH_MISR_EL2');
    },
    [
      [false, 0x20n],
      [true, 0n],
    ],
  ],
  [
    'hasAliases',
    'v2',
    (gic) => {
      gic.write(LR, V2_PENDING + V2_GROUP1 + 77);
      return gic.read(GICV + 0x20);
    },
    [
      [true, 77],
      [false, 0],
    ],
  ],
  [
    'matchesDroppedGroup',
    'v3',
    (gic) => {
      gic.set('ICH_LR0_EL2', ACTIVE | 77n);
      gic.set('ICH_AP1R0_EL2', 1n);
      gic.setGuest('EOIR0', 77);
      return gic.get('ICH_LR0_EL2');
    },
    [
      [true, ACTIVE | 77n],
      [false, 77n],
    ],
  ],
  [
    'endsIdle',
    'v2',
    (gic) => {
      gic.write(LR, V2_ACTIVE + 77);
      gic.write(GICV + 0x10, 77);
      return gic.read(LR);
    },
    [
      [false, V2_ACTIVE + 77],
      [true, 77],
    ],
  ],
  [
    'endsOthers',
    'v2',
    (gic) => {
      gic.write(LR, V2_ACTIVE + 77);
      gic.write(GICH + 0xf0, 2);
      gic.write(GICV + 0x10, 77);
      return gic.read(LR);
    },
    [
      [false, V2_ACTIVE + 77],
      [true, 77],
    ],
  ],
  [
    'ignoresSender',
    'v2',
    (gic) => {
      gic.write(LR, V2_ACTIVE + (3 << 10) + 5);
      gic.write(GICH + 0xf0, 1);
      gic.write(GICV + 0x10, 5);
      return gic.read(LR);
    },
    [
      [false, V2_ACTIVE + (3 << 10) + 5],
      [true, (3 << 10) + 5],
    ],
  ],
  [
    'lpisBecomeActive',
    'v3',
    (gic) => {
      gic.set('ICH_LR0_EL2', PENDING | GROUP1 | 8192n);
      assert.equal(gic.guest('IAR1'), 8192);
      assert.equal(gic.guest('RPR'), 0);
      return gic.get('ICH_LR0_EL2');
    },
    [
      [false, GROUP1 | 8192n],
      [true, ACTIVE | GROUP1 | 8192n],
    ],
  ],
  [
    'dropsSpecials',
    'v3',
    (gic) => {
      gic.set('ICH_LR0_EL2', PENDING | GROUP1 | 1020n);
      assert.equal(gic.guest('IAR1'), 1020);
      return gic.guest('RPR');
    },
    [
      [true, 0xff],
      [false, 0],
    ],
  ],
  [
    'splitsWhereRead',
    'v3',
    (gic) => {
      gic.set('ICH_VMCR_EL2', BigInt(OPEN + CBPR) | (7n << 21n));
      gic.set('ICH_AP1R0_EL2', 1n << 16n);
      gic.set('ICH_LR0_EL2', PENDING | GROUP1 | priority(0x40) | 77n);
      return gic.virtualInputs;
    },
    [
      [false, 0],
      [true, 1],
    ],
  ],
  [
    'highestTellsSender',
    'v2',
    (gic) => {
      gic.write(LR, V2_PENDING + (3 << 10) + 5);
      return gic.read(GICV + 0x18);
    },
    [
      [true, (3 << 10) + 5],
      [false, 5],
    ],
  ],
  [
    'keepsReserved',
    'v3',
    (gic) => {
      gic.set('ICH_LR0_EL2', 0x0007_e000n << 32n);
      return gic.get('ICH_LR0_EL2') >> 32n;
    },
    [
      [false, 0n],
      [true, 0xe000n],
    ],
  ],
  [
    'keepsNmi',
    'v3',
    (gic) => {
      gic.set('ICH_LR0_EL2', 0x0880_0000n << 32n);
      return (gic.get('ICH_LR0_EL2') >> 59n) & 1n;
    },
    [
      [false, 0n],
      [true, 1n],
    ],
  ],
  [
    'clampsUncutBinaryPoint',
    'v3',
    (gic) => {
      gic.setGuest('BPR1', 0x101);
      return gic.guest('BPR1');
    },
    [
      [false, 3],
      [true, 1],
    ],
  ],
  [
    'tellsBlockedGroup',
    'v2',
    (gic) => {
      gic.write(GICH + 0xf0, 1);
      gic.write(LR, V2_PENDING + V2_GROUP1 + 77);
      return gic.read(GICV + 0xc);
    },
    [
      [false, 1023],
      [true, 1022],
    ],
  ],
  [
    'leastAlias',
    'v2',
    (gic) => {
      gic.write(GICV + 0x1c, 0);
      return gic.read(GICV + 0x1c);
    },
    [
      [3, 3],
      [1, 1],
    ],
  ],
  [
    'highestObeysMask',
    'v2',
    (gic) => {
      gic.write(LR, V2_PENDING + 77);
      gic.write(GICV + 4, 0);
      return gic.read(GICV + 0x18);
    },
    [
      [false, 77],
      [true, 1023],
    ],
  ],
  [
    'listRegisterAtAnyByte',
    'v2',
    (gic) => {
      gic.write(LR, 77);
      return gic.controller.read(0, LR + 3, 1);
    },
    [
      [false, 0],
      [true, 77],
    ],
  ],
  [
    'iidr',
    'v2',
    (gic) => gic.read(GICV + 0xfc),
    [
      [0x0202143b, 0x0202143b],
      [0x0002043b, 0x2043b],
    ],
  ],
];

describe('rules of virtual CPU interfaces, each alone', () => {
  it('all of them', () => {
    const told = OBSERVATIONS.map(([rule]) => rule);
    assert.deepEqual([...told].sort(), Object.keys(ARCHITECTURE_VIRTUAL).sort());
  });

  for (const [rule, version, observe, expected] of OBSERVATIONS) {
    for (const [value, seen] of expected) {
      it(`${rule}: ${String(value)}`, () => {
        const rules = { ...ARCHITECTURE_VIRTUAL, [rule]: value };
        const gic = new HypervisorBoard(version, profileWith({ ...ARCHITECTURE, virtual: { v2: rules, v3: rules } }));
        if (version === 'v3') {
          gic.set('ICH_HCR_EL2', 1n);
          gic.set('ICH_VMCR_EL2', BigInt(OPEN));
        } else {
          gic.write(GICH, 1);
          gic.write(GICH + 8, OPEN);
        }
        assert.equal(observe(gic), seen);
      });
    }
  }
});
