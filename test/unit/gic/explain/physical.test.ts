import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explainInterrupt } from '../../../../adapter/gic/explain/explain.ts';
import type { Explanation } from '../../../../adapter/gic/explain/explanation.ts';
import { Target, type Change } from './target.ts';

/*
 * One link of the chain fails at a time: an SPI that is otherwise on its way to CPU 1 of two. The golden text has every
 * verdict and every step: read it as somebody whose interrupt does not fire.
 */

const GOLDEN = fileURLToPath(new URL('physical.golden.txt', import.meta.url));
const INTID = 33;

type Case = readonly [name: string, change: Change, verdict: RegExp];

/** EL1h, and what masks IRQs and FIQs. */
const EL1 = 0x5;
const I = 0x80;
const F = 0x40;

const BOTH: readonly Case[] = [
  ['nothing is wrong', {}, /^Nothing holds INTID 33 back: CPU 1 is to take it\.$/],
  ['not pending, level', { GICD_ISPENDR1: 0n }, /does not fire: it is not pending \(GICD_ISPENDR1 bit 1 is 0\)/],
  ['not pending, edge', { GICD_ISPENDR1: 0n, GICD_ICFGR2: 8n }, /it is not pending/],
  ['disabled', { GICD_ISENABLER1: 0n }, /it is disabled \(GICD_ISENABLER1 bit 1 is 0\)/],
  ['active', { GICD_ISACTIVER1: 2n }, /it is still active \(GICD_ISACTIVER1 bit 1 is 1\)/],
  ['its group is off', { GICD_CTLR: 0x11n }, /GICD_CTLR\.EnableGrp1 is 0, only GICD_CTLR\.EnableGrp0 is 1\)/],
  ['both groups are off', { GICD_CTLR: 0x10n }, /GICD_CTLR\.EnableGrp1 is 0\): it is of group 1/],
  ['group 0', { GICD_IGROUPR1: 0n, GICD_CTLR: 0x12n }, /GICD_CTLR\.EnableGrp0 is 0, only GICD_CTLR\.EnableGrp1 is 1/],
  ['masked by PSTATE.I', { pstate: EL1 | I }, /CPU 1 masks IRQs \(PSTATE\.I is 1\)/],
  ['PSTATE.F masks no IRQ', { pstate: EL1 | F }, /CPU 1 is to take it/],
  [
    'PSTATE is not told',
    { pstate: null },
    /^Nothing that is known holds INTID 33 back, but not all is known\. PSTATE of/,
  ],
  ['at EL2, routed to EL1', { pstate: 0x9, HCR_EL2: 0n }, /CPU 1 is at EL2, and IRQs go to EL1/],
  ['at EL2, routed there', { pstate: 0x9, HCR_EL2: 0x10n }, /CPU 1 is to take it/],
  ['at EL1, routed to EL2', { pstate: EL1 | I, HCR_EL2: 0x10n }, /CPU 1 is to take it/],
  ['at EL2, nobody says where to', { pstate: 0x9 }, /only where HCR_EL2\.IMO is 1, which is not known/],
  [
    'an unread register',
    { GICD_ISENABLER1: 'the CPU executes nothing' },
    /GICD_ISENABLER1 bit 1 is not known: the CPU/,
  ],
];

