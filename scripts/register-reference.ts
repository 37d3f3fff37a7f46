// Writes docs/registers.md, the register reference, from the register tables.
//   npm run docs
import { writeFileSync } from 'node:fs';
import { registerReference } from '../adapter/gic/registers/reference.ts';
import { DOCUMENTED_PROFILES } from '../adapter/gic/profiles/profiles.ts';

writeFileSync(new URL('../docs/registers.md', import.meta.url), registerReference(DOCUMENTED_PROFILES));
