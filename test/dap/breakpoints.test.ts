import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SCENARIO, TWO_CPUS, withClient, type DapClient } from './client.ts';

/** Line the frame of a thread stands at. */
const lineOf = async (client: DapClient, thread = 1): Promise<number> => (await client.frame(thread)).line;

test('line breakpoints heed conditions and hit counts', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const set = await client.setBreakpoints(
      SCENARIO,
      { line: 3, condition: 'irq(33).enabled' },
      { line: 13, condition: 'irq(33).enabled && access.op == read' },
      { line: 15, condition: 'irq(33).enabld' },
      { line: 16, hitCondition: 'often' },
    );
    assert.deepEqual(
      set.map(({ verified }) => verified),
      [true, true, false, false],
    );
    assert.match(set[2]?.message ?? '', /Did you mean enabled/);
    const stop = await client.go('continue');
    assert.deepEqual([stop.body.reason, stop.body.hitBreakpointIds], ['breakpoint', [set[1]?.id]]);
    assert.equal(await lineOf(client), 13);
    await client.setBreakpoints(SCENARIO, { line: 5, hitCondition: '>= 1' });
    await client.go('reverseContinue');
    assert.equal(await lineOf(client), 5);
  }));

test('log points speak and do not stop', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const set = await client.setBreakpoints(
      SCENARIO,
      { line: 9, logMessage: 'priority {irq(33).priority} of {access.op} at {access.line}' },
      { line: 10, logMessage: 'open {irq(33' },
    );
    assert.deepEqual(
      set.map(({ verified }) => verified),
      [true, false],
    );
    const stop = await client.go('continue');
    assert.match(stop.body.description ?? '', /End/);
    const output = await client.event<DebugProtocol.OutputEvent>('output');
    assert.match(output.body.output, /priority 0xa0 of read at 9/);
    assert.equal(output.body.line, 9);
  }));

test('data breakpoints watch registers, fields, and interrupts, both ways', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const info = await client.request<{ dataId: string }>('dataBreakpointInfo', { name: 'irq(33).pending' });
    assert.equal(info.dataId, 'irq(33).pending');
    const watch = (...dataIds: string[]): Promise<{ breakpoints: DebugProtocol.Breakpoint[] }> =>
      client.request('setDataBreakpoints', { breakpoints: dataIds.map((dataId) => ({ dataId, accessType: 'write' })) });
    const { breakpoints } = await watch(info.dataId, 'GICD_CTLR.Enable', 'irq(33)', 'GICD_NOPE', 'GICD_SGIR');
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [true, true, true, false, false],
    );
    assert.match(breakpoints[4]?.message ?? '', /cannot be watched: write-only/);
    await watch('irq(33).pending');
    const stop = await client.go('continue');
    assert.equal(stop.body.reason, 'data breakpoint');
    assert.match(stop.body.text ?? '', /irq\(33\)\.pending changed 0x0 → 0x1 by line 14/);
    assert.equal(await lineOf(client), 15);
    await client.go('continue');
    assert.equal(await client.evaluate('irq(33).pending'), 'false');
    await client.go('reverseContinue');
    assert.equal(await lineOf(client), 15);
    await watch('irq(33)');
    const next = await client.go('continue');
    assert.match(next.body.text ?? '', /irq\(33\) changed .*→ pending/);
  }));

test('what cannot be watched says why', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const info = async (name: string): Promise<DebugProtocol.DataBreakpointInfoResponse['body']> =>
      client.request('dataBreakpointInfo', { name });
    assert.deepEqual([(await info('1 + 1')).dataId, (await info('GICD_NOPE')).dataId], [null, null]);
    assert.match((await info('GICD_NOPE')).description, /no GICD_NOPE/);
  }));

test('exception filters stop before what they are for, if their condition holds', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const set = (filterId: string, condition?: string): Promise<{ breakpoints: DebugProtocol.Breakpoint[] }> =>
      client.request('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId, condition }] });
    await set('hole', 'access.length == 4');
    assert.match((await client.go('continue')).body.description ?? '', /End/);
    await set('hole', 'access.length == 2');
    assert.equal((await client.go('reverseContinue')).body.reason, 'exception');
    assert.equal(
      (await client.frame(1)).name.includes('0x8000206') || (await client.frame(1)).name.includes('bad width'),
      true,
    );
    const { breakpoints } = await set('hole', 'access.lenght');
    assert.equal(breakpoints[0]?.verified, false);
  }));

test('steps go to the next and the previous access that matches', () =>
  withClient(async (client) => {
    await client.start(TWO_CPUS);
    const to = (direction: 'forward' | 'backward', until: string): Promise<{ position: number }> =>
      client.gic('gic/step', { direction, until });
    assert.equal((await to('forward', 'access.register == GICD_SGIR')).position, 4);
    assert.equal((await to('forward', 'access.register == GICD_SGIR && access.cpu == 1')).position, 8);
    assert.equal((await to('backward', 'access.touches(3) && access.op == read')).position, 7);
    assert.match(
      await client.refused('gic/step', { direction: 'forward', until: 'access.value == 0xdead' }),
      /no later access/,
    );
    assert.match(await client.refused('gic/step', { direction: 'forward', until: 'acess.op' }), /no acess/);
    assert.match(await client.refused('gic/step', { direction: 'forward', until: 'access.op = 1' }), /compare/);
  }));
