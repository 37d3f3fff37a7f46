import assert from 'node:assert/strict';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ROOT, withClient, type DapClient } from './client.ts';

const GUEST = path.join(ROOT, 'examples/guest/guest.elf');
const BUGGY = path.join(ROOT, 'examples/guest/guest-buggy.elf');
const MAIN = path.join(ROOT, 'examples/guest/main.c');
const GIC = path.join(ROOT, 'examples/guest/gic-v3.c');

const frames = async (client: DapClient, threadId: number): Promise<DebugProtocol.StackFrame[]> =>
  (await client.request<{ stackFrames: DebugProtocol.StackFrame[] }>('stackTrace', { threadId })).stackFrames;

const names = async (client: DapClient, threadId: number): Promise<string[]> =>
  (await frames(client, threadId)).map(({ name }) => name);

/** Starts a guest up to its first instruction. */
async function start(client: DapClient, program = GUEST, more = {}): Promise<DebugProtocol.StoppedEvent> {
  return client.start(program, { cpus: 2, ...more });
}

/** Everything the guest has printed. */
function printed(client: DapClient): string {
  return client.messages
    .filter((message): message is DebugProtocol.OutputEvent => (message as DebugProtocol.Event).event === 'output')
    .filter(({ body }) => body.category === 'stdout')
    .map(({ body }) => body.output)
    .join('');
}

test('a program runs to its end, and says so', () =>
  withClient(async (client) => {
    const entry = await start(client);
    assert.equal(entry.body.reason, 'entry');
    assert.deepEqual(await names(client, 1), ['_start']);
    await client.request('continue', { threadId: 1 });
    const exited = await client.event<DebugProtocol.ExitedEvent>('exited');
    assert.equal(exited.body.exitCode, 0);
    await client.event('terminated');
    assert.match(printed(client), /timer: ticks 5\nsgi: answers 3\npreemption: nested 1\n/);
  }));

test('a source breakpoint in an interrupt handler shows the frame that was interrupted', () =>
  withClient(async (client) => {
    await start(client);
    const [breakpoint] = await client.setBreakpoints(MAIN, { line: 48 });
    assert.deepEqual([breakpoint?.verified, breakpoint?.line], [true, 48]);
    const stop = await client.go('continue');
    assert.equal(stop.body.reason, 'breakpoint');
    assert.deepEqual(stop.body.hitBreakpointIds, [breakpoint?.id]);
    const stack = await frames(client, stop.body.threadId ?? 0);
    assert.deepEqual([stack[0]?.line, stack[0]?.source?.path], [48, MAIN]);
    const text = stack.map(({ name }) => name).join(' < ');
    assert.match(text, /^timer_interrupt < handle_interrupt < irq < .*\(interrupted\).* < main/);
  }));

test('steps go by line, into calls and over them, and by instruction', () =>
  withClient(async (client) => {
    await start(client);
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'main' }] });
    const stop = await client.go('continue');
    assert.equal(stop.body.reason, 'function breakpoint');
    const at = async (): Promise<string> => {
      const [top] = await frames(client, 1);
      return `${top?.name ?? ''}:${top?.line ?? 0}`;
    };
    const first = await at();
    assert.match(first, /^main:/);
    await client.go('next');
    const second = await at();
    assert.match(second, /^main:/);
    assert.notEqual(second, first);
    await client.go('stepIn');
    assert.match(await at(), /^(print|gic_init_distributor|uart_init)/);
    await client.go('stepOut');
    assert.match(await at(), /^main:/);
    const before = (await frames(client, 1))[0]?.instructionPointerReference;
    await client.request('next', { threadId: 1, granularity: 'instruction' });
    await client.stoppedEvent();
    assert.notEqual((await frames(client, 1))[0]?.instructionPointerReference, before);
  }));

