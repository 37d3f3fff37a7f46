// npm run compare:cpu -- [--cases 1000000] [--seed 1] [--from 0] [--class TEXT]
import { parseArgs } from 'node:util';
import { startCore } from './core-executor.ts';
import { CLASSES, newGenerator } from './generate/generate.ts';
import { countsText, failureText } from './report.ts';
import { compareCases } from './session.ts';
import { shrink } from './shrink.ts';
import { startUnicorn } from './unicorn-executor.ts';

const MAX_FAILURES = 5;

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} wants a number, not '${text}'`);
  return value;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      class: { type: 'string', default: '' },
    },
  });
  const seed = numberOf('seed', values.seed);
  const classes = CLASSES.filter(({ name }) => name.includes(values.class));
  if (classes.length === 0) {
    console.error(`No class has '${values.class}' in its name:\n${CLASSES.map(({ name }) => `  ${name}`).join('\n')}`);
    return 2;
  }
  const [oracle, core] = await Promise.all([startUnicorn(), startCore()]);
  const begin = Date.now();
  const result = await compareCases({
    generator: newGenerator(seed, classes),
    core,
    oracle,
    from: numberOf('from', values.from),
    cases: numberOf('cases', values.cases),
    failures: MAX_FAILURES,
    onProgress: (done) => {
      if (done % 50000 === 0) console.error(`${done} cases`);
    },
  });
  const seconds = (Date.now() - begin) / 1000;
  console.log(countsText(result.counts));
  for (const [reason, count] of result.incomparable) console.log(`not comparable: ${reason}: ${count}`);
  for (const failure of result.failures) {
    const least = await shrink(failure, core, oracle);
    const only = values.class === '' ? '' : ` --class '${values.class}'`;
    console.log(`\nCase ${failure.index}: --seed ${seed} --from ${failure.index} --cases 1${only}`);
    console.log(failureText(least));
  }
  await oracle.close();
  const rate = Math.round(result.compared / seconds);
  const verdict = result.failures.length === 0 ? 'all the same' : `${result.failures.length} differ`;
  console.log(`\n${result.compared} cases against ${oracle.name}, seed ${seed}: ${verdict}. ${rate} a second.`);
  return result.failures.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
