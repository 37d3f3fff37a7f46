import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { serveGdb } from '../../adapter/serve/listen.ts';
import { exampleGuest } from '../unit/rsp/guest.ts';
import { GUEST, ROOT, Transcript, withServer } from './server.ts';

const GDB = 'gdb-multiarch';
const PROBE = spawnSync(GDB, ['--version'], { encoding: 'utf8' });
/** Null where it cannot be run. */
const VERSION = PROBE.error === undefined ? (/\d+(?=\.\d)/.exec(PROBE.stdout)?.[0] ?? '') : null;
const LIMITS = { timeout: 60_000, skip: VERSION === null && `${GDB} is not installed` };
const directory = mkdtempSync(path.join(tmpdir(), 'gic-gdb-'));
after(() => rmSync(directory, { recursive: true }));

const PREAMBLE = [
  'set pagination off',
  'set width 0',
  'set trace-commands on',
  `file ${GUEST}`,
  'directory examples/guest',
];

/** A line "Ctrl-C when TEXT" interrupts GDB once the guest has printed the text, while the command before it runs. */
async function gdb(port: number, commands: readonly string[], guest: Transcript): Promise<string> {
  const script = path.join(directory, `${port}.gdb`);
  const written = commands.filter((command) => !command.startsWith('Ctrl-C'));
  writeFileSync(script, [...PREAMBLE, `target remote localhost:${port}`, ...written, ''].join('\n'));
  // Both streams as one, so that the transcript is in the order in which things were said.
  const words = ['-c', `exec ${GDB} -nx -batch -x "$0" 2>&1`, script];
  const child = spawn('sh', words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const transcript = new Transcript(child.stdout);
  for (const command of commands) {
    const text = /^Ctrl-C when (.*)$/.exec(command)?.[1];
    if (text === undefined) continue;
    await Promise.race([guest.has(new RegExp(text)), closed]);
    child.kill('SIGINT');
  }
  await closed;
  return transcript.text
    .replaceAll(ROOT, '.')
    .replaceAll(script, 'SCRIPT')
    .replaceAll(`localhost:${port}`, 'localhost:PORT');
}

/** What GDB prints differs between its versions: exact text is compared for the one that was blessed. */
function golden(name: string, text: string): void {
  const head = `GDB ${VERSION}\n`;
  const whole = head + text;
  const file = path.join(import.meta.dirname, `${name}.golden.txt`);
  if (process.env['BLESS'] === '1') writeFileSync(file, whole);
  assert.ok(existsSync(file), `${file} is missing: BLESS=1 writes it`);
  const expected = readFileSync(file, 'utf8');
  if (expected.startsWith(head)) assert.equal(whole, expected);
}

const TOUR = [
  'info threads',
  'break gic_init_distributor',
  'continue',
  'backtrace',
  'info registers',
  'print/x $VBAR_EL1',
  'print $SCTLR_EL1',
  'print/x $ICC_CTLR_EL1',
  'x/4i $pc',
  'print/x $v0.q.u',
  'set var $v0.d.u[1] = 0x1234',
  'print/x $v0.d.u',
  'x/2xw 0x08000000',
  'watch *(unsigned*)0x08000104',
  'continue',
  'x/2i $pc - 4',
  'monitor gic irqs',
  'monitor gic read irq(33).priority',
  'monitor gic write irq(33).priority = 0x40',
  'monitor gic explain 33',
  'set var *(unsigned*)0x08000108 = 4',
  'monitor gic read GICD_ISENABLER2',
  'delete',
  'break secondary_main',
  'continue',
  'info threads',
  'stepi',
  'thread 1',
  'stepi',
  'info threads',
];

test('a tour of a guest with GDB itself', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output }) => {
    const text = await gdb(port, TOUR, output);
    const told = [
      /\* 1 +Thread 1 "vCPU 0" \(EL1\) +_start/,
      /2 +Thread 2 "vCPU 1" \(powered off\)/,
      /Breakpoint 1, gic_init_distributor \(\)/,
      /#1 +0x\w+ in main \(\) at \.\/main\.c:129/,
      /cpsr +0x\w+ +\[.* EL=1 /,
      /\$1 = 0x40100800/,
      /Old value = 0\nNew value = 2\n/,
      /33 +SPI +- +idle +low +yes +0x80/,
      /irq\(33\)\.priority: 0x80 -> 0x40/,
      /Thread 2 "vCPU 1" hit Breakpoint 3, secondary_main/,
      /\* 2 +Thread 2 "vCPU 1" \(EL1\)/,
    ];
    for (const pattern of told) assert.match(text, pattern);
    golden('tour', text);
  }),
);