const V2: readonly Case[] = [
  ...BOTH,
  ['no target', { GICD_ITARGETSR8: 0n }, /it goes nowhere \(GICD_ITARGETSR8 bits 15:8 is 0x0\)/],
  ['an absent target', { GICD_ITARGETSR8: 0x4000n }, /it goes nowhere \(GICD_ITARGETSR8 bits 15:8 is 0x40\)/],
  ['two targets, one of them willing', { GICD_ITARGETSR8: 0x0300n, 'GICC_PMR@0': 0n }, /CPU 1 is to take it/],
  [
    'two targets, none of them willing',
    { GICD_ITARGETSR8: 0x0300n, GICC_PMR: 0n, 'GICC_PMR@0': 0n },
    /GICC_PMR 0x0 of CPU 0/,
  ],
  [
    'the interface does not signal it',
    { GICC_CTLR: 1n },
    /not signalled group 1 \(GICC_CTLR\.EnableGrp1 is 0, only GICC/,
  ],
  ['masked by priority', { GICC_PMR: 0n }, /its priority 0xa0 \(GICD_IPRIORITYR8 bits 15:8\) against GICC_PMR 0x0/],
  ['masked by an equal priority', { GICC_PMR: 0xa0n }, /against GICC_PMR 0xa0 of CPU 1: only lower values pass/],
  ['a handler runs', { GICC_RPR: 0x80n, 'GICD_ISACTIVER0@1': 1n << 27n }, /CPU 1 handles something of priority 0x80/],
  ['an end of interrupt is missing', { GICC_RPR: 0x80n, GICC_APR0: 0x10000n }, /CPU 1 handles something/],
  ['preempts', { GICC_RPR: 0xb0n }, /CPU 1 is to take it/],
  ['does not preempt below the binary point', { GICC_RPR: 0xb0n, GICC_ABPR: 6n }, /GICC_ABPR: bits 0xc0 count/],
  ['preempts by the common binary point', { GICC_RPR: 0xb0n, GICC_ABPR: 6n, GICC_CTLR: 0x13n }, /is to take it/],
  ['idle as QEMU has it', { GICC_RPR: 0x100n }, /CPU 1 is to take it/],
  [
    'another one goes first',
    {
      'GICD_ISPENDR0@1': 1n << 27n,
      'GICD_ISENABLER0@1': 1n << 27n,
      'GICD_IPRIORITYR6@1': 0x2000_0000n,
      GICC_HPPIR: 27n,
    },
    /INTID 27 of priority 0x20 is pending for CPU 1 and goes first \(GICC_HPPIR names INTID 27\)/,
  ],
  ['the interface sees nothing', { GICC_HPPIR: 1023n }, /GICC_HPPIR of CPU 1 answers 1023/],
  [
    'group 0 as FIQ',
    { GICD_IGROUPR1: 0n, GICD_CTLR: 3n, GICC_CTLR: 9n, pstate: EL1 | F },
    /CPU 1 masks FIQs \(PSTATE\.F is 1\)/,
  ],
  ['group 0 as IRQ', { GICD_IGROUPR1: 0n, GICD_CTLR: 3n, GICC_CTLR: 1n, pstate: EL1 | F }, /CPU 1 is to take it/],
  [
    'seen by Non-secure software',
    { GICD_TYPER: 0x400n, GICD_CTLR: 1n, GICC_CTLR: 1n, GICD_IGROUPR1: 0n },
    /CPU 1 is to take it/,
  ],
  [
    'not seen by Non-secure software',
    { GICD_TYPER: 0x400n, GICD_CTLR: 1n, GICC_CTLR: 1n, GICD_IGROUPR1: 0n, GICD_ISPENDR1: 0n },
    /it is not pending/,
  ],
  [
    'the CPU interface cannot be read',
    { GICC_PMR: 'the stub refuses the read' },
    /GICC_PMR of CPU 1 is not known: the stub/,
  ],
];

const UNREAD = 'only the CPU itself can read it: "borrowCpus" is off';

const V3: readonly Case[] = [
  ...BOTH,
  ['no affinity routing', { GICD_CTLR: 0x02n }, /not all is known\. GICD_CTLR\.ARE is 0/],
  ['a write takes effect', { GICD_CTLR: 0x8000_0012n }, /GICD_CTLR\.RWP is 1/],
  ['an affinity nobody has', { GICD_IROUTER33: 0x1_0000_0203n }, /affinity 1\.0\.2\.3, which no CPU has/],
  ['one of several, which there is not', { GICD_IROUTER33: 0x8000_0007n, GICD_TYPER: 0x200_0000n }, /which no CPU has/],
  ['any CPU, one of them asleep', { GICD_IROUTER33: 0x8000_0000n, 'GICR_WAKER@0': 6n }, /CPU 1 is to take it/],
  [
    'no CPU takes part',
    { GICD_IROUTER33: 0x8000_0000n, GICR_CTLR: 7n << 24n, 'GICR_CTLR@0': 7n << 24n },
    /no CPU takes part/,
  ],
  ['an unread affinity', { GICD_IROUTER33: 7n, GICR_TYPER: 'it runs' }, /GICR_TYPER of CPU 1 is not known: it runs/],
  [
    'asleep',
    { GICR_WAKER: 6n },
    /CPU 1 is asleep \(GICR_WAKER\.ProcessorSleep is 1\): hardware delivers nothing; QEMU/,
  ],
  ['falls asleep', { GICR_WAKER: 4n }, /CPU 1 is asleep \(GICR_WAKER\.ChildrenAsleep is 1\)/],
  ['no system registers', { ICC_SRE_EL1: 0n }, /interface are off \(ICC_SRE_EL1\.SRE is 0\)/],
  ['the interface was not read', { icc: UNREAD }, /but not all is known\. ICC_IGRPENn_EL1, .*"borrowCpus" is off\./],
  [
    'the interface does not signal it',
    { ICC_IGRPEN1_EL1: 0n, ICC_IGRPEN0_EL1: 1n },
    /only ICC_IGRPEN0_EL1\.Enable is 1/,
  ],
  ['masked by priority', { ICC_PMR_EL1: 0xa0n }, /against ICC_PMR_EL1 0xa0 of CPU 1/],
  [
    'a handler runs',
    { ICC_RPR_EL1: 0x80n, 'GICR_ISACTIVER0@1': 1n << 27n },
    /CPU 1 handles something of priority 0x80/,
  ],
  ['an end of interrupt is missing', { ICC_RPR_EL1: 0x80n, ICC_AP1R0_EL1: 0x10000n }, /CPU 1 handles something/],
  ['does not preempt below the binary point', { ICC_RPR_EL1: 0xb0n, ICC_BPR1_EL1: 6n }, /ICC_BPR1_EL1: bits 0xc0/],
  ['preempts by the common binary point', { ICC_RPR_EL1: 0xb0n, ICC_BPR1_EL1: 6n, ICC_CTLR_EL1: 1n }, /is to take it/],
  [
    'another one goes first, says the interface',
    {
      ICC_HPPIR1_EL1: 40n,
      GICD_ISPENDR1: 0x102n,
      GICD_ISENABLER1: 0x102n,
      GICD_IPRIORITYR10: 0x10n,
      GICD_IROUTER40: 1n,
    },
    /INTID 40 of priority 0x10 is pending for CPU 1 and goes first \(ICC_HPPIR1_EL1 names INTID 40\)/,
  ],
  [
    'another one goes first, say the registers',
    {
      ICC_HPPIR1_EL1: 1023n,
      GICD_ISPENDR1: 0x102n,
      GICD_ISENABLER1: 0x102n,
      GICD_IPRIORITYR10: 0x10n,
      GICD_IROUTER40: 1n,
    },
    /INTID 40 of priority 0x10 is pending for CPU 1 and goes first\./,
  ],
  [
    'a more urgent one that goes elsewhere',
    { GICD_ISPENDR1: 0x102n, GICD_ISENABLER1: 0x102n, GICD_IPRIORITYR10: 0x10n, GICD_IROUTER40: 0n },
    /CPU 1 is to take it/,
  ],
  ['an LPI goes first', { ICC_HPPIR1_EL1: 8200n }, /INTID 8200 is pending for CPU 1 and goes first/],
  [
    'group 0 is an FIQ',
    { GICD_IGROUPR1: 0n, GICD_CTLR: 0x13n, ICC_IGRPEN0_EL1: 1n, pstate: EL1 | F },
    /CPU 1 masks FIQs/,
  ],
  [
    'group 1 Secure',
    { GICD_TYPER: 0x400n, GICD_CTLR: 0x33n, GICD_IGROUPR1: 0n, GICD_IGRPMODR1: 2n },
    /\(GICD_CTLR\.EnableGrp1S is 0, only GICD_CTLR\.EnableGrp0 and GICD_CTLR\.EnableGrp1 are 1\)/,
  ],
  [
    'two security states, priorities that two readings agree on',
    { GICD_TYPER: 0x400n, GICD_CTLR: 0x32n },
    /CPU 1 is to take it/,
  ],
  [
    'two security states, priorities that may be either',
    { GICD_TYPER: 0x400n, GICD_CTLR: 0x32n, ICC_PMR_EL1: 0x80n },
    /Secure and Non-secure software see priorities differently/,
  ],
  ['seen by Non-secure software', { GICD_TYPER: 0x400n, GICD_IGROUPR1: 0n }, /CPU 1 is to take it/],
];

const texts: string[] = [];

for (const [gic, cases] of [
  ['v2', V2],
  ['v3', V3],
] as const) {
  for (const [name, change, verdict] of cases) {
    test(`GIC${gic}: ${name}`, () => {
      const explanation = new Target(gic, change).explain(INTID);
      assert.match(explanation.verdict, verdict);
      for (const { evidence, advice, outcome } of explanation.steps) {
        assert.match(evidence, /\.$/, 'a sentence');
        if (outcome === 'fail') assert.ok(advice, `advice: ${evidence}`);
      }
      texts.push(textOf(`GIC${gic}: ${name}`, explanation, name === BOTH[0]?.[0]));
    });
  }
}

test('private interrupts are asked about in a bank', () => {
  for (const gic of ['v2', 'v3'] as const) {
    const frame = gic === 'v2' ? 'GICD' : 'GICR';
    const change = { [`${frame}_ISPENDR0@0`]: 1n << 27n, [`${frame}_ISENABLER0@0`]: 0n };
    const first = new Target(gic, change).explain(27, 0);
    assert.match(
      first.verdict,
      new RegExp(`^INTID 27 of CPU 0 does not fire: it is disabled .${frame}_ISENABLER0 bit 27`),
    );
    assert.equal(first.steps[1]?.expression, `cpu(0).${frame}_ISENABLER[27]`);
    assert.match(new Target(gic, change).explain(27, 1).verdict, /^INTID 27 of CPU 1 does not fire: it is not pending/);
  }
});

test('with one CPU GICD_ITARGETSR reads as zero, and that CPU is meant', () => {
  const target = new Target('v2', { GICD_ITARGETSR8: 0n }, 1);
  const { verdict, steps } = target.explain(INTID);
  assert.match(verdict, /CPU 0 is to take it/);
  assert.match(steps.find(({ question }) => /routed/.test(question))?.evidence ?? '', /There is one CPU/);
  assert.equal(steps.find(({ evidence }) => evidence.startsWith('GICC_CTLR'))?.expression, 'GICC_CTLR.EnableGrp1');
});

test('every expression of a step is one', () => {
  for (const gic of ['v2', 'v3'] as const) {
    const target = new Target(gic, {});
    for (const { expression } of target.explain(INTID).steps) {
      if (expression !== undefined) assert.doesNotThrow(() => target.evaluate(expression), expression);
    }
  }
});

test('where nothing could be read, nothing is said of it', () => {
  const target = new Target('v2', {});
  target.unknown = () => 'CPU 0 executes nothing';
  const { verdict } = target.explain(INTID);
  assert.equal(verdict, 'Nothing of INTID 33 could be read. GICD_ISPENDR1 bit 1 is not known: CPU 0 executes nothing.');
});

test('what is asked of a controller without a witness is its state', () => {
  const { controller } = new Target('v3', {});
  assert.match(explainInterrupt(controller, INTID).verdict, /not all is known\. ICC_IGRPENn_EL1/);
});

test('the texts read as before', () => {
  const text = texts.join('\n');
  if (process.env['BLESS'] === '1') writeFileSync(GOLDEN, text);
  assert.ok(existsSync(GOLDEN), `${GOLDEN} is missing: BLESS=1 writes it`);
  assert.equal(text, readFileSync(GOLDEN, 'utf8'));
});

/** All steps, or those that did not pass: the rest is as where nothing is wrong. */
function textOf(name: string, { verdict, steps }: Explanation, all: boolean): string {
  const lines = steps
    .filter(({ outcome }) => all || outcome !== 'pass')
    .map(({ question, outcome, evidence, advice, expression }) =>
      [
        `  ${{ pass: '✓', fail: '✗', unknown: '?' }[outcome]} ${question} ${evidence}`,
        ...(advice === undefined ? [] : [`    > ${advice}`]),
        ...(expression === undefined ? [] : [`    ${expression}`]),
      ].join('\n'),
    );
  return [name, `  ${verdict}`, ...lines, ''].join('\n');
}
