import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A module that the build makes beside the bundles. Run from its sources, the adapter finds it where the build puts it. */
function find(name: string): string {
  const candidates = [`./${name}`, `../../dist/${name}`].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is missing beside ${candidates[0] ?? ''}: build the adapter first`);
  return found;
}

let core: Promise<WebAssembly.Module> | undefined;

/** The compiled CPU core of simulated guests. */
export function coreModule(): Promise<WebAssembly.Module> {
  core ??= readFile(find('core.wasm')).then((bytes) => WebAssembly.compile(bytes));
  return core;
}

/** Capstone, compiled. */
export function capstoneBinary(): Promise<Uint8Array> {
  return readFile(find('capstone.wasm'));
}
