// Writes the extension's part of package.json from the typed data the code uses (extension/contributions.ts).
//   npm run manifest
import { readFileSync, writeFileSync } from 'node:fs';
import { manifestContributions } from '../extension/contributions.ts';

const FILE = new URL('../package.json', import.meta.url);

const manifest = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;
writeFileSync(FILE, `${JSON.stringify({ ...manifest, ...manifestContributions() }, null, 2)}\n`);
