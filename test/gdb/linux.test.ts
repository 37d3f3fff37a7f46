import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient, type DapClient } from '../dap/client.ts';
import { Linux, noLinux } from './linux.ts';

/*
 * Debian's Linux on QEMU: its MMU is on, its controller mapped somewhere in the kernel's addresses, its CPUs asleep or in
 * user code. Debugging it leaves it alive.
 */

const LIMITS = { timeout: 240_000, skip: await noLinux() };
/** The virtual timer's PPI, and the physical one's. */
const TIMERS = [27, 30];

async function attach(client: DapClient, linux: Linux): Promise<void> {
  await client.initialize();
  await client.request('attach', { target: `127.0.0.1:${linux.qemu.port}` });
  await client.event('initialized');
  await client.request('configurationDone');
  await client.stoppedEvent();
}

async function go(client: DapClient): Promise<void> {
  await client.request('continue', { threadId: 1 });
}

async function pause(client: DapClient): Promise<void> {
  await client.request('pause', { threadId: 1 });
  const { body } = await client.stoppedEvent();
  assert.equal(body.reason, 'pause', `${body.description ?? ''} ${body.text ?? ''}`);
}

/** It answers what is typed. */
async function lives({ qemu }: Linux): Promise<void> {
  qemu.type('echo alive $((6 * 7))\n');
  await qemu.waitForOutput('alive 42');
}

/** Interrupts of the timer, of each CPU. */
function ticks(text: string): number[] {
  return (/:((?:\s+\d+)+)\s.*arch_timer/.exec(text)?.[1] ?? '').trim().split(/\s+/).map(Number);
}

for (const cpus of [1, 4]) {
  test(`Linux on GICv3, ${cpus} CPUs: its interrupts, its accesses, its life`, LIMITS, (t) =>
    withClient(async (client) => {
      const linux = await Linux.boot(t, { gic: 3, cpus });
      await attach(client, linux);
      const about = await client.gic('gic/describe', {});
      assert.deepEqual([about.gic, about.cpus], ['v3', cpus]);
      const { rows } = await client.gic('gic/irqs', {});
      const timers = rows.filter(({ intid, enabled }) => enabled && TIMERS.includes(intid));
      assert.equal(timers.length, cpus, 'each CPU has a timer enabled');

      // A line that is typed is an interrupt of the UART's: it is enabled, and its CPU takes it while the target runs.
      assert.equal(rows.find(({ intid }) => intid === 33)?.enabled, true);
      await go(client);
      await lives(linux);
      await pause(client);
      const { values } = await client.gic('gic/read', { frames: about.frames.map(({ id }) => id) });
      assert.ok(values.some(({ register, value }) => register === 'GICD_ISENABLER1' && value !== '0x0'));
      await client.request('disconnect', {});
      await lives(linux);
    }),
  );
}

test('Linux on GICv3: stops before its accesses to the controller, at virtual addresses', LIMITS, (t) =>
  withClient(async (client) => {
    const linux = await Linux.boot(t, { gic: 3, cpus: 2 });
    await attach(client, linux);
    // Moving an interrupt to another CPU writes GICD_IROUTER.
    linux.qemu.type('i=$(grep pl011 /proc/interrupts | cut -d: -f1); echo 2 > /proc/irq/$((i))/smp_affinity\n');
    await client.gic('gic/step', { direction: 'forward', until: 'access.register == GICD_IROUTER33' });
    await client.stoppedEvent();
    const { entries } = await client.gic('gic/journal', { start: 0, count: 10_000 });
    assert.match(entries.at(-1)?.text ?? '', /^write GICD_IROUTER33 = 0x1: INTID 33 to affinity 0\.0\.0\.1/);
    await client.request('disconnect', {});
    await lives(linux);
  }),
);

test('Linux on GICv2 with 2 CPUs: read 100 times by its CPUs, and both live', LIMITS, (t) =>
  withClient(async (client) => {
    const linux = await Linux.boot(t, { gic: 2, cpus: 2 });
    // CPUs that are busy in user code, and in the kernel.
    await linux.shell('for n in 0 1; do (while :; do cat /proc/stat > /dev/null; done) & done');
    await attach(client, linux);
    let whole = 0;
    for (let n = 0; n < 100; n++) {
      const { values } = await client.gic('gic/read', {
        frames: ['GICD'],
        registers: ['GICD_CTLR', 'GICD_ISENABLER0', 'GICD_ITARGETSR0'],
      });
      const own = values
        .filter(({ register }) => register === 'GICD_ITARGETSR0')
        .map(({ vcpu, value }) => `${vcpu}:${value}`);
      if (own.join() === '0:0x1010101,1:0x2020202') whole++;
      for (const { register, value, unavailable } of values) {
        if (register === 'GICD_CTLR' && unavailable === undefined) assert.equal(value, '0x1');
      }
      await go(client);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await pause(client);
    }
    t.diagnostic(`${whole} of 100 reads found both CPUs awake`);
    assert.ok(whole >= 50, `${whole} of 100 reads were whole`);
    await client.request('disconnect', {});
    const before = await linux.shell('cat /proc/interrupts');
    await linux.shell('sleep 1');
    const after = await linux.shell('cat /proc/interrupts');
    const [one, two] = [ticks(before), ticks(after)];
    assert.ok(
      one.length === 2 && two.every((count, cpu) => count > (one[cpu] ?? 0)),
      `${one.join()} then ${two.join()}`,
    );
  }),
);
