import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCENARIO, TWO_CPUS, V3, withClient } from './client.ts';

test('describe tells frames and registers', () =>
  withClient(async (client) => {
    await client.start(V3);
    const { frames, tables, version, ...rest } = await client.gic('gic/describe', {});
    assert.ok(version > 0);
    assert.deepEqual(
      { ...rest, cpus: rest.cpus > 0, spis: rest.spis > 0 },
      {
        gic: 'v3',
        profile: 'kvm-4.10',
        cpus: true,
        spis: true,
        title: 'kvm-4.10-scenario-v3-bringup-redist-ppi.jsonl',
        kind: 'trace',
        canStepBack: true,
        knows: { wires: true, queues: true, reset: true },
      },
    );
    assert.deepEqual(frames.map(({ id }) => id).slice(0, 3), ['GICD', 'GICR0.RD', 'GICR0.SGI']);
    for (const frame of frames) assert.ok(tables[frame.table], frame.id);
    const isenabler = tables['SGI']?.find(({ name }) => name === 'GICR_ISENABLER0');
    assert.deepEqual(
      [isenabler?.bitsPerIrq, isenabler?.firstIntid, isenabler?.access, isenabler?.group, isenabler?.index],
      [1, 0, 'w1s', 'GICR_ISENABLER', 0],
    );
  }));

test('read answers each bank, beside what it was at the previous stop and after reset', () =>
  withClient(async (client) => {
    await client.start(TWO_CPUS);
    const args = { frames: ['GICD'], registers: ['GICD_ISENABLER0', 'GICD_ISENABLER1', 'GICD_SGIR'] };
    assert.deepEqual((await client.gic('gic/read', args)).values, [
      { frame: 'GICD', register: 'GICD_ISENABLER0', vcpu: 0, value: '0xffff' },
      { frame: 'GICD', register: 'GICD_ISENABLER0', vcpu: 1, value: '0xffff' },
      { frame: 'GICD', register: 'GICD_ISENABLER1', vcpu: null, value: '0x0' },
      { frame: 'GICD', register: 'GICD_SGIR', vcpu: 0, unavailable: 'write-only' },
      { frame: 'GICD', register: 'GICD_SGIR', vcpu: 1, unavailable: 'write-only' },
    ]);
    const data = Buffer.from([2, 0, 0, 0]).toString('base64');
    await client.request('writeMemory', { memoryReference: '0x8000104', data });
    const only = { frames: ['GICD'], registers: ['GICD_ISENABLER1'] };
    const edited = { frame: 'GICD', register: 'GICD_ISENABLER1', vcpu: null, value: '0x2', reset: '0x0' };
    assert.deepEqual((await client.gic('gic/read', only)).values, [{ ...edited, previous: '0x0' }]);
    await client.go('next');
    assert.deepEqual((await client.gic('gic/read', only)).values, [edited]);
    assert.match(await client.refused('gic/read', { frames: ['GICX'] }), /no frame "GICX"/);
  }));

test('irqs answers all rows once, and then what has changed', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const all = await client.gic('gic/irqs', {});
    assert.deepEqual([all.full, all.rows.length], [true, 32 + 96]);
    assert.deepEqual(
      [all.rows[0]?.type, all.rows[31]?.type, all.rows[32]?.type, all.rows[0]?.vcpu, all.rows[32]?.vcpu],
      ['SGI', 'PPI', 'SPI', 0, null],
    );
    const same = await client.gic('gic/irqs', { since: all.version });
    assert.deepEqual([same.full, same.rows], [false, []]);
    const data = Buffer.from([2, 0, 0, 0]).toString('base64');
    await client.request('writeMemory', { memoryReference: '0x8000104', data });
    const edited = await client.gic('gic/irqs', { since: all.version });
    assert.deepEqual(
      edited.rows.map(({ intid, enabled, changed }) => [intid, enabled, changed]),
      [[33, true, true]],
    );
    assert.deepEqual((await client.gic('gic/irqs', { since: edited.version })).rows, []);
    // What changed before the previous stop is no news any more: the row comes once again to say so.
    await client.go('next');
    assert.deepEqual(
      (await client.gic('gic/irqs', { since: edited.version })).rows.map(({ intid, changed }) => [intid, changed]),
      [[33, false]],
    );
    assert.equal((await client.gic('gic/irqs', { since: 1e6 })).full, true);
  }));

test('the journal holds what was and what will be, edits among them', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const data = Buffer.from([2, 0, 0, 0]).toString('base64');
    await client.go('next');
    await client.request('writeMemory', { memoryReference: '0x8000104', data });
    const journal = await client.gic('gic/journal', { start: 0, count: 3 });
    assert.deepEqual([journal.total, journal.position], [35, 2]);
    assert.deepEqual(
      journal.entries.map(({ index, origin, line, register }) => [index, origin, line, register]),
      [
        [0, 'guest', 2, 'GICD_TYPER'],
        [1, 'edit', undefined, 'GICD_ISENABLER1'],
        [2, 'guest', 3, 'GICD_IIDR'],
      ],
    );
    assert.deepEqual((await client.gic('gic/journal', { start: 30, count: 1000 })).entries.length, 5);
    assert.deepEqual((await client.gic('gic/journal', { start: 99, count: 10 })).entries, []);
  }));

test('an edit can be stepped over backward and is made again forward', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const enables = async (): Promise<string | undefined> =>
      (await client.gic('gic/read', { frames: ['GICD'], registers: ['GICD_ISENABLER1'] })).values[0]?.value;
    const data = Buffer.from([2, 0, 0, 0]).toString('base64');
    await client.request('writeMemory', { memoryReference: '0x8000104', data });
    assert.equal(await enables(), '0x2');
    await client.go('stepBack');
    assert.equal(await enables(), '0x0');
    const frame = await client.frame(1);
    assert.deepEqual([frame.source, frame.line], [undefined, 0]);
    assert.match(frame.name, /^edit: /);
    await client.go('next');
    assert.equal(await enables(), '0x2');
  }));

test('step goes to a place in time and answers when it is there', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    assert.equal((await client.gic('gic/step', { direction: 'forward', to: 20 })).position, 20);
    assert.equal((await client.stoppedEvent()).body.reason, 'goto');
    assert.equal((await client.gic('gic/step', { direction: 'forward', to: 3 })).position, 3);
    assert.equal((await client.gic('gic/step', { direction: 'forward', to: 34 })).position, 34);
    assert.equal((await client.gic('gic/step', { direction: 'backward' })).position, 33);
    assert.match(await client.refused('gic/step', { direction: 'forward', to: 35 }), /from 0 to 34/);
  }));

test('explain answers a verdict and its steps, and refuses what is no interrupt', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const { verdict, steps } = await client.gic('gic/explain', { intid: 33 });
    assert.match(verdict, /33/);
    assert.ok(steps.length > 3 && steps.every(({ question, evidence }) => question !== '' && evidence !== ''));
    assert.match(await client.refused('gic/explain', { intid: 5000 }), /no INTID 5000/);
    assert.match(await client.refused('gic/explain', { intid: 3, vcpu: 9 }), /no vCPU 9/);
  }));
