import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { withClient, type DapClient } from '../dap/client.ts';
import { EXAMPLES, PEERS, type Target } from './peers.ts';
import { NO_QEMU, QEMU_VERSION } from './qemu.ts';

/*
 * What a session over a GDB stub can do: the same specs for QEMU and for this repository's own stub.
 */

const MAIN = path.join(EXAMPLES, 'main.c');
const UART_INTID = 33;

async function attach(client: DapClient, { target }: Target, more = {}): Promise<DebugProtocol.StoppedEvent> {
  await client.initialize();
  await client.request('attach', { target, ...more });
  await client.event('initialized');
  await client.request('configurationDone');
  return client.stoppedEvent();
}

/** Lets a target run for a while. */
async function runAndPause(client: DapClient, milliseconds: number): Promise<void> {
  await client.request('continue', { threadId: 1 });
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await client.request('pause', { threadId: 1 });
  await client.stoppedEvent();
}

const MACHINES = [
  { gic: 2, cpus: 1 },
  { gic: 2, cpus: 2 },
  { gic: 3, cpus: 1 },
  { gic: 3, cpus: 4 },
] as const;

for (const peer of PEERS) {
  for (const { gic, cpus } of MACHINES) {
    const name = `${peer.name}, GICv${gic}, ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`;
    const limits = { skip: peer.skip, timeout: 60_000 };

    test(`${name}: attach, read, edit, step accesses, run, interrupt, detach`, limits, (t) =>
      withClient(async (client) => {
        const target = await peer.start(t, { gic, cpus, program: 'guest.elf' });
        const entry = await attach(client, target, { program: path.join(EXAMPLES, 'guest.elf') });
        assert.equal(entry.body.reason, 'entry');
        const about = await client.gic('gic/describe', {});
        assert.deepEqual([about.gic, about.cpus, about.kind], [`v${gic}`, cpus, 'gdb']);

        // Every register of every frame is read, or says why it is not.
        const { values } = await client.gic('gic/read', { frames: about.frames.map(({ id }) => id) });
        const reasons = new Set(values.map(({ unavailable }) => unavailable).filter(Boolean));
        for (const reason of reasons)
          assert.match(String(reason), /write-only|acknowledges|executes nothing|powered off/);
        const typer = values.find(({ register }) => register === 'GICD_TYPER');
        assert.equal((Number(typer?.value) & 0x1f) > 0, true, 'GICD_TYPER says how many INTIDs there are');

        // An edit goes to the target, and what it kept is what is shown.
        const edit = await client.gic('gic/write', { target: `irq(${UART_INTID}).priority`, value: '0x48' });
        assert.deepEqual([edit.ok, edit.verdict, edit.after], [true, 'applied', '0x48']);
        assert.equal(await client.evaluate(`irq(${UART_INTID}).priority`), '0x48');
        const irqs = await client.gic('gic/irqs', {});
        assert.equal(irqs.rows.find(({ intid }) => intid === UART_INTID)?.priority, 0x48);

        // From one access to the next.
        const texts: string[] = [];
        for (let n = 0; n < 4; n++) {
          await client.gic('gic/step', { direction: 'forward' });
          await client.stoppedEvent();
          const { entries } = await client.gic('gic/journal', { start: 0, count: 100 });
          texts.push(entries.at(-1)?.text ?? '');
        }
        assert.match(texts[0] ?? '', /^write GICD_CTLR/);
        const { entries } = await client.gic('gic/journal', { start: 0, count: 100 });
        assert.ok(
          entries.some(({ remark }) => /^was 0x\w+, is 0x\w+$/.test(remark ?? '')),
          'what an access changed',
        );

        // A source breakpoint in a handler, its stack through the exception.
        const [breakpoint] = await client.setBreakpoints(MAIN, { line: 48 });
        assert.equal(breakpoint?.verified, true);
        const stop = await client.go('continue');
        assert.equal(stop.body.reason, 'breakpoint');
        const { stackFrames } = await client.request<{ stackFrames: DebugProtocol.StackFrame[] }>('stackTrace', {
          threadId: stop.body.threadId,
        });
        const stack = stackFrames.map((frame) => frame.name).join(' < ');
        assert.match(stack, /^timer_interrupt < handle_interrupt < irq < .*\(interrupted\).* < main/);
        await client.setBreakpoints(MAIN);

        // The target is left, and runs to its end.
        await client.request('disconnect', {});
        assert.match(await target.says('guest: done'), /guest: done/);
      }),
    );

    test(`${name}: an interrupt that never came is enabled, and arrives`, limits, (t) =>
      withClient(async (client) => {
        const target = await peer.start(t, { gic, cpus, program: 'guest-buggy.elf' });
        await attach(client, target, { program: path.join(EXAMPLES, 'guest-buggy.elf') });
        // Where its interrupt should have come; a GICv2 of several CPUs that all sleep can be neither read nor written.
        await client.setBreakpoints(MAIN, { line: 157 });
        await client.go('continue');
        await client.setBreakpoints(MAIN);
        const { verdict } = await client.gic('gic/explain', { intid: UART_INTID });
        assert.match(verdict, /disabled/);
        const edit = await client.gic('gic/write', { target: `GICD_ISENABLER[${UART_INTID}]`, value: '1' });
        assert.deepEqual([edit.ok, edit.verdict], [true, 'applied']);
        await client.request('continue', { threadId: 1 });
        assert.match(await target.says('guest: done'), /guest: done/);
        await client.event('terminated');
      }),
    );

    test(`${name}: steps by line and by instruction, memory, registers`, limits, (t) =>
      withClient(async (client) => {
        const target = await peer.start(t, { gic, cpus, program: 'guest.elf' });
        await attach(client, target, { program: path.join(EXAMPLES, 'guest.elf') });
        await client.setBreakpoints(MAIN, { line: 128 });
        await client.go('continue');
        await client.setBreakpoints(MAIN);
        const first = await client.frame(1);
        await client.go('next');
        const second = await client.frame(1);
        assert.equal(second.name, first.name);
        assert.ok(second.line > first.line, `${second.line} is behind ${first.line}`);
        const pc = second.instructionPointerReference ?? '';
        const { data } = await client.request<{ data: string }>('readMemory', { memoryReference: pc, count: 4 });
        const { instructions } = await client.request<{ instructions: DebugProtocol.DisassembledInstruction[] }>(
          'disassemble',
          { memoryReference: pc, instructionCount: 1 },
        );
        const bytes = Buffer.from(data, 'base64').toString('hex');
        assert.equal(instructions[0]?.instructionBytes?.replaceAll(' ', ''), bytes);
        const registers = await client.variables(second.id, 'CPU registers');
        assert.equal(BigInt(registers.find(({ name: one }) => one === 'pc')?.value ?? 0), BigInt(pc));
        await runAndPause(client, 100).catch(() => undefined);
        await client.request('disconnect', {});
      }),
    );
  }

  test(`${peer.name}: left running, and attached to again`, { skip: peer.skip, timeout: 60_000 }, async (t) => {
    const target = await peer.start(t, { gic: 3, cpus: 1, program: 'guest-buggy.elf' });
    await withClient(async (client) => {
      await attach(client, target);
      await client.request('continue', { threadId: 1 });
      await target.says('nested 1');
      await client.request('disconnect', {});
    });
    await withClient(async (client) => {
      await attach(client, target);
      assert.equal(await client.evaluate('irq(27).enabled'), 'true');
      const edit = await client.gic('gic/write', { target: `irq(${UART_INTID}).enabled`, value: '1' });
      assert.equal(edit.verdict, 'applied');
      await client.request('disconnect', {});
    });
    await target.says('guest: done');
  });

  test(`${peer.name}: system registers, and the CPU interface of a CPU`, { skip: peer.skip, timeout: 60_000 }, (t) =>
    withClient(async (client) => {
      const target = await peer.start(t, { gic: 3, cpus: 2, program: 'guest.elf' });
      await attach(client, target);
      const scopes = async (): Promise<string[]> => {
        const { id } = await client.frame(1);
        const found = await client.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: id });
        return found.scopes.map((scope) => scope.name);
      };
      const names = await scopes();
      for (const name of ['CPU registers', 'System registers', 'GIC CPU interface'])
        assert.ok(names.includes(name), name);
      const { id } = await client.frame(1);
      const system = await client.variables(id, 'System registers');
      assert.ok(system.some(({ name, value }) => /^(VBAR|ELR)/.test(name) && /^0x/.test(value)));
      // What changes unseen cannot be watched, and says so.
      const info = await client.request<{ dataId: string | null; description: string }>('dataBreakpointInfo', {
        name: 'GICD_CTLR',
      });
      assert.equal(info.dataId, null);
      assert.match(info.description, /changes unseen while it runs/);
      const own = await client.variables(id, 'GIC CPU interface');
      assert.match(own.find(({ name }) => name === 'ICC_PMR_EL1')?.value ?? '', /^0x/);
      await client.request('disconnect', {});
    }),
  );
}

test(
  'QEMU before 10: writes at virtual addresses are dropped, which is found out',
  { skip: dropsNothing(), timeout: 60_000 },
  (t) =>
    withClient(async (client) => {
      const [qemu] = PEERS;
      assert.ok(qemu);
      const target = await qemu.start(t, { gic: 3, cpus: 1, program: 'guest.elf' });
      await attach(client, target, { memoryAccess: 'virtual' });
      const edit = await client.gic('gic/write', { target: 'GICD_ISENABLER[33]', value: '1' });
      assert.deepEqual([edit.verdict, edit.after], ['ignored', '0x0']);
      assert.match(edit.problems[0]?.message ?? '', /drops them.*"memoryAccess" to "physical"/);
      await client.request('disconnect', {});
    }),
);

function dropsNothing(): string | false {
  if (NO_QEMU !== false) return NO_QEMU;
  return Number.parseInt(QEMU_VERSION ?? '', 10) >= 10 && 'this QEMU takes them';
}
