import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
