import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { divergenceCommand } from '../../adapter/cli/divergence.ts';
import { ARCH } from '../../adapter/gic/profiles/arch.ts';
import { attach } from '../../adapter/guest/gdb/attach.ts';
import { differenceOf, findingText } from '../../adapter/guest/gdb/divergence/finding.ts';
import type { GdbGuest } from '../../adapter/guest/gdb/gdb-guest.ts';
import type { SimulatedGuest } from '../../adapter/guest/simulated/simulated-guest.ts';
import { serveGdb } from '../../adapter/serve/listen.ts';
import { ROOT, withClient, type DapClient } from '../dap/client.ts';
import { exampleGuest } from '../unit/rsp/guest.ts';
import { Linux, noLinux } from './linux.ts';
import { EXAMPLES } from './peers.ts';
import { NO_QEMU, Qemu, QEMU_VERSION } from './qemu.ts';
import { Qtest } from './qtest.ts';

/*
 * Target and model: on QEMU they agree from access to access, and what was changed behind the model's back is found at
 * the next stop.
 */

const GICD = 0x0800_0000;
const GICD_ISENABLER1 = GICD + 0x104;
const GICD_IPRIORITYR16 = GICD + 0x440;
const LIMITS = { timeout: 120_000, skip: NO_QEMU };
const OPTIONS = { wishes: {}, memoryAccess: 'auto', borrowCpus: true, timeout: 10_000, patience: 3000 } as const;

const MACHINES = [
  { gic: 2, cpus: 1 },
  { gic: 2, cpus: 2 },
  { gic: 3, cpus: 1 },
  { gic: 3, cpus: 2 },
  { gic: 3, cpus: 4 },
] as const;

interface Machine {
  readonly gic: 2 | 3;
  readonly cpus: number;
}

async function start(t: TestContext, { gic, cpus }: Machine, extra: readonly string[] = []): Promise<string> {
  const kernel = path.join(EXAMPLES, 'guest.elf');
  const qemu = await Qemu.start(t, { gic, cpus, megabytes: 256, kernel, extra });
  return `127.0.0.1:${qemu.port}`;
}

/** A guest that is compared at each stop, loaded already. */
async function watched(target: string): Promise<GdbGuest> {
  const { guest } = await attach({ ...OPTIONS, target }, { output: () => undefined, closed: () => undefined });
  guest.divergence.watch('test', true);
  await guest.divergence.look();
  return guest;
}

async function toAccess(guest: GdbGuest): Promise<void> {
  for (;;) {
    const stop = await guest.toAccess();
    if (stop.kind === 'access') return;
    assert.equal(stop.kind, 'budget');
  }
}

const texts = (guest: GdbGuest): string[] => guest.divergence.findings.map(findingText);

for (const machine of MACHINES) {
  const name = `GICv${machine.gic}, ${machine.cpus} ${machine.cpus === 1 ? 'CPU' : 'CPUs'}`;

  test(`${name}: QEMU does what the model says, from access to access to the end`, LIMITS, async (t) => {
    const target = await start(t, machine);
    let out = '';
    let err = '';
    const output = { out: (text: string) => (out += text), err: (text: string) => (err += text), interactive: false };
    const code = await divergenceCommand({ ...OPTIONS, target, accesses: Infinity }, new Promise(() => {}), output);
    assert.match(err, new RegExp(`profile ${Number.parseInt(QEMU_VERSION ?? '', 10) >= 10 ? 'qemu-10' : 'qemu-7.2'}`));
    assert.match(out, /^[2-9]\d+ accesses, 0 differences$|^1\d\d accesses, 0 differences$/m, out);
    assert.equal(code, 0);
  });
}

