import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { Linux, noLinux } from './linux.ts';
import { NO_QEMU, Qemu } from './qemu.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const GUEST = path.join(ROOT, 'examples/guest/guest.elf');
const LIMITS = { timeout: 60_000, skip: NO_QEMU };
const LINUX_LIMITS = { timeout: 180_000, skip: await noLinux() };

async function simulated(gic: 2 | 3): Promise<string> {
  const words = ['--import', 'tsx', 'adapter/cli.ts', 'run', '--gic', `v${gic}`, '--cpus', '2', GUEST];
  const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await once(child, 'close');
  return text;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

for (const gic of [2, 3] as const) {
  test(`the example guest says on QEMU's GICv${gic} what it says on the simulated machine`, LIMITS, async (t) => {
    const qemu = await Qemu.start(t, { gic, cpus: 2, kernel: GUEST, running: true });
    assert.deepEqual(await qemu.died, { code: 0, signal: null });
    assert.match(qemu.output, /^guest: starting\n[^]*\nguest: done\n$/);
    assert.equal(qemu.output, await simulated(gic));
  });
}

test('a machine waits stopped, its stub listens, and its monitor lets it run', LIMITS, async (t) => {
  const qemu = await Qemu.start(t, { gic: 3, cpus: 2, kernel: GUEST });
  assert.match(await qemu.monitor('info status'), /^VM status: paused/);
  assert.equal(qemu.output, '');
  const socket = connect(qemu.port, '127.0.0.1');
  socket.write('$?#3f');
  const [reply] = (await once(socket, 'data')) as [Buffer];
  assert.equal(reply.toString(), '+$T05thread:01;#07');
  await qemu.monitor('cont');
  assert.equal(await qemu.waitForOutput('starting\n'), 'guest: starting\n');
  assert.equal(await qemu.waitForOutput(/ticks \d/), 'timer: ticks 5');
  socket.destroy();
});

test('what was waited for in vain is told with what was said, and so is a death', LIMITS, async (t) => {
  const qemu = await Qemu.start(t, { gic: 3, cpus: 2, kernel: GUEST, running: true });
  await assert.rejects(qemu.waitForOutput('no such text'), /no such text: QEMU ended with code 0[^]*guest: done/);
  await assert.rejects(qemu.monitor('info status'), /QEMU ended with code 0/);
  const stopped = await Qemu.start(t, { gic: 2, kernel: GUEST });
  await assert.rejects(stopped.waitForOutput(/anything/, 50), /anything\/: it did not come within 50 ms/);
  const waiting = assert.rejects(stopped.waitForOutput(/anything/), /QEMU died of SIGSEGV/);
  assert.deepEqual(await stopped.kill('SIGSEGV'), { code: null, signal: 'SIGSEGV' });
  await waiting;
});

test('what QEMU says to wrong options is told', LIMITS, async (t) => {
  const starting = Qemu.start(t, { gic: 2, kernel: GUEST, extra: ['-no-such-option'] });
  await assert.rejects(starting, /QEMU ended with code 1: .*-no-such-option: invalid option/);
});

test('none is left when a test ends, whether it ends well or not', LIMITS, async () => {
  const ends: (() => Promise<void>)[] = [];
  const qemu = await Qemu.start({ after: (end) => void ends.push(end) }, { gic: 2, kernel: GUEST });
  assert.ok(isAlive(qemu.pid));
  for (const end of ends) await end();
  assert.ok(!isAlive(qemu.pid));
  assert.deepEqual(await qemu.died, { code: null, signal: 'SIGKILL' });
});

for (const { gic, cpus } of [
  { gic: 2, cpus: 2 },
  { gic: 3, cpus: 1 },
  { gic: 3, cpus: 4 },
] as const) {
  test(`Debian's Linux on GICv${gic} with ${cpus} CPUs boots to its shell and answers`, LINUX_LIMITS, async (t) => {
    const linux = await Linux.boot(t, { gic, cpus });
    const interrupts = await linux.shell('cat /proc/interrupts');
    assert.equal(interrupts.split('\n')[0]?.match(/CPU\d/g)?.length, cpus);
    assert.match(interrupts, gic === 2 ? /GIC-0 +27 Level +arch_timer/ : /GICv3 +27 Level +arch_timer/);
    assert.equal(await linux.shell('echo -n 1'), '1');
    assert.match(await linux.virtualAddress(0x8000000).then(String), /^\d+$/);
    const [handler = 0n] = await linux.symbols('gic_handle_irq');
    assert.equal(handler >> 48n, 0xffffn);
    linux.qemu.type('poweroff -f\n');
    assert.deepEqual(await linux.qemu.died, { code: 0, signal: null });
  });
}
