import { problemWithAttributes, type RawConfiguration } from './decide.ts';
import { problemWithFiles } from './files.ts';
import { withAbsolutePaths } from './paths.ts';

/** A configuration that is ready for the adapter, or why there is none. */
export type Finished = { readonly configuration: RawConfiguration } | { readonly problem: string };

/**
 * The last look before a session starts: VS Code has put values in place of variables, and tasks that build what is
 * debugged have run.
 */
export async function finish(raw: RawConfiguration, folder: string | undefined): Promise<Finished> {
  const wrong = problemWithAttributes(raw);
  if (wrong !== undefined) return { problem: wrong };
  const configuration = withAbsolutePaths(raw, folder);
  const problem = await problemWithFiles(configuration);
  if (problem !== undefined) return { problem };
  if (configuration.request === 'attach') return { configuration };
  return { configuration: { console: 'integratedTerminal', ...configuration } };
}
