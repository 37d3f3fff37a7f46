import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ARCH } from '../../../adapter/gic/profiles/arch.ts';
import type { Profile } from '../../../adapter/gic/profiles/profile.ts';
import { DEFAULT_PROFILE } from '../../../adapter/gic/profiles/profiles.ts';
import { MachineTarget } from '../../../adapter/serve/machine-target.ts';
import type { GuestSharing } from '../../../adapter/serve/sharing.ts';
import { targetXml } from '../../../adapter/rsp/stub/target-xml.ts';
import type { SimulatedGuest } from '../../../adapter/guest/simulated/simulated-guest.ts';
import { Connection } from '../rsp/connection.ts';
import { AT, exampleGuest } from '../rsp/guest.ts';

interface Debugged {
  readonly guest: SimulatedGuest;
  readonly target: MachineTarget;
  readonly gdb: Connection;
}

async function debugged(sharing: GuestSharing = {}, gic: 'v2' | 'v3' = 'v3', profile?: Profile): Promise<Debugged> {
  const guest = await exampleGuest(gic, profile);
  const target = new MachineTarget(guest, sharing);
  return { guest, target, gdb: new Connection(target) };
}

const breakpoint = (address: bigint): string => `0,${address.toString(16)},4`;

function monitor(gdb: Connection, command: string): string {
  gdb.received.length = 0;
  gdb.send(`qRcmd,${Buffer.from(command).toString('hex')}`);
  assert.deepEqual([gdb.received[0], gdb.received.at(-1)], ['+', 'OK']);
  const digits = gdb.received.slice(1, -1).map((one) => one.slice(1));
  return Buffer.from(digits.join(''), 'hex').toString();
}

/** A stop reply without the registers it tells. */
const reason = (stop: string): string => stop.replace(/(?<=;)[0-9a-f]+:[0-9a-f]{16};/g, '');

describe('registers', () => {
  test('the description has the features GDB requires, and ours', async () => {
    const { target } = await debugged();
    const xml = targetXml(target);
    assert.deepEqual(
      [...xml.matchAll(/<feature name="([^"]+)"/g)].map((match) => match[1]),
      ['org.gnu.gdb.aarch64.core', 'org.gnu.gdb.aarch64.fpu', 'org.gicinspector.system', 'org.gicinspector.gic'],
    );
    const names = [...xml.matchAll(/<reg name="([^"]+)"[^>]*regnum="(\d+)"/g)];
    names.forEach((match, n) => assert.equal(match[2], String(n)));
    assert.deepEqual(
      names.slice(31, 35).map((match) => match[1]),
      ['sp', 'pc', 'cpsr', 'v0'],
    );
    assert.equal(new Set(names.map((match) => match[1])).size, names.length, 'a name twice');
  });

  test('no register acknowledges an interrupt by being read', async () => {
    const controllers = [DEFAULT_PROFILE, ARCH].flatMap((profile) => [
      { gic: 'v2' as const, profile },
      { gic: 'v3' as const, profile },
    ]);
    for (const { gic, profile } of controllers) {
      const { guest, target } = await debugged({}, gic, profile);
      guest.run(20_000);
      const names = target.registers.map(({ name }) => name);
      const mask = target.registers.find(({ name }) => /^(ICC_PMR_EL1|GICC_PMR)$/.test(name));
      assert.notEqual(mask?.read(1) ?? 0n, 0n, `${profile.name} ${gic}: the guest has not opened its interface`);
      assert.deepEqual(
        names.filter((name) => /IAR/.test(name)),
        [],
      );
      const before = guest.machine.gic.controller.state.words.slice();
      for (const register of target.registers) for (const { id } of target.threads) register.read(id);
      assert.deepEqual(guest.machine.gic.controller.state.words, before);
    }
  });

  test('every register that can be written reads back', async () => {
    const { target } = await debugged();
    for (const register of target.registers) {
      const { name, bits } = register;
      const value = register.read(2);
      if (register.write === null) continue;
      assert.ok(register.write(2, name === 'cpsr' ? 5n : 0x10n), name);
      assert.equal(register.read(2), name === 'cpsr' ? 5n : 0x10n, `${name}, ${bits} bits`);
      register.write(2, value);
    }
  });

  test('a mode that does not exist is refused', async () => {
    const { gdb } = await debugged();
    assert.equal(gdb.ask('P21=0d000000'), 'E16');
    assert.equal(gdb.ask('P21=04000000'), 'OK');
  });
});

