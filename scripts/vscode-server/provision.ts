import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached } from './cache.ts';
import { BUILD_PACKAGES, ensureDebianPackages } from './debian.ts';
import { runStep, SetupError } from './step.ts';

/** code-server wants exactly this major version of Node; the system's own stays untouched. */
const NODE_VERSION = '24.21.0';
const CODE_SERVER_VERSION = '4.139.1';

/** A real VS Code server that can be run. */
export interface VsCodeServer {
  /** The Node that runs it. */
  readonly node: string;
  /** The VS Code server itself: what tests use. */
  readonly serverMain: string;
  /** code-server's front to it: what people use. */
  readonly codeServer: string;
}

function nodePackage(): string {
  if (process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')) {
    return `node-linux-${process.arch}`;
  }
  throw new SetupError(
    `A VS Code server can be set up on Linux (x64, arm64) only, this is ${process.platform} (${process.arch}). ` +
      'Install the desktop VS Code and put its `code` command on PATH.',
  );
}

async function install(directory: string, nodeName: string): Promise<void> {
  const nodeHome = path.join(directory, 'node_modules', nodeName);
  const npm = (...args: string[]): string[] => [...args, '--no-audit', '--no-fund', '--no-update-notifier'];
  await writeFile(path.join(directory, 'package.json'), '{ "private": true }\n');

  console.log(`Setting up the VS Code server (once, about two minutes) in ${directory}`);
  console.log(`  1/3 Node ${NODE_VERSION} (npm package ${nodeName})`);
  await runStep('npm', npm('install', `${nodeName}@${NODE_VERSION}`, '--save-exact', '--ignore-scripts'), {
    cwd: directory,
  });

  // `npm_config_*` wins over a user's own `nodedir`, whose headers belong to another Node.
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${path.join(nodeHome, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
    npm_config_nodedir: nodeHome,
    npm_config_user_agent: `npm/11 node/v${NODE_VERSION.split('.')[0] ?? ''} linux ${process.arch}`,
  };
  console.log(`  2/3 code-server ${CODE_SERVER_VERSION}`);
  await runStep('npm', npm('install', `code-server@${CODE_SERVER_VERSION}`, '--save-exact', '--ignore-scripts'), {
    cwd: directory,
    env,
  });

  // npm skips install scripts of dependencies; this one builds the server's native modules.
  console.log('  3/3 its native modules');
  await runStep('sh', ['./postinstall.sh'], { cwd: path.join(directory, 'node_modules', 'code-server'), env });
}

/** The VS Code server of the pinned version, set up in the cache when it is not there yet. */
export async function provisionVsCodeServer(): Promise<VsCodeServer> {
  const nodeName = nodePackage();
  const files = {
    node: `node_modules/${nodeName}/bin/node`,
    serverMain: 'node_modules/code-server/lib/vscode/out/server-main.js',
    codeServer: 'node_modules/code-server/out/node/entry.js',
  };
  const key = `code-server-${CODE_SERVER_VERSION}-node-${NODE_VERSION}-${process.arch}`;
  const proof = [...Object.values(files), 'node_modules/code-server/lib/vscode/node_modules/node-pty'];
  const directory = await cached(key, proof, async (making) => {
    await ensureDebianPackages(BUILD_PACKAGES);
    await install(making, nodeName);
  });
  return {
    node: path.join(directory, files.node),
    serverMain: path.join(directory, files.serverMain),
    codeServer: path.join(directory, files.codeServer),
  };
}
