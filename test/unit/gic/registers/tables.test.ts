import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROFILES } from '../../../../adapter/gic/profiles/profiles.ts';
import type { FrameTable } from '../../../../adapter/gic/registers/row.ts';

for (const profile of PROFILES) {
  const frames: FrameTable[] = [...Object.values(profile.v2), ...Object.values(profile.v3)];
  for (const frame of frames) {
    describe(`table of ${frame.title} (${frame.kind}), ${profile.name}`, () => {
      it('is ascending, without overlap, inside its frame and aligned', () => {
        let end = 0;
        for (const row of frame.rows) {
          assert.ok(row.offset >= end, `${row.name} begins before its predecessor ends`);
          assert.ok(row.length > 0 && row.length % row.element === 0, `${row.name} is a whole number of registers`);
          assert.equal(row.offset % row.element, 0, `${row.name} is aligned`);
          end = row.offset + row.length;
        }
        assert.ok(end <= frame.size);
      });

      it('has fields inside their registers, without overlap, and values inside their fields', () => {
        for (const row of frame.rows) {
          let taken = 0n;
          for (const field of row.fields) {
            const where = `${row.name}.${field.name}`;
            assert.ok(field.lsb >= 0 && field.msb >= field.lsb && field.msb < row.element * 8, where);
            const mask = ((1n << BigInt(field.msb - field.lsb + 1)) - 1n) << BigInt(field.lsb);
            assert.equal(taken & mask, 0n, `${where} overlaps another field`);
            taken |= mask;
            for (const { value } of field.values ?? []) assert.ok(value < 2 ** (field.msb - field.lsb + 1), where);
          }
        }
      });

      it('names a counterpart in the same frame for what sets or clears, and says where everything comes from', () => {
        for (const row of frame.rows) {
          if (row.access === 'w1s' || row.access === 'w1c') {
            const counterpart = frame.rows.find((other) => other.name === row.counterpart);
            assert.ok(counterpart !== undefined, `${row.name} has no counterpart`);
            assert.equal(counterpart.counterpart, row.name);
            assert.notEqual(counterpart.access, row.access);
            assert.equal(counterpart.length, row.length);
          }
          assert.match(row.doc, /^[A-Z].*[.:]/s, row.name);
          assert.match(row.section, /^IHI 00(48|69), \d+(\.\d+)+$/, row.name);
        }
      });
    });
  }
}