describe('memory', () => {
  test('code can be read and changed, and what is executed changes', async () => {
    const { gdb, guest } = await debugged();
    assert.equal(gdb.ask(`M${AT.start.toString(16)},4:1f2003d5`), 'OK');
    assert.equal(gdb.ask(`m${AT.start.toString(16)},4`), '1f2003d5');
    assert.equal(reason(await gdb.go('vCont;s:1')), 'T05thread:1;');
    assert.equal(guest.machine.core.pc(0), AT.start + 4n);
  });

  test('frames of the controller, as they are; writes are accesses', async () => {
    const { gdb, guest } = await debugged();
    assert.equal(gdb.ask('m8000004,4'), '08004800');
    assert.equal(gdb.ask('m8000005,2'), '0048');
    assert.equal(gdb.ask('M8000104,4:02000000'), 'OK');
    assert.equal(gdb.ask('m8000104,4'), '02000000');
    assert.equal(guest.position, 1, 'an entry of time');
    assert.equal(gdb.ask('M8000105,1:ff'), 'E16', 'words only');
  });

  test('physical addresses go past the MMU; breakpoints do not', async () => {
    const { gdb, guest } = await debugged();
    const RAM = '40200000';
    assert.equal(gdb.ask(`M${RAM},4:01020304`), 'OK');
    // An MMU that is on without tables translates nothing.
    const { core } = guest.machine;
    const number = (name: string): string =>
      new MachineTarget(guest).registers.findIndex((one) => one.name === name).toString(16);
    assert.equal(gdb.ask(`P${number('SCTLR_EL1')}=0100000000000000`), 'OK');
    core.forget();
    assert.equal(gdb.ask(`m${RAM},4`), 'E0e');
    assert.equal(gdb.ask('m8000004,4'), 'E0e');
    assert.equal(gdb.ask('Qqemu.PhyMemMode:1'), 'OK');
    assert.equal(gdb.ask(`m${RAM},4`), '01020304');
    assert.equal(gdb.ask('m8000004,4'), '08004800', 'the distributor');
    assert.equal(gdb.ask(`M${RAM},4:05060708`), 'OK');
    assert.equal(gdb.ask(`m${RAM},4`), '05060708');
    assert.equal(gdb.ask('M8000104,4:02000000'), 'OK');
    assert.equal(gdb.ask('m8000104,4'), '02000000');
    assert.equal(gdb.ask('m9000000,4'), 'E0e', 'other devices are not touched');
    assert.equal(gdb.ask('mfffffffffffffffc,8'), 'E0e');
    assert.equal(gdb.ask('Mfffffffffffffffc,4:00000000'), 'E16');
    // Across the end of RAM: 64 MB from 0x40000000.
    assert.equal(gdb.ask('m43fffffe,8'), '0000');
    assert.equal(gdb.ask('M43fffffe,8:0101010101010101'), 'E16');
    assert.equal(gdb.ask('m43fffffe,2'), '0000', 'nothing of it is written');
  });

  test('other devices are not touched, and nothing is not read', async () => {
    const { gdb } = await debugged();
    assert.equal(gdb.ask('m9000000,4'), 'E0e');
    assert.equal(gdb.ask('M9000000,4:41000000'), 'E16');
    assert.equal(gdb.ask('mfffffffffffffffc,8'), 'E0e');
  });
});