test('Ctrl-C while the guest runs, and a detach that lets it go on to its end', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output, exited }) => {
    const text = await gdb(
      port,
      [
        'break uart_send_by_interrupt',
        'continue',
        'print/x *(unsigned*)power_off',
        // A branch to itself: the guest prints its last line, and spins.
        'set var *(unsigned*)power_off = 0x14000000',
        'continue',
        'Ctrl-C when guest: done',
        'x/i $pc',
        'set var *(unsigned*)power_off = $1',
        'detach',
      ],
      output,
    );
    assert.match(text, /received signal SIGINT, Interrupt\.\n.*power_off \(\)/);
    golden('interrupt', text);
    assert.equal(await exited, 0);
    assert.match(output.text, /preemption: nested 1\nuart: sent by interrupt\nguest: done\n$/);
  }),
);

test('the guest powers off under GDB, and the command ends', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output, exited }) => {
    assert.match(await gdb(port, ['continue'], output), /\[Inferior 1 \(Remote target\) exited normally\]/);
    assert.equal(await exited, 0);
  }),
);

test('one debugger after another, and a kill that ends the command', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output, exited }) => {
    const first = await gdb(port, ['break main', 'continue', 'delete', 'disconnect'], output);
    assert.match(first, /Breakpoint 1, main \(\)/);
    const second = await gdb(port, ['backtrace', 'kill'], output);
    assert.match(second, /#0 +main \(\)/);
    assert.equal(await exited, 0);
  }),
);

test('memory at physical addresses, behind the MMU', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output }) => {
    const text = await gdb(
      port,
      [
        // On, without tables. An error ends GDB's script, so it comes last.
        ...['set var $SCTLR_EL1 = 1ul', 'maintenance packet Qqemu.PhyMemMode:1', 'x/xw 0x08000004'],
        ...['maintenance packet Qqemu.PhyMemMode:0', 'x/xw 0x08000004'],
      ],
      output,
    );
    assert.match(text, /0x8000004:\t0x00480008\n[^]*Cannot access memory at address 0x8000004\n/);
  }),
);

test('a second GDB is told that there is one, and the first goes on', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output }) => {
    const first = connect(port, '127.0.0.1');
    const heard = new Transcript(first);
    first.write('$?#3f');
    await heard.has(/T05/);
    assert.match(await gdb(port, [], output), /another debugger is connected/);
    first.write('$?#3f');
    await heard.has(/T05[^]*T05/);
    first.destroy();
  }),
);

test('a guest that was detached runs on, is stopped by who connects, and steps', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output }) => {
    // A branch to itself, so that it does not end meanwhile.
    const first = await gdb(port, ['set var *(unsigned*)power_off = 0x14000000', 'detach'], output);
    assert.match(first, /\[Inferior 1 \(Remote target\) detached\]/);
    await output.has(/guest: done/);
    const second = await gdb(port, ['x/i $pc', 'stepi', 'x/i $pc', 'kill'], output);
    assert.equal(second.match(/=> 0x\w+ <power_off>:\tb\t0x\w+ <power_off>/g)?.length, 2);
  }),
);

test('a vCPU that is off can be stepped, which does nothing and does not hang', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output }) => {
    const text = await gdb(port, ['set scheduler-locking on', 'thread 2', 'stepi', 'print $pc', 'kill'], output);
    assert.match(text, /\$1 = \(void \(\*\)\(\)\) 0x0\n/);
  }),
);

test('two CPUs under scheduler-locking, and a read watchpoint on memory', LIMITS, () =>
  withServer(['--cpus', '2', GUEST], async ({ port, output }) => {
    const text = await gdb(
      port,
      [
        ...['break secondary_main', 'continue', 'delete', 'set scheduler-locking on', 'stepi 3', 'info threads'],
        ...['set scheduler-locking off', 'thread 1', 'rwatch secondary_ready', 'continue', 'backtrace'],
      ],
      output,
    );
    assert.match(text, /hit Hardware read watchpoint \d+: secondary_ready\n\nValue = \d\n/);
    golden('threads', text);
  }),
);

test('while a session runs the guest, GDB looks, and is told why it may do no more', LIMITS, async () => {
  const server = await serveGdb(await exampleGuest(), 0, { busy: () => 'The session runs the guest.' });
  try {
    const text = await gdb(
      server.port,
      [
        ...['x/i $pc', 'x/xw 0x08000004', 'stepi', 'break main', 'continue', 'monitor gic write GICD_CTLR = 1'],
        ...['delete', 'set var $x0 = 1'],
      ],
      new Transcript(),
    );
    golden('busy', text);
    assert.equal(text.match(/The session runs the guest\./g)?.length, 3);
  } finally {
    await server.close();
  }
});
