// npm run compare:qemu -- [--ops 1000000] [--seed 1] [--from 0] [--gic v2|v3|both] [--qemu PATH] [--profile NAME] [--most 1]
import { parseArgs } from 'node:util';
import { PROFILES, profileNamed } from '../../adapter/gic/profiles/profiles.ts';
import { modelOf } from './model.ts';
import { profileNameFor, versionOf } from './peer.ts';
import { differenceText, summaryText } from './report.ts';
import { compareStreams, type Plan } from './session.ts';

const PROGRESS_MS = 2000;
const GICS = { v2: ['v2'], v3: ['v3'], both: ['v2', 'v3'] } as const;

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} wants a number, not '${text}'`);
  return value;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ops: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      gic: { type: 'string', default: 'both' },
      qemu: { type: 'string', default: 'qemu-system-aarch64' },
      profile: { type: 'string' },
      most: { type: 'string', default: '1' },
    },
  });
  const seed = numberOf('seed', values.seed);
  if (!Object.hasOwn(GICS, values.gic)) throw new Error(`--gic is v2, v3 or both, not '${values.gic}'`);
  const version = versionOf(values.qemu);
  const name = values.profile ?? profileNameFor(version);
  const profile = profileNamed(name);
  if (profile === null) {
    throw new Error(`there is no profile '${name}': ${PROFILES.map((one) => one.name).join(', ')}`);
  }
  const begin = Date.now();
  let told = begin;
  const most = numberOf('most', values.most);
  let differences = 0;
  const plan: Plan = {
    seed,
    from: numberOf('from', values.from),
    gics: GICS[values.gic as keyof typeof GICS],
    operations: numberOf('ops', values.ops),
    judge: modelOf(profile),
    semantics: name,
    binary: values.qemu,
    onProgress: ({ operations, streams }) => {
      if (Date.now() - told < PROGRESS_MS) return;
      told = Date.now();
      console.error(`${operations} operations, ${streams} streams`);
    },
  };
  const counts = await compareStreams(plan, (difference) => {
    console.log(differenceText(difference, `--seed ${seed} --from ${difference.stream} --gic ${values.gic} --ops 1`));
    return ++differences < most;
  });
  const seconds = (Date.now() - begin) / 1000;
  console.log(summaryText(counts, `QEMU ${version}, profile ${name}, seed ${seed}`, seconds));
  return differences === 0 ? 0 : 1;
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