describe('running', () => {
  test('a stop tells x29, sp and pc of its thread, by their numbers in the description', async () => {
    const { gdb } = await debugged();
    gdb.ask(`Z${breakpoint(AT.powerOff)}`);
    const stop = await gdb.go('vCont;c');
    const told = [...stop.matchAll(/(?<=;)([0-9a-f]+):([0-9a-f]{16});/g)].map(([, number, value]) => ({
      number,
      value,
    }));
    assert.deepEqual(
      told,
      ['1d', '1f', '20'].map((number) => ({ number, value: gdb.ask(`p${number}`) })),
    );
    assert.equal(told[2]?.value, 'd410104000000000');
  });

  test('to a breakpoint, past it, to the end; there is nothing behind the end', async () => {
    const codes: number[] = [];
    const { gdb } = await debugged({ exited: (code) => codes.push(code) });
    gdb.ask('qSupported:swbreak+');
    assert.equal(gdb.ask(`Z${breakpoint(AT.powerOff)}`), 'OK');
    assert.equal(reason(await gdb.go('vCont;c')), 'T05thread:1;swbreak:;');
    assert.equal(gdb.ask('p20'), 'd410104000000000');
    assert.equal(reason(await gdb.go('vCont;s:1;c')), 'T05thread:1;');
    assert.equal(gdb.ask('p20'), 'd810104000000000');
    assert.equal(await gdb.go('vCont;c'), 'W00');
    assert.equal(await gdb.go('c'), 'W00');
    assert.deepEqual(codes, [0]);
  });

  test('a watchpoint on the distributor stops before the access, which a step then makes', async () => {
    const { gdb } = await debugged();
    assert.equal(gdb.ask('Z2,8000104,4'), 'OK');
    assert.equal(reason(await gdb.go('vCont;c')), 'T05thread:1;watch:8000104;');
    assert.equal(gdb.ask('p20'), '3c1b104000000000');
    assert.equal(gdb.ask('m8000104,4'), '00000000');
    assert.equal(gdb.ask('z2,8000104,4'), 'OK');
    assert.equal(reason(await gdb.go('vCont;s:1')), 'T05thread:1;');
    assert.equal(gdb.ask('m8000104,4'), '02000000');
  });

  test('an interrupt gets through while the guest spins', async () => {
    const { gdb } = await debugged();
    assert.equal(gdb.ask(`M${AT.start.toString(16)},4:00000014`), 'OK');
    const stop = gdb.go('vCont;c');
    setTimeout(() => gdb.stub.receive(Uint8Array.of(3)), 20);
    assert.equal(reason(await stop), 'T02thread:1;');
  });

  test('a single thread runs alone', async () => {
    const { gdb, guest } = await debugged();
    assert.equal(gdb.ask(`Z${breakpoint(AT.enables)}`), 'OK');
    assert.match(await gdb.go('vCont;c:1'), /^T05thread:1;/);
    assert.equal(guest.machine.core.pc(1), 0n);
  });

  test('after a detach the guest runs on by itself; who comes then stops it', async () => {
    let exited: (code: number) => void = () => undefined;
    const exit = new Promise<number>((resolve) => (exited = resolve));
    const { gdb, target, guest } = await debugged({ exited: (code) => exited(code) });
    assert.equal(gdb.ask(`Z${breakpoint(AT.powerOff)}`), 'OK');
    assert.equal(gdb.ask('D'), 'OK');
    assert.ok(target.running);
    const second = new Connection(target);
    assert.ok(!target.running);
    assert.equal(reason(second.ask('?')), 'T05thread:1;');
    assert.equal(second.ask('D'), 'OK');
    assert.equal(await exit, 0);
    assert.deepEqual(guest.machine.core.stops.breakpoints, []);
  });
});

