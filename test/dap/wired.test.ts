import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ROOT, withClient, type DapClient } from './client.ts';

/*
 * Sessions over the simulated guest on a physical controller, wired to its cores.
 */

const GUEST = path.join(ROOT, 'examples/guest/guest.elf');
const BUGGY = path.join(ROOT, 'examples/guest/guest-buggy.elf');

async function start(client: DapClient, program = GUEST, more = {}): Promise<void> {
  await client.start(program, { cpus: 2, profile: 'arch', ...more });
}

async function evaluate(client: DapClient, expression: string): Promise<string> {
  return (await client.request<{ result: string }>('evaluate', { expression })).result;
}

/** What a scope of the first vCPU holds. */
async function scope(client: DapClient, wanted: RegExp): Promise<Readonly<Record<string, string>>> {
  const { stackFrames } = await client.request<{ stackFrames: DebugProtocol.StackFrame[] }>('stackTrace', {
    threadId: 1,
  });
  const frameId = stackFrames[0]?.id;
  const { scopes } = await client.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId });
  const found = scopes.find(({ name }) => wanted.test(name));
  assert.ok(found, scopes.map(({ name }) => name).join(', '));
  const { variables } = await client.request<{ variables: DebugProtocol.Variable[] }>('variables', {
    variablesReference: found.variablesReference,
  });
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** Runs a guest until nothing can wake it. */
async function stuck(client: DapClient): Promise<void> {
  await client.request('continue', { threadId: 1 });
  for (;;) {
    const { body } = await client.event<DebugProtocol.OutputEvent>('output');
    if (body.output.includes('Every vCPU waits')) break;
  }
  await client.request('pause', { threadId: 1 });
  await client.stoppedEvent();
}

for (const gic of ['v2', 'v3'] as const) {
  test(`GIC${gic}: an enable bit that the twin forgot is explained, and brings its interrupt in`, () =>
    withClient(async (client) => {
      await start(client, BUGGY, { gic });
      await stuck(client);
      const before = await client.gic('gic/explain', { intid: 33 });
      assert.match(before.verdict, /INTID 33 does not fire: it is disabled \(GICD_ISENABLER1 bit 1 is 0\)/);
      assert.deepEqual(
        before.steps.filter(({ outcome }) => outcome === 'unknown'),
        [],
        'registers of the CPU interface and PSTATE are known',
      );
      const write = await client.gic('gic/write', { target: 'GICD_ISENABLER[33]', value: '1' });
      assert.equal(write.ok, true);
      const { verdict, steps } = await client.gic('gic/explain', { intid: 33 });
      assert.match(verdict, /CPU 0 masks IRQs \(PSTATE\.I is 1\)/, 'the guest waits like that');
      assert.match(steps.at(-1)?.advice ?? '', /a WFI wakes up all the same/);
      await client.request('continue', { threadId: 1 });
      assert.equal((await client.event<DebugProtocol.ExitedEvent>('exited')).body.exitCode, 0);
    }));
}

test('the CPU interface shows what it signals, and nothing of list registers', () =>
  withClient(async (client) => {
    await start(client);
    await client.gic('gic/step', { direction: 'forward', until: 'access.register == "ICC_IAR1_EL1"' });
    const before = await scope(client, /^vCPU interface of vCPU 0$/);
    assert.deepEqual([before['inputs'], before['ICC_IAR1_EL1']], ['IRQ high, FIQ low', '0x1b']);
    assert.deepEqual([before['ICC_PMR_EL1'], before['ICC_RPR_EL1']], ['0xf0', '0xff']);
    assert.equal(before['used list registers'], undefined);
    await client.gic('gic/step', { direction: 'forward' });
    const after = await scope(client, /^vCPU interface of vCPU 0$/);
    assert.deepEqual([after['inputs'], after['ICC_IAR1_EL1']], ['IRQ low, FIQ low', '0x3ff']);
    assert.deepEqual([after['ICC_RPR_EL1'], await evaluate(client, 'irq(27).active')], ['0x80', 'true']);
    assert.match(await client.refused('evaluate', { expression: 'cpu(0).lr(0).intid' }), /no list registers/);
    const { knows } = await client.gic('gic/describe', {});
    assert.deepEqual(knows, { wires: true, queues: false, reset: true });
    const { rows } = await client.gic('gic/irqs', {});
    assert.deepEqual(
      rows.filter(({ queuedOn, listRegister }) => queuedOn !== null || listRegister !== null),
      [],
    );
  }));

test('going back over accesses brings the CPU interface back too', () =>
  withClient(async (client) => {
    await start(client);
    await client.gic('gic/step', { direction: 'forward', until: 'access.register == "ICC_IAR1_EL1"' });
    const journal = await client.gic('gic/journal', { start: 0, count: 100 });
    assert.match(journal.entries[journal.position]?.text ?? '', /ICC_IAR1_EL1/);
    await client.gic('gic/step', { direction: 'forward' });
    assert.equal(await evaluate(client, 'irq(27).active'), 'true');
    const made = await client.gic('gic/journal', { start: 0, count: 100 });
    assert.match(made.entries[journal.position]?.text ?? '', /ICC_IAR1_EL1 → 0x1b: acknowledges INTID 27/);
    await client.gic('gic/step', { direction: 'backward' });
    while ((await client.gic('gic/journal', { start: 0, count: 1 })).position > journal.position) {
      await client.gic('gic/step', { direction: 'backward' });
    }
    assert.equal(await evaluate(client, 'irq(27).active'), 'false');
    const { steps } = await client.gic('gic/explain', { intid: 27, vcpu: 0 });
    const last = steps.at(-1);
    assert.match(
      `${last?.outcome} ${last?.evidence}`,
      /^unknown PSTATE of CPU 0 is not known: the controller shows the past/,
    );
    assert.ok(steps.some(({ evidence }) => evidence.includes('ICC_HPPIR1_EL1 of CPU 0 names it')));
  }));

test('an SGI and a wire that the user sets are delivered', () =>
  withClient(async (client) => {
    await start(client);
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'handle_interrupt' }] });
    await client.go('continue');
    await client.request('evaluate', { expression: 'irq(5, 0).group = 1', context: 'repl' });
    await client.request('evaluate', { expression: 'ICC_SGI1R = 0x05000001', context: 'repl' });
    assert.equal(await evaluate(client, 'irq(5, 0).pending'), 'true');
    assert.match((await client.gic('gic/explain', { intid: 5 })).verdict, /it is disabled/);
    const { ok } = await client.gic('gic/line', { intid: 40, level: 1 });
    assert.equal(ok, true);
    assert.equal(await evaluate(client, 'irq(40).line'), '1');
  }));

test('a profile that is none is refused with the names there are', () =>
  withClient(async (client) => {
    await client.request('initialize', { adapterID: 'gic' });
    const why = await client.refused('launch', { program: GUEST, profile: 'arm' });
    assert.match(why, /no profile "arm": there are kvm-4\.10, kvm-6\.12, arch, qemu-7\.2, qemu-10/);
  }));
