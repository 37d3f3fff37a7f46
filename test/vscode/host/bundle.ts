import * as esbuild from 'esbuild';

/**
 * Bundles a suite into the one CommonJS file that VS Code's extension host loads. Mocha stays outside: the bundle lies
 * within the checkout, so it finds mocha there.
 */
export async function bundleSuite(entry: string, outfile: string): Promise<void> {
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: true,
    logLevel: 'warning',
  });
}
