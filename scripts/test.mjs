// `npm test`: all stages, or those named: npm test -- unit lint
import { allowTypeScript, ensureInstalled, script } from './setup.mjs';

await script(async () => {
  await ensureInstalled();
  await allowTypeScript();
  const { runStages } = await import('./testing/main.ts');
  return runStages(process.argv.slice(2));
});
