import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStubAddress } from '../../../adapter/guest/gdb/transport.ts';
import { decide, type RawConfiguration } from '../../../extension/configuration/decide.ts';
import { finish } from '../../../extension/configuration/finish.ts';
import { problemWithTarget } from '../../../extension/configuration/target.ts';

const nothing = { activeFile: undefined, recognised: undefined };

/** A command with a stub, and nothing else. */
const server = { command: 'qemu-system-aarch64' };

/** Why a configuration is refused; undefined where it is not. */
function refusal(raw: RawConfiguration): string | undefined {
  const decision = decide({ type: 'gic', ...raw }, nothing);
  return decision.kind === 'error' ? decision.message : undefined;
}

test('a request that there is not is refused', () => {
  assert.equal(
    refusal({ request: 'restart', program: 'a' }),
    'GIC Inspector can “launch” a program, a recording or a server, and “attach” to a GDB stub; it cannot “restart”.',
  );
});

test('F5 with a configuration for a stub takes it as it is, whatever file is open', () => {
  const around = { activeFile: '/w/boot.log', recognised: { kind: 'qemu', summary: 'QEMU trace log' } } as const;
  const cases: [RawConfiguration, RawConfiguration][] = [
    [
      { request: 'attach' },
      { request: 'attach', name: 'GIC: localhost:1234', target: 'localhost:1234', stopOnEntry: true },
    ],
    [
      { request: 'attach', target: null },
      { request: 'attach', name: 'GIC: localhost:1234', target: 'localhost:1234', stopOnEntry: true },
    ],
    [
      { request: 'attach', name: 'n', target: ':3333', program: ' a.elf ', stopOnEntry: false },
      { request: 'attach', name: 'n', target: ':3333', program: 'a.elf', stopOnEntry: false },
    ],
    [
      { request: 'launch', name: 'n', server, program: '' },
      { request: 'launch', name: 'n', server, target: 'localhost:1234', stopOnEntry: true },
    ],
    [
      { request: 'launch', name: 'n', server, timeout: 30, memoryAccess: 'physical', borrowCpus: false },
      {
        request: 'launch',
        name: 'n',
        server,
        timeout: 30,
        memoryAccess: 'physical',
        borrowCpus: false,
        target: 'localhost:1234',
        stopOnEntry: true,
      },
    ],
  ];
  for (const [raw, configuration] of cases) {
    const decision = decide({ type: 'gic', ...raw }, around);
    assert.deepEqual(decision, { kind: 'start', configuration: { type: 'gic', ...configuration } });
  }
});

test('what is wrong with an attribute is said, and where', () => {
  const cases: [string, unknown, string][] = [
    ['target', 1234, '“target” has to be an address such as "localhost:1234", as a string.'],
    ['target', 'localhost', '“target” is "localhost", without a port: it has to be "HOST:PORT",'],
    ['target', 'localhost:99999', '“target” is "localhost:99999": the port has to be a number from 1 to 65535.'],
    ['program', 4, '“program” has to be a path, as a string.'],
    ['symbols', 'a.elf', '“symbols” has to be a list of paths.'],
    ['symbols', ['a.elf', 1], '“symbols[1]” has to be a path, as a string.'],
    ['sourceMap', ['/a'], '“sourceMap” has to be an object'],
    ['sourceMap', { '/build': 1 }, '“sourceMap./build” has to be a path, as a string.'],
    ['controller', 'v3', '“controller” has to be an object, of version, dist,'],
    ['controller', { distributor: '0x1000' }, '“controller.distributor” is not known: there are version, dist,'],
    ['controller', { constructor: '0x1000' }, '“controller.constructor” is not known'],
    ['controller', { version: 'v4' }, '“controller.version” is "v4": it has to be one of "v2", "v3".'],
    ['controller', { dist: 0x8000000 }, '“controller.dist” has to be an address such as "0x08000000", as a string.'],
    ['controller', { cpuif: '8010000' }, '“controller.cpuif” is "8010000": it has to be an address'],
    ['controller', { redist: ['0x80a0000', '0xg'] }, '“controller.redist[1]” is "0xg": it has to be an address'],
    ['controller', { its: '0x12345678901234' }, '“controller.its” is "0x12345678901234": it has to be an address'],
    ['controller', { cpus: 0 }, '“controller.cpus” is 0: it has to be a whole number from 1 to 512, without quotes.'],
    ['controller', { cpus: '2' }, '“controller.cpus” is "2": it has to be a whole number'],
    ['controller', { spis: 989 }, '“controller.spis” is 989: it has to be a whole number from 0 to 988'],
    ['deviceTree', 0x40000000, '“deviceTree” has to be a path, or an address such as "0x40000000", as a string.'],
    ['deviceTree', '0x4000000q', '“deviceTree” is "0x4000000q": an address has 0x and 1 to 13 hexadecimal digits.'],
    ['board', 'no-such-board', '“board” is "no-such-board": it has to be one of "qemu-virt-v2", "qemu-virt-v3",'],
    ['memoryAccess', 'phys', '“memoryAccess” is "phys": it has to be one of "auto", "physical", "virtual".'],
    ['borrowCpus', 'false', '“borrowCpus” has to be true or false, without quotes.'],
    ['timeout', '5', '“timeout” is "5": it has to be a number from 0.1 to 600, without quotes.'],
    ['timeout', 0, '“timeout” is 0: it has to be a number from 0.1 to 600'],
    ['stopOnEntry', 'yes', '“stopOnEntry” has to be true or false, without quotes.'],
    ['console', 'externalTerminal', '“console” is "externalTerminal": it has to be one of "integratedTerminal",'],
    ['gic', 'v2', '“gic” is for simulated machines and recordings: here it is “controller.version”.'],
    [
      'args',
      'quiet',
      "“args” is the command line of the simulated machine's guest: the server's arguments are “server.args”.",
    ],
    ['gdbPort', 1234, '“gdbPort” is for the simulated machine: it means nothing to a GDB stub.'],
  ];
  for (const [name, value, begins] of cases) {
    for (const raw of [{ request: 'attach' }, { request: 'launch', server }]) {
      const message = refusal({ ...raw, [name]: value });
      assert.ok(message?.startsWith(begins), `${name}: ${JSON.stringify(value)}: ${message ?? 'taken'}`);
    }
  }
});