test('the way to the next access stops before it, and goes back over those that were made', () =>
  withClient(async (client) => {
    await start(client);
    await client.gic('gic/step', { direction: 'forward' });
    const journal = await client.gic('gic/journal', { start: 0, count: 10 });
    assert.deepEqual([journal.position, journal.total], [0, 1]);
    assert.match(journal.entries[0]?.text ?? '', /^write GICD_CTLR = 0x10/);
    assert.match((await names(client, 1))[0] ?? '', /^gic_v3_init_distributor/);
    await client.gic('gic/step', { direction: 'forward' });
    await client.gic('gic/step', { direction: 'forward' });
    assert.equal((await client.gic('gic/journal', { start: 0, count: 1 })).position, 2);
    const control = async (): Promise<string> =>
      (await client.request<{ result: string }>('evaluate', { expression: 'GICD_CTLR' })).result;
    const now = await control();
    await client.gic('gic/step', { direction: 'backward' });
    assert.equal((await client.gic('gic/journal', { start: 0, count: 1 })).position, 1);
    assert.notEqual(await control(), now);
    assert.match(
      await client.refused('evaluate', { expression: 'irq(33).enabled = 1', context: 'repl' }),
      /shows the past/,
    );
    await client.gic('gic/step', { direction: 'forward' });
    assert.equal(await control(), now);
  }));

test('a way to an access that matches stops only there', () =>
  withClient(async (client) => {
    await start(client);
    await client.gic('gic/step', { direction: 'forward', until: 'access.register == "ICC_IAR1_EL1"' });
    const { position, entries } = await client.gic('gic/journal', { start: 0, count: 100 });
    assert.match(entries[position]?.text ?? '', /ICC_IAR1_EL1/);
    assert.match((await names(client, 1))[0] ?? '', /^gic_v3_acknowledge/);
  }));

test('an enable bit that the twin forgot brings its interrupt in', () =>
  withClient(async (client) => {
    await start(client, BUGGY);
    await client.request('continue', { threadId: 1 });
    for (;;) {
      const { body } = await client.event<DebugProtocol.OutputEvent>('output');
      if (body.output.includes('Every vCPU waits')) break;
    }
    await client.request('pause', { threadId: 1 });
    await client.stoppedEvent();
    const { verdict } = await client.gic('gic/explain', { intid: 33 });
    assert.match(verdict, /not enabled|disabled/);
    const write = await client.gic('gic/write', { target: 'GICD_ISENABLER[33]', value: '1' });
    assert.equal(write.ok, true);
    await client.request('continue', { threadId: 1 });
    assert.equal((await client.event<DebugProtocol.ExitedEvent>('exited')).body.exitCode, 0);
    assert.match(printed(client), /uart: sent by interrupt\nguest: done\n$/);
  }));

test('data breakpoints stop behind the access that made the change', () =>
  withClient(async (client) => {
    await start(client);
    const { dataId } = await client.request<{ dataId: string }>('dataBreakpointInfo', { name: 'irq(27).enabled' });
    await client.request('setDataBreakpoints', { breakpoints: [{ dataId }] });
    const stop = await client.go('continue');
    assert.equal(stop.body.reason, 'data breakpoint');
    assert.match(stop.body.description ?? '', /irq\(27(, 0)?\)\.enabled changed/);
    assert.match((await names(client, 1))[0] ?? '', /^gic_v3_enable_private/);
  }));

test('memory can be watched: the stop is before the access', () =>
  withClient(async (client) => {
    await start(client);
    const { dataId } = await client.request<{ dataId: string }>('dataBreakpointInfo', {
      name: '0x8000104',
      asAddress: true,
      bytes: 4,
    });
    const { breakpoints } = await client.request<{ breakpoints: DebugProtocol.Breakpoint[] }>('setDataBreakpoints', {
      breakpoints: [{ dataId, accessType: 'write' }],
    });
    const stop = await client.go('continue');
    assert.equal(stop.body.reason, 'data breakpoint');
    assert.deepEqual(stop.body.hitBreakpointIds, [breakpoints[0]?.id]);
    assert.match(stop.body.description ?? '', /^Before a store to 0x8000104, 4 bytes/);
    assert.match((await names(client, 1))[0] ?? '', /^gic_v3_enable_shared/);
    await client.request('setDataBreakpoints', { breakpoints: [] });
    await client.request('continue', { threadId: 1 });
    await client.event('terminated');
  }));