describe('sharing a guest with its session', () => {
  test('while the session runs it, GDB may look', async () => {
    const { gdb } = await debugged({ busy: () => 'the session runs it' });
    assert.equal(gdb.ask('m8000004,4'), '08004800');
    assert.equal(gdb.ask('M8000104,4:02000000'), 'E16');
    assert.equal(gdb.ask('P0=0000000000000000'), 'E16');
    assert.equal(monitor(gdb, 'gic write irq(40).enabled = 1'), 'the session runs it\n');
    assert.equal(monitor(gdb, 'gic read irq(40).enabled'), 'false\n');
    assert.equal(reason(await gdb.go('vCont;c')), 'T02thread:1;');
  });

  test("the session's breakpoints stay its own, and it hears of what GDB does", async () => {
    let changes = 0;
    const { gdb, guest } = await debugged({ changed: () => changes++ });
    const { core } = guest.machine;
    core.stops.setBreakpoints([AT.start + 4n]);
    const watchpoint = { address: 0x4000_0000n, length: 4, read: true, write: false };
    core.stops.setWatchpoints([watchpoint]);
    assert.equal(gdb.ask(`Z${breakpoint(AT.enables)}`), 'OK');
    assert.equal(reason(await gdb.go('vCont;c')), 'T05thread:1;');
    assert.equal(core.pc(0), AT.enables);
    assert.equal(changes, 1);
    assert.deepEqual([core.stops.breakpoints, core.stops.watchpoints], [[AT.start + 4n], [watchpoint]]);
  });
});

describe('monitor', () => {
  test('reads, writes and explains as vCPUs see it', async () => {
    const { gdb } = await debugged();
    assert.equal(monitor(gdb, 'gic read GICD_CTLR'), '0x50\n');
    assert.equal(
      monitor(gdb, 'gic write irq(27).enabled = 1'),
      'write 0x8000000 to GICR_ISENABLER0 (enables INTID 27)\nirq(27).enabled: 0x0 -> 0x1\n',
    );
    assert.match(monitor(gdb, 'gic irqs'), /^27 +PPI +0 +idle +low +yes/m);
    assert.doesNotMatch(monitor(gdb, 'gic irqs'), /^40 /m);
    assert.match(monitor(gdb, 'gic irqs all'), /^40 +SPI/m);
    assert.match(monitor(gdb, 'gic explain 27'), /^INTID 27 of vCPU 0 does not fire/);
    assert.match(monitor(gdb, 'gic explain 27 1'), /^INTID 27 of vCPU 1 does not fire/);
    gdb.ask('Hg2');
    assert.match(monitor(gdb, 'gic explain 27'), /^INTID 27 of vCPU 1 does not fire/);
  });

  test('shows frames', async () => {
    const { gdb } = await debugged();
    assert.match(monitor(gdb, 'gic tree'), /^GICR1\.SGI +0x80d0000 +0x10000/m);
    assert.match(monitor(gdb, 'gic tree gicd'), /^GICD_CTLR +0x8000000 +0x00000050 +.*DS=0x1/m);
    assert.match(monitor(gdb, 'gic tree GICD all'), /^GICD_ISENABLER1 +0x8000104 +0x00000000/m);
    assert.match(monitor(gdb, 'gic tree GICX'), /^There is no frame GICX: there are GICD, GICR0\.RD/);
  });

  test('says what it does not understand', async () => {
    const { gdb } = await debugged();
    assert.match(monitor(gdb, 'help'), /^monitor gic irqs/);
    assert.match(monitor(gdb, 'gic frobnicate'), /^There is no "frobnicate"/);
    assert.match(monitor(gdb, 'gic read GICD_CTRL'), /^there is no GICD_CTRL/i);
    assert.match(monitor(gdb, 'gic write GICD_CTLR'), /^What is to be written/);
    assert.match(monitor(gdb, 'gic explain 5000'), /^There is no INTID 5000/);
    assert.match(monitor(gdb, 'gic explain x'), /^Explain which/);
    assert.match(monitor(gdb, 'gic write irq(40).priority = 999'), /999|0x3e7/);
  });
});