test('a server is a command, and for launching only', () => {
  const cases: [RawConfiguration, string][] = [
    [{ server: 'qemu -S' }, '“server” has to be an object, of command, args, cwd, env.'],
    [{ server: {} }, '“server.command” is missing.'],
    [{ server: { command: ' ' } }, '“server.command” is empty.'],
    [{ server: { command: 'qemu -S' } }, '“server.command” has arguments in it: they belong into “server.args”.'],
    [{ server: { command: 'q', args: '-S' } }, '“server.args” has to be a list of arguments, each a string.'],
    [{ server: { command: 'q', args: ['-smp', 2] } }, '“server.args[1]” has to be text, as a string.'],
    [{ server: { command: 'q', cwd: '' } }, '“server.cwd” is empty.'],
    [{ server: { command: 'q', env: { A: 1 } } }, '“server.env.A” has to be text, as a string.'],
    [{ server: { command: 'q', argv: [] } }, '“server.argv” is not known: there are command, args, cwd, env.'],
    [
      { request: 'attach', server },
      '“server” needs "request": "launch": an “attach” configuration connects to a stub that runs already.',
    ],
    [
      { program: 'a.elf', target: ':1' },
      '“target” is for a GDB stub: "request": "attach" connects to one that runs, and “server” names a command that starts one.',
    ],
    [{ program: 'a.elf', board: 'qemu-virt-v3' }, '“board” is for a GDB stub:'],
  ];
  for (const [raw, begins] of cases) {
    const message = refusal({ request: 'launch', ...raw });
    assert.ok(message?.startsWith(begins), `${JSON.stringify(raw)}: ${message ?? 'taken'}`);
  }
  const fine = { command: '/opt/my tools/qemu', args: ['-append', '', 'a b'], cwd: 'build', env: { A: '' } };
  assert.equal(refusal({ request: 'launch', server: fine }), undefined);
});

test('values that VS Code puts in later are looked at later', async () => {
  const raw = {
    request: 'attach',
    target: '${input:stub}',
    timeout: '${config:gic.timeout}',
    controller: { dist: '${input:base}' },
  };
  assert.equal(refusal(raw), undefined);
  assert.deepEqual(await finish({ ...raw, target: 'nowhere', timeout: 5, controller: {} }, '/w'), {
    problem: refusal({ request: 'attach', target: 'nowhere' }),
  });
});

test('what is taken for an address of a stub, the adapter takes, too', () => {
  const good = [
    'localhost:1234',
    ':1234',
    '1234',
    '192.168.0.7:3333',
    '[::1]:1',
    'tcp::65535',
    'tcp:host:2',
    '/run/q.sock',
    'unix:/q',
    './q.sock',
  ];
  const bad = [
    '',
    ':',
    'host',
    'host:',
    'host:0',
    'host:65536',
    'host:12x',
    '::1:1234',
    'a b:1',
    'unix:',
    'udp:host:1',
    'run/q.sock',
  ];
  for (const target of good) {
    assert.equal(problemWithTarget(target), undefined, target);
    assert.doesNotThrow(() => parseStubAddress(target), target);
  }
  for (const target of bad) {
    assert.notEqual(problemWithTarget(target), undefined, target);
    assert.throws(() => parseStubAddress(target), target);
  }
});
