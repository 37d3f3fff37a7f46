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
const UART = 33;

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

const MACHINES = [
  { gic: 2, cpus: 1 },
  { gic: 3, cpus: 1 },
  { gic: 3, cpus: 4 },
] as const;

for (const { gic, cpus } of MACHINES) {
  test(`Linux on GICv${gic}, ${cpus} CPUs: its interrupts, an edit of one, its life`, LIMITS, (t) =>
    withClient(async (client) => {
      const linux = await Linux.boot(t, { gic, cpus });
      await attach(client, linux);
      const about = await client.gic('gic/describe', {});
      assert.deepEqual([about.gic, about.cpus], [`v${gic}`, cpus]);
      const { rows } = await client.gic('gic/irqs', {});
      const timers = rows.filter(({ intid, enabled }) => enabled && TIMERS.includes(intid));
      assert.equal(timers.length, cpus, 'each CPU has a timer enabled');
      assert.equal(rows.find(({ intid }) => intid === UART)?.enabled, true);
      await go(client);
      await lives(linux);

      // Without its interrupt nothing that is typed arrives; enabled from the tree again, all of it does.
      await pause(client);
      const off = await client.gic('gic/write', { target: `GICD_ISENABLER[${UART}]`, value: '0' });
      assert.deepEqual([off.verdict, off.after], ['applied', '0x0']);
      await go(client);
      linux.qemu.type('echo deaf $((6 * 7))\n');
      await assert.rejects(linux.qemu.waitForOutput('deaf 42', 1000));
      await pause(client);
      const on = await client.gic('gic/write', { target: `GICD_ISENABLER[${UART}]`, value: '1' });
      assert.deepEqual([on.verdict, on.after], ['applied', '0x1']);
      await go(client);
      await linux.qemu.waitForOutput('deaf 42');
      await pause(client);
      const { values } = await client.gic('gic/read', { frames: about.frames.map(({ id }) => id) });
      assert.ok(values.some(({ register, value }) => register === 'GICD_ISENABLER1' && value !== '0x0'));
      await client.request('disconnect', {});
      await lives(linux);
    }),
  );
}

/** Moves the UART's interrupt to the second CPU, in a while: the kernel writes where it goes. */
const MOVE = 'i=$(grep pl011 /proc/interrupts | cut -d: -f1); (sleep 3; echo 2 > /proc/irq/$((i))/smp_affinity) &';
const ROUTES = [
  { gic: 2, register: 'GICD_ITARGETSR8', text: /^write GICD_ITARGETSR8 byte 1 = 0x2: targets of INTID 33 = 0x2/ },
  { gic: 3, register: 'GICD_IROUTER33', text: /^write GICD_IROUTER33 = 0x1: INTID 33 to affinity 0\.0\.0\.1/ },
] as const;

for (const { gic, register, text } of ROUTES) {
  test(`Linux on GICv${gic}, 2 CPUs: stops before its accesses to the controller, at virtual addresses`, LIMITS, (t) =>
    withClient(async (client) => {
      const linux = await Linux.boot(t, { gic, cpus: 2 });
      await linux.shell(MOVE);
      await attach(client, linux);
      await client.gic('gic/step', { direction: 'forward', until: `access.register == ${register}` });
      await client.stoppedEvent();
      const { entries } = await client.gic('gic/journal', { start: 0, count: 10_000 });
      assert.match(entries.at(-1)?.text ?? '', text);
      await client.request('disconnect', {});
      await lives(linux);
    }),
  );
}

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