test('registers show and can be set; memory reads and writes; instructions disassemble', () =>
  withClient(async (client) => {
    await start(client);
    const [top] = await frames(client, 1);
    const { scopes } = await client.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: top?.id });
    const registers = scopes.find(({ name }) => name === 'CPU registers');
    assert(registers);
    const reference = registers.variablesReference;
    const set = await client.request<{ value: string }>('setVariable', {
      variablesReference: reference,
      name: 'x5',
      value: '0x1234',
    });
    assert.equal(set.value, '0x0000000000001234');
    assert.match(
      await client.refused('setVariable', { variablesReference: reference, name: 'x5', value: 'banana' }),
      /not a number/,
    );
    const at = top?.instructionPointerReference;
    assert(at);
    const { instructions } = await client.request<{ instructions: DebugProtocol.DisassembledInstruction[] }>(
      'disassemble',
      { memoryReference: at, instructionOffset: -1, instructionCount: 4 },
    );
    assert.equal(instructions.length, 4);
    assert.equal(instructions[1]?.symbol, '_start');
    assert.match(instructions[1].instruction, /^[a-z]/);
    const memory = await client.request<{ data: string }>('readMemory', { memoryReference: at, count: 8 });
    assert.equal(Buffer.from(memory.data, 'base64').length, 8);
    await client.request('writeMemory', { memoryReference: '0x40200000', data: Buffer.from('gic').toString('base64') });
    const again = await client.request<{ data: string }>('readMemory', { memoryReference: '0x40200000', count: 3 });
    assert.equal(Buffer.from(again.data, 'base64').toString(), 'gic');
  }));

test('both vCPUs are threads, and one that sleeps says so', () =>
  withClient(async (client) => {
    await start(client);
    const state = async (): Promise<string[]> =>
      (await client.request<{ threads: DebugProtocol.Thread[] }>('threads')).threads.map(({ name }) => name);
    assert.deepEqual(await state(), ['vCPU 0', 'vCPU 1 (off)']);
    await client.setBreakpoints(GIC, { line: 78 });
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'secondary_main' }] });
    let stop = await client.go('continue');
    while (stop.body.threadId !== 2) stop = await client.go('continue');
    assert.match((await names(client, 2))[0] ?? '', /secondary_main/);
  }));

test('what cannot be loaded is refused with the reason', () =>
  withClient(async (client) => {
    await client.request('initialize', { adapterID: 'gic' });
    const why = await client.refused('launch', { program: GUEST, memory: '3 bananas' });
    assert.match(why, /"memory" is not a size/);
    assert.match(await client.refused('launch', { program: GUEST, memory: '8M' }), /16 MB to 2048 MB/);
    assert.match(await client.refused('launch', { program: GUEST, profile: 'kvm-9' }), /no profile "kvm-9"/);
    assert.match(
      await client.refused('launch', { program: GUEST, address: '0x40000000' }),
      /cannot be put at 0x40000000/,
    );
  }));

test('a gdbPort that is taken is refused', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    await withClient(async (client) => {
      assert.match(
        await client.refused('launch', { program: GUEST, gdbPort: port }),
        new RegExp(`launch: "gdbPort" ${port}: port ${port} is taken by another program`),
      );
    });
  } finally {
    other.close();
  }
});

test('gdb shares a guest with the session: one side runs it at a time', () =>
  withClient(async (client) => {
    await start(client, GUEST, { gdbPort: 0 });
    const said = client.messages
      .map((message) => (message as DebugProtocol.OutputEvent).body)
      .find((body) => (body as { output?: string } | undefined)?.output?.includes('gdb can connect'));
    const port = Number(/localhost:(\d+)/.exec(said?.output ?? '')?.[1]);
    const socket = connect(port, '127.0.0.1');
    const heard: string[] = [];
    socket.on('data', (bytes: Buffer) => heard.push(bytes.toString('latin1')));
    const ask = async (packet: string, answer: RegExp): Promise<void> => {
      const sum = Buffer.from(packet).reduce((total, byte) => total + byte, 0) & 0xff;
      socket.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`);
      const deadline = Date.now() + 5000;
      while (!answer.test(heard.join(''))) {
        assert(Date.now() < deadline, heard.join(''));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      heard.length = 0;
      socket.write('+');
    };
    await ask('?', /\$T05/);
    await ask('vCont;s:1', /\$T05/);
    const stop = await client.stoppedEvent();
    assert.match(stop.body.description ?? '', /gdb has moved/);
    await client.go('next');
    socket.destroy();
    await client.request('continue', { threadId: 1 });
    await client.event('terminated');
  }));
