import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { DOCUMENTED_PROFILES } from '../../../../adapter/gic/profiles/profiles.ts';
import { registerReference } from '../../../../adapter/gic/registers/reference.ts';

it('docs/registers.md is what the tables say (npm run docs writes it)', () => {
  const written = readFileSync(new URL('../../../../docs/registers.md', import.meta.url), 'utf8');
  assert.equal(written, registerReference(DOCUMENTED_PROFILES));
});