test(
  'Linux on GICv2, 1 CPU, at work: QEMU does what the model says',
  { timeout: 240_000, skip: await noLinux() },
  async (t) => {
    const { qemu } = await Linux.boot(t, { gic: 2, cpus: 1 });
    // Asleep it accesses nothing.
    const typing = setInterval(() => qemu.type('\n'), 500);
    t.after(() => clearInterval(typing));
    let out = '';
    const output = { out: (text: string) => (out += text), err: () => undefined, interactive: false };
    const options = { ...OPTIONS, target: `127.0.0.1:${qemu.port}`, accesses: 300 };
    const code = await divergenceCommand(options, new Promise(() => {}), output);
    assert.equal(out.trim(), '300 accesses, 0 differences');
    assert.equal(code, 0);
  },
);

for (const machine of MACHINES.filter(({ gic, cpus }) => gic === 3 || cpus === 1)) {
  const name = `GICv${machine.gic}, ${machine.cpus} ${machine.cpus === 1 ? 'CPU' : 'CPUs'}`;

  test(`${name}: what was written behind the model's back is found at the next stop, and once`, LIMITS, async (t) => {
    const qtest = await Qtest.listen(t);
    const guest = await watched(await start(t, machine, qtest.options));
    await toAccess(guest);
    await toAccess(guest);
    assert.deepEqual(texts(guest), []);
    await qtest.write(GICD_ISENABLER1, 1 << 9);
    await qtest.write(GICD_IPRIORITYR16, 0xa0 << 16);
    await toAccess(guest);
    assert.deepEqual(texts(guest), [
      'GICD_ISENABLER1, INTID 41: model 0x0, target 0x1; changed without an access',
      'GICD_IPRIORITYR16, INTID 66: model 0x0, target 0xa0; changed without an access',
    ]);
    await toAccess(guest);
    assert.equal(guest.divergence.count, 2);
    await guest.kill();
  });
}

test('an edit of which the target makes something else is a finding, with the edit', LIMITS, async (t) => {
  const target = await start(t, { gic: 2, cpus: 2 });
  const events = { output: () => undefined, closed: () => undefined };
  // QEMU keeps pending SPIs by target: one that goes nowhere never is, where the architecture has it pending.
  const { guest } = await attach({ ...OPTIONS, target, profile: 'arch' }, events);
  const ispendr1 = { kind: 'write', vcpu: 0, address: GICD + 0x204, length: 4, value: 1n << 9n } as const;
  await guest.edit([ispendr1], 'GICD_ISPENDR[41] = 1');
  const parted = 'GICD_ISPENDR1, INTID 41: model 0x1, target 0x0; parted by edit: GICD_ISPENDR[41] = 1';
  assert.deepEqual(texts(guest), [parted]);
  // The same where each stop is compared anyway.
  guest.divergence.watch('test', true);
  await guest.edit([ispendr1], 'GICD_ISPENDR[41] = 1');
  assert.deepEqual(texts(guest), [parted, parted]);
  const [finding] = guest.divergence.findings;
  assert.ok(finding);
  assert.deepEqual(differenceOf(finding), { part: 'INTID 41', intids: [41], model: 1n, target: 0n });
  await guest.kill();
});

test('after a free run nothing is compared, and the next stop is', LIMITS, async (t) => {
  const qtest = await Qtest.listen(t);
  const guest = await watched(await start(t, { gic: 2, cpus: 1 }, qtest.options));
  do await toAccess(guest);
  while (!guest.operation(guest.position).text.includes('GICC_IAR'));
  const { pc } = guest.operation(guest.position);
  await guest.step(0);
  await qtest.write(GICD_ISENABLER1, 1 << 9);
  // It stands before no access any more: to the next acknowledge, all of it runs.
  guest.setBreakpoints([pc ?? 0n]);
  let stop = await guest.run();
  while (stop.kind === 'budget') stop = await guest.run();
  assert.equal(stop.kind, 'breakpoint');
  assert.match(guest.divergence.note, /ran unwatched: compared again from the next stop/);
  assert.deepEqual(texts(guest), []);
  await qtest.write(GICD_IPRIORITYR16, 0xa0 << 16);
  // The acknowledge is seen, though nobody stopped for it.
  await guest.step(0);
  assert.deepEqual(texts(guest), ['GICD_IPRIORITYR16, INTID 66: model 0x0, target 0xa0; changed without an access']);
  assert.match(guest.operation(guest.position - 1).text, /read GICC_IAR . 0x\w+: acknowledges/);
  await guest.kill();
});

