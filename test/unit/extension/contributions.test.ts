import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROFILES } from '../../../adapter/gic/profiles/profiles.ts';
import { BOARDS } from '../../../adapter/guest/gdb/find/boards.ts';
import { MAX_SPIS } from '../../../adapter/guest/gdb/find/identify/distributor.ts';
import { MAX_REDISTRIBUTORS } from '../../../adapter/guest/gdb/find/identify/redistributors.ts';
import { decide, hasStub, type RawConfiguration } from '../../../extension/configuration/decide.ts';
import { finish } from '../../../extension/configuration/finish.ts';
import { problemWithStub, STUB_CHECKS } from '../../../extension/configuration/stub-checks.ts';
import { manifestContributions } from '../../../extension/contributions.ts';
import { COMMANDS, VIEWS } from '../../../extension/ids.ts';

const { contributes } = manifestContributions();
const root = join(import.meta.dirname, '../../..');

function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'manifest' ? '' : sources(path);
      return path.endsWith('.ts') ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}

test('every command is contributed once and has code', () => {
  const contributed = (contributes['commands'] as { command: string }[]).map(({ command }) => command);
  assert.deepEqual([...contributed].sort(), Object.values(COMMANDS).sort());
  const code = sources(join(root, 'extension'));
  for (const name of Object.keys(COMMANDS)) assert.match(code, new RegExp(`COMMANDS\\.${name}\\b`), name);
});

test('menus and keys name commands and submenus that exist', () => {
  const commands = new Set<string>(Object.values(COMMANDS));
  const submenus = new Set((contributes['submenus'] as { id: string }[]).map(({ id }) => id));
  const menus = contributes['menus'] as Record<string, { command?: string; submenu?: string }[]>;
  for (const item of Object.values(menus).flat()) {
    assert.ok(commands.has(item.command ?? '') || submenus.has(item.submenu ?? ''), JSON.stringify(item));
  }
});

test('views, icons and pages exist', () => {
  const views = Object.values(contributes['views'] as Record<string, { id: string }[]>).flat();
  assert.deepEqual(views.map(({ id }) => id).sort(), Object.values(VIEWS).sort());
  const paths = JSON.stringify(contributes).match(/extension\/[\w./-]+\.(svg|md|json)/g) ?? [];
  assert.ok(paths.length > 5);
  for (const path of paths) assert.ok(readFileSync(join(root, path)).length > 0, path);
});

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly markdownDescription?: string;
}

interface Debugger {
  readonly configurationAttributes: { readonly launch: Schema; readonly attach: Schema };
  readonly initialConfigurations: readonly RawConfiguration[];
  readonly configurationSnippets: readonly { readonly label: string; readonly body: unknown }[];
}

const [gic] = contributes['debuggers'] as [Debugger];
const { launch, attach } = gic.configurationAttributes;
const nothing = { activeFile: undefined, recognised: undefined };

/** Attributes that a configuration may not have: all that VS Code would underline. */
function unknownAttributes(raw: RawConfiguration): string[] {
  const known = raw.request === 'attach' ? attach.properties : launch.properties;
  return Object.keys(raw).filter((name) => !['type', 'request', 'name'].includes(name) && !(name in known));
}

/** What VS Code writes into launch.json where the user changes nothing. */
function inserted(body: unknown): RawConfiguration {
  const json = JSON.stringify(body, null, 1)
    // A text that begins with ^ goes in as it is, quotes of its own included.
    .replace(/"\^((?:[^"\\]|\\.)*)"/g, (_, raw: string) => JSON.parse(`"${raw}"`) as string)
    .replace(/(?<!\\)\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replace(/(?<!\\)\$\{\d+:([^}]*)\}/g, '$1')
    .replaceAll('\\${', '${');
  return JSON.parse(json) as RawConfiguration;
}

test('package.json has what the code says: npm run manifest', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  for (const [name, value] of Object.entries(manifestContributions())) assert.deepEqual(manifest[name], value, name);
});

test('attributes for stubs are described where they are checked, in both requests', () => {
  const checked = Object.keys(STUB_CHECKS);
  const launchOnly = ['server', 'console'];
  assert.deepEqual(Object.keys(attach.properties).sort(), checked.filter((name) => !launchOnly.includes(name)).sort());
  for (const name of checked) assert.ok(name in launch.properties, name);
  for (const name of ['controller', 'server']) {
    const members = Object.keys(launch.properties[name]?.properties ?? {});
    assert.ok(members.length > 3);
    // The check lists the members there are where one is not known.
    const listed = problemWithStub({ request: 'launch', server: { command: 'q' }, [name]: { '?': 0 } });
    assert.ok(listed?.endsWith(`there are ${members.join(', ')}.`), listed);
  }
  for (const [name, { description, markdownDescription }] of Object.entries({
    ...launch.properties,
    ...attach.properties,
  })) {
    assert.match(description ?? markdownDescription ?? '', /\.$/, `${name} ends as a sentence does`);
  }
});

test('boards and bounds are those of the adapter', () => {
  const { board, controller } = attach.properties;
  assert.deepEqual(
    board?.enum,
    BOARDS.map(({ id }) => id),
  );
  assert.deepEqual(
    board.enumDescriptions,
    BOARDS.map(({ name }) => name),
  );
  assert.equal(controller?.properties['cpus']?.maximum, MAX_REDISTRIBUTORS);
  assert.equal(controller.properties['spis']?.maximum, MAX_SPIS);
});

test('ready-made configurations are understood', () => {
  const labels = gic.configurationSnippets.map(({ label }) => label);
  assert.equal(new Set(labels).size, labels.length);
  const stubs: string[] = [];
  for (const { label, body } of gic.configurationSnippets) {
    const raw = inserted(body);
    assert.doesNotMatch(JSON.stringify(raw), /\$\{\d/, label);
    assert.deepEqual(unknownAttributes(raw), [], label);
    assert.equal(decide(raw, nothing).kind, 'start', label);
    if (hasStub(raw)) stubs.push(label);
  }
  assert.deepEqual(stubs, [
    'GIC: Attach to a GDB stub',
    'GIC: QEMU virt with GICv3, bare metal',
    'GIC: QEMU virt with GICv2, bare metal',
    'GIC: QEMU with a Linux kernel',
    'GIC: OpenOCD',
  ]);
});

test('the examples can be started as they are', async () => {
  const examples = join(root, 'examples');
  const text = readFileSync(join(examples, '.vscode/launch.json'), 'utf8').replaceAll('${workspaceFolder}', examples);
  const { configurations } = JSON.parse(text) as { configurations: RawConfiguration[] };
  assert.equal(configurations.filter(hasStub).length, 2);
  for (const raw of configurations) {
    const label = raw.name ?? '';
    assert.deepEqual(unknownAttributes(raw), [], label);
    const decision = decide(raw, nothing);
    assert.ok(decision.kind === 'start', label);
    const finished = await finish(decision.configuration, examples);
    assert.ok('configuration' in finished, 'problem' in finished ? finished.problem : label);
    // What launch.json says is what the adapter gets, and more.
    const { server, ...said } = raw;
    assert.deepEqual({ ...finished.configuration, ...said }, finished.configuration, label);
    if (server) assert.deepEqual(finished.configuration['server'], { ...server, cwd: examples });
  }
});

test('the profiles offered are those there are', () => {
  const { enum: offered = [], enumDescriptions = [] } = launch.properties['profile'] ?? {};
  assert.deepEqual(offered.toSorted(), PROFILES.map(({ name }) => name).toSorted());
  assert.equal(enumDescriptions.length, offered.length);
});
