import assert from 'node:assert/strict';
import { it } from 'node:test';
import { GicConfigError } from '../../../adapter/gic/config.ts';
import { machine } from './machine.ts';

it('refuses configurations no controller can have, saying which value', () => {
  const cases = [
    [{ cpus: 0 }, /cpus is 0: a GICv2 has 1 to 8/],
    [{ cpus: 9 }, /cpus is 9: a GICv2 has 1 to 8/],
    [{ gic: 'v3', cpus: 65 }, /cpus is 65: a GICv3 has 1 to 64/],
    [{ spis: 31 }, /spis is 31/],
    [{ spis: 989 }, /spis is 989: a GIC has 32 to 988/],
    [{ spis: 32.5 }, /spis is 32.5/],
    [{ lrs: 0 }, /lrs is 0/],
    [{ gic: 'v3', lrs: 17 }, /lrs is 17: a GICv3 virtual interface has 1 to 16/],
  ] as const;
  for (const [overrides, message] of cases) {
    assert.throws(
      () => machine(overrides),
      (error) => error instanceof GicConfigError && message.test(error.message),
    );
  }
});