test(
  'QEMU ends where anybody but a CPU accesses its GICv2 of several CPUs: nothing can be planted there',
  LIMITS,
  async (t) => {
    const qtest = await Qtest.listen(t);
    await start(t, { gic: 2, cpus: 2 }, qtest.options);
    assert.equal(await qtest.read(GICD_ISENABLER1), null);
  },
);

/** A session on a target, at its entry. */
async function session(client: DapClient, target: string, more = {}): Promise<void> {
  await client.initialize();
  await client.request('attach', { target, ...more });
  await client.event('initialized');
  await client.request('configurationDone');
  await client.stoppedEvent();
}

test('a session: a view watches, a planted difference is there at the next stop', LIMITS, (t) =>
  withClient(async (client) => {
    const qtest = await Qtest.listen(t);
    await session(client, await start(t, { gic: 3, cpus: 2 }, qtest.options));
    const first = await client.gic('gic/divergence', { watch: true });
    assert.match(first.note, /loaded from the target: compared from the next stop/);
    await client.gic('gic/step', { direction: 'forward' });
    const agreed = await client.gic('gic/divergence', {});
    assert.match(agreed.note, /^Compared \d{3} registers with profile qemu-[\d.]+: all agree\.$/);
    assert.deepEqual(agreed.findings, []);
    await qtest.write(GICD_ISENABLER1, 1 << 9);
    await client.gic('gic/step', { direction: 'forward' });
    const { findings } = await client.gic('gic/divergence', {});
    assert.deepEqual(findings, [
      {
        ...{ id: 1, frame: 'GICD', register: 'GICD_ISENABLER1', vcpu: null, expression: 'GICD_ISENABLER[41]' },
        ...{ part: 'INTID 41', intids: [41], model: '0x0', target: '0x1', position: 1, isNew: true },
      },
    ]);
    await client.gic('gic/step', { direction: 'forward' });
    const [old] = (await client.gic('gic/divergence', {})).findings;
    assert.equal(old?.isNew, false);
    const cleared = await client.gic('gic/divergence', { clear: true });
    assert.deepEqual(cleared.findings, []);
    await client.gic('gic/divergence', { watch: false });
    await client.request('disconnect', { terminateDebuggee: true });
  }),
);

test('the exception filter: runs from access to access, and stops where they differ', LIMITS, (t) =>
  withClient(async (client) => {
    const qtest = await Qtest.listen(t);
    const target = await start(t, { gic: 3, cpus: 1 }, qtest.options);
    await session(client, target);
    // One that a condition lets pass, and one that it does not.
    const condition = 'access.register == GICD_IPRIORITYR && access.touches(66)';
    const { breakpoints } = await client.request<{ breakpoints: { verified: boolean }[] }>('setExceptionBreakpoints', {
      filters: [],
      filterOptions: [{ filterId: 'divergence', condition }],
    });
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [true],
    );
    await client.gic('gic/step', { direction: 'forward' });
    await client.stoppedEvent();
    await qtest.write(GICD_ISENABLER1, 1 << 9);
    await client.gic('gic/step', { direction: 'forward' });
    assert.equal((await client.stoppedEvent()).body.reason, 'step');
    await qtest.write(GICD_IPRIORITYR16, 0xa0 << 16);
    const stop = await client.go('continue');
    assert.deepEqual([stop.body.reason, stop.body.description], ['exception', 'Target and model differ']);
    assert.equal(stop.body.text, 'GICD_IPRIORITYR16, INTID 66: model 0x0, target 0xa0; changed without an access');
    const info = await client.request<{ exceptionId: string; details: { message: string } }>('exceptionInfo', {
      threadId: 1,
    });
    assert.deepEqual([info.exceptionId, info.details.message], ['divergence', stop.body.text]);
    // Nothing else differs up to the end.
    await client.request('continue', { threadId: 1 });
    await client.event('terminated');
  }),
);

