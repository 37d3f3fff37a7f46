import { PRIVATE_IRQS, SGIS } from '../../config.ts';
import type { ExplainStep } from '../explanation.ts';
import { notKnown, shown, type Readings } from './readings.ts';
import type { View } from './security.ts';
import { capitalised } from './words.ts';

/** The interrupt's own state: pending, enabled, and not active already. */
export function interruptSteps(readings: Readings, view: View): ExplainStep[] {
  return [pending(readings, view), enabled(readings, view), notActive(readings)];
}

const HIDDEN =
  ' If it is a Secure interrupt, it reads as zero here: the registers were read as Non-secure software sees them.';

function pending(readings: Readings, view: View): ExplainStep {
  const question = 'Is it pending?';
  const bit = readings.share('ISPENDR');
  if (typeof bit.value === 'string') return notKnown(question, bit);
  const { name } = bit;
  if (bit.value !== 0) return { question, outcome: 'pass', evidence: `${name} is 1.`, ...shown(bit) };
  return {
    question,
    outcome: 'fail',
    evidence: `it is not pending (${name} is 0).`,
    ...shown(bit),
    advice: whyNotPending(readings) + (view === 'non-secure' ? HIDDEN : ''),
  };
}

function whyNotPending(readings: Readings): string {
  const { intid } = readings;
  if (intid < SGIS) return 'No CPU has sent this SGI since it was last acknowledged.';
  const config = readings.share('ICFGR');
  const number =
    intid < PRIVATE_IRQS
      ? `a device tree’s PPI ${intid - SGIS} is INTID ${intid}`
      : `a device tree’s SPI ${intid - PRIVATE_IRQS} is INTID ${intid}`;
  const right = ` Is it the right INTID? ${capitalised(number)}.`;
  if (typeof config.value === 'string') return `Look at the device: does it raise its interrupt?${right}`;
  const trigger =
    (config.value & 2) === 0
      ? `It is level-sensitive (${config.name}), and its wire is low: look at the device’s own status and enable bits, and at what clears its interrupt early.`
      : `It is edge-triggered (${config.name}), and no edge came since it was last acknowledged. If the device holds a level, set ICFGR to level.`;
  return trigger + right;
}

function enabled(readings: Readings, view: View): ExplainStep {
  const question = 'Is it enabled?';
  const bit = readings.share('ISENABLER');
  if (typeof bit.value === 'string') return notKnown(question, bit);
  const { name, value } = bit;
  return {
    question,
    outcome: value === 0 ? 'fail' : 'pass',
    evidence: value === 0 ? `it is disabled (${name} is 0).` : `${name} is 1.`,
    ...shown(bit),
    ...(value === 0 ? { advice: `Write 1 to ${name}.${view === 'non-secure' ? HIDDEN : ''}` } : {}),
  };
}

function notActive(readings: Readings): ExplainStep {
  const question = 'Is it free of an earlier activation?';
  const bit = readings.share('ISACTIVER');
  if (typeof bit.value === 'string') return notKnown(question, bit);
  const { name, value } = bit;
  if (value === 0) return { question, outcome: 'pass', evidence: `${name} is 0.`, ...shown(bit) };
  const [end, deactivate] = readings.gic === 'v2' ? ['GICC_EOIR', 'GICC_DIR'] : ['ICC_EOIRn_EL1', 'ICC_DIR_EL1'];
  return {
    question,
    outcome: 'fail',
    evidence: `it is still active (${name} is 1): its handler runs, or never ended it.`,
    ...shown(bit),
    advice: `Look for a missing write of ${end}, or of ${deactivate} where EOImode is 1.`,
  };
}
