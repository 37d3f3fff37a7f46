import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { runStep, SetupError } from '../vscode-server/step.ts';

/** Where the machine says which archives it uses: the new way, and the old. */
const SOURCES = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'];

const ENVIRONMENT = { ...process.env, LC_ALL: 'C' };

function sources(): string {
  const file = SOURCES.find((name) => existsSync(name));
  if (file !== undefined) return file;
  throw new SetupError(
    `Packages of another architecture come from a Debian archive, and neither ${SOURCES.join(' nor ')} is here.`,
  );
}

/** The machine's archives, asked for another architecture by an apt whose whole state is a directory of its own. */
export class ForeignApt {
  readonly #architecture: string;
  readonly #options: readonly string[];

  private constructor(directory: string, architecture: string) {
    this.#architecture = architecture;
    const options = {
      'APT::Architecture': architecture,
      'APT::Architectures::': architecture,
      // It would be a user who may not write here, and apt would say so each time.
      'APT::Sandbox::User': 'root',
      'Dir::State': directory,
      'Dir::State::lists': path.join(directory, 'lists'),
      'Dir::State::status': path.join(directory, 'status'),
      'Dir::Cache': path.join(directory, 'cache'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::Etc::sourcelist': sources(),
    };
    this.#options = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }

  /** @param directory for its state; empty */
  static async open(directory: string, architecture: string): Promise<ForeignApt> {
    const apt = new ForeignApt(directory, architecture);
    for (const name of ['lists/partial', 'cache/archives/partial']) {
      await mkdir(path.join(directory, name), { recursive: true });
    }
    await writeFile(path.join(directory, 'status'), '');
    await runStep('apt-get', [...apt.#options, 'update', '-qq'], { env: ENVIRONMENT });
    return apt;
  }

  /** The newest version of a package, by the names of its fields. */
  async show(name: string): Promise<ReadonlyMap<string, string>> {
    const args = [...this.#options, 'show', '--no-all-versions', name];
    const { stdout } = await promisify(execFile)('apt-cache', args, { env: ENVIRONMENT }).catch(() => {
      throw new SetupError(`apt's sources offer no package ${name} for ${this.#architecture}: Debian's have it.`);
    });
    const fields = stdout.matchAll(/^([\w-]+): (.*)$/gm);
    return new Map(Array.from(fields, ([, field = '', value = '']) => [field, value]));
  }

  /** Downloads packages and unpacks them all into one directory. */
  async unpack(names: readonly string[], directory: string): Promise<void> {
    const packages = path.join(directory, 'packages');
    await mkdir(packages, { recursive: true });
    await runStep('apt-get', [...this.#options, 'download', '-qq', ...names], { cwd: packages, env: ENVIRONMENT });
    for (const file of await readdir(packages)) await runStep('dpkg', ['-x', path.join(packages, file), directory]);
  }
}