test('previews foretell what the target will do: its own profile, not a plain store', LIMITS, (t) =>
  withClient(async (client) => {
    await session(client, await start(t, { gic: 2, cpus: 1 }));
    // With one CPU, GICv2 ignores targets; with one Security state, GICC_CTLR has few of its bits.
    const targets = await client.gic('gic/preview', { target: 'GICD_ITARGETSR8', value: '0x01010101' });
    assert.deepEqual([targets.verdict, targets.after], ['ignored', '0x0']);
    const control = { target: 'GICC_CTLR', value: '0x7ff' };
    const previewed = await client.gic('gic/preview', control);
    assert.deepEqual([previewed.verdict, previewed.after], ['narrowed', '0x21f']);
    const written = await client.gic('gic/write', control);
    assert.deepEqual([written.verdict, written.after], ['narrowed', '0x21f']);
    const { findings } = await client.gic('gic/divergence', {});
    assert.deepEqual(findings, []);
    await client.request('disconnect', { terminateDebuggee: true });
  }),
);

/** The simulated machine on a physical controller, behind our own stub, in this process. */
async function serving(t: TestContext, gic: 'v2' | 'v3'): Promise<{ target: string; machine: SimulatedGuest }> {
  const machine = await exampleGuest(gic, ARCH);
  const server = await serveGdb(machine, 0);
  t.after(() => server.close());
  return { target: `127.0.0.1:${server.port}`, machine };
}

test(
  'gic serve, GICv2, 2 CPUs: a planted difference is found, and nothing else to the end',
  { timeout: 120_000 },
  async (t) => {
    const { target, machine } = await serving(t, 'v2');
    const guest = await watched(target);
    for (let n = 0; n < 5; n++) await toAccess(guest);
    machine.edit([{ kind: 'write', vcpu: 0, address: GICD_ISENABLER1, length: 4, value: 1n << 9n }], 'planted');
    let stop = await guest.toAccess();
    while (stop.kind !== 'off') stop = await guest.toAccess();
    assert.deepEqual(texts(guest), ['GICD_ISENABLER1, INTID 41: model 0x0, target 0x1; changed without an access']);
  },
);

test('gic serve, GICv3, 2 CPUs: what firmware does, nobody sees, but it is found', { timeout: 120_000 }, async (t) => {
  const { target } = await serving(t, 'v3');
  const guest = await watched(target);
  let stop = await guest.toAccess();
  while (stop.kind !== 'off') stop = await guest.toAccess();
  // PSCI CPU_ON wakes the redistributor of the CPU.
  assert.deepEqual(texts(guest), [
    'GICR_WAKER of vCPU 1, ProcessorSleep: model 0x1, target 0x0; changed without an access',
  ]);
});

test(
  'gic divergence: exit code 1 where something differs, with what and how; 2 where nothing can be compared',
  { timeout: 120_000 },
  async (t) => {
    const { target } = await serving(t, 'v3');
    const words = (server: string): string[] => ['--import', 'tsx', 'adapter/cli.ts', 'divergence', '--server', server];
    const run = await command([...words(target), '--accesses', '1000', '--profile', 'arch']);
    assert.equal(run.code, 1);
    assert.match(
      run.out,
      /^entry 29: GICR_WAKER of vCPU 1, ProcessorSleep: model 0x1, target 0x0; changed without an access$/m,
    );
    assert.match(run.out, /^36 accesses, 1 difference$/m);
    const nobody = await command(words('127.0.0.1:9'));
    assert.deepEqual([nobody.code, nobody.out], [2, '']);
    assert.match(nobody.err, /^gic: nothing listens at 127\.0\.0\.1:9/);
  },
);

function command(words: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const heard = { out: '', err: '' };
  child.stdout.on('data', (bytes: Buffer) => (heard.out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (heard.err += bytes.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...heard })));
}
