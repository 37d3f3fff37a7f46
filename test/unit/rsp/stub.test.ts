import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodePacket } from '../../../adapter/rsp/packets.ts';
import { GdbStub } from '../../../adapter/rsp/stub/stub.ts';
import { TargetError } from '../../../adapter/rsp/stub/target.ts';
import { Connection } from './connection.ts';
import { FakeTarget } from './fake-target.ts';

const hex = (text: string): string => Buffer.from(text).toString('hex');
const text = (digits: string): string => Buffer.from(digits, 'hex').toString();

function connect(): { target: FakeTarget; gdb: Connection } {
  const target = new FakeTarget();
  return { target, gdb: new Connection(target) };
}

/** Packets one after another on one connection, each with its answer. */
function exchange(title: string, ...lines: readonly (readonly [packet: string, answer: string])[]): void {
  test(title, () => {
    const { gdb } = connect();
    for (const [packet, answer] of lines) assert.equal(gdb.ask(packet), answer, packet);
  });
}

describe('acknowledgements', () => {
  test('each packet is acknowledged, until no-ack mode', () => {
    const { gdb } = connect();
    gdb.send('qC');
    gdb.send('QStartNoAckMode');
    gdb.send('qC');
    assert.deepEqual(gdb.received, ['+', 'QC1', '+', 'OK', 'QC1']);
  });

  test('what is garbled is refused, and the last answer sent again where it was', () => {
    const { gdb } = connect();
    gdb.stub.receive(Buffer.from('$qC#00-'));
    gdb.send('qC');
    gdb.stub.receive(Buffer.from('-'));
    assert.deepEqual(gdb.received, ['-', '+', 'QC1', 'QC1']);
  });
});

exchange(
  'unknown packets are answered by empty ones',
  ['vMustReplyEmpty', ''],
  ['qCRC:0,1', ''],
  ['', ''],
  ['vContX', ''],
  ['kill', ''],
  ['Detach', ''],
  ['D;', ''],
  ['?1', ''],
  ['g1', ''],
);

test('features', () => {
  const { gdb } = connect();
  assert.equal(
    gdb.ask('qSupported:multiprocess+;swbreak+'),
    'PacketSize=4000;qXfer:features:read+;qXfer:threads:read+;vContSupported+;QStartNoAckMode+;swbreak+;hwbreak+',
  );
});

test('the description comes in pieces', () => {
  const { gdb } = connect();
  let xml = '';
  for (;;) {
    const answer = gdb.ask(`qXfer:features:read:target.xml:${xml.length.toString(16)},40`);
    xml += answer.slice(1);
    if (answer.startsWith('l')) break;
    assert.equal(answer.length, 0x41);
  }
  assert.match(
    xml,
    /^<\?xml version="1.0"\?>[^]*<reg name="x0" bitsize="64" type="int" regnum="0"\/>[^]*<\/target>\n$/,
  );
  assert.match(xml, /<feature name="org.example">\n<reg name="odd" bitsize="32" type="int" regnum="3"\/>/);
  assert.equal(gdb.ask('qXfer:features:read:other.xml:0,40'), 'E00');
  assert.equal(gdb.ask('qXfer:features:read:target.xml:x,40'), 'E16');
  assert.equal(gdb.ask('qXfer:features:read:target.xml:ffff,40'), 'l');
});

test('threads in one list, with what they do', () => {
  const { gdb, target } = connect();
  target.activity = (thread) => `<${thread}> & "é"`;
  const whole = gdb.ask('qXfer:threads:read::0,fff');
  const xml = Buffer.from(whole.slice(1), 'latin1').toString();
  assert.equal(whole.charAt(0), 'l');
  assert.equal(
    xml,
    '<?xml version="1.0"?>\n<threads>\n' +
      '<thread id="1" name="one">&lt;1&gt; &amp; &quot;é&quot;</thread>\n' +
      '<thread id="2" name="two">&lt;2&gt; &amp; &quot;é&quot;</thread>\n</threads>\n',
  );
  let pieces = '';
  for (let answer = 'm'; answer.startsWith('m'); pieces += answer.slice(1)) {
    answer = gdb.ask(`qXfer:threads:read::${pieces.length.toString(16)},7`);
    assert.ok(answer.length <= 8);
  }
  assert.equal(pieces, whole.slice(1));
  assert.equal(gdb.ask('qXfer:threads:read:other:0,40'), 'E00');
});

exchange(
  'threads',
  ['qfThreadInfo', 'm1,2'],
  ['qsThreadInfo', 'l'],
  ['qThreadExtraInfo,2', hex('two: does 2')],
  ['qThreadExtraInfo,9', 'E03'],
  ['T2', 'OK'],
  ['T3', 'E03'],
  ['Hg2', 'OK'],
  ['qC', 'QC2'],
  ['Hg0', 'OK'],
  ['qC', 'QC2'],
  ['Hg9', 'E03'],
  ['Hx1', 'E16'],
  ['Hgz', 'E16'],
  ['Hc-1', 'OK'],
  ['qAttached', '1'],
);

/** Each thread's pc, register 1, as a stop tells it. */
const PC_OF = ['1:0200000000000000;', '1:0600000000000000;'];
const X0 = '0100000000000000';
const PC = '0200000000000000';
const V0 = `03${'0'.repeat(30)}`;
exchange(
  'registers',
  ['g', X0 + PC + V0],
  ['p0', X0],
  ['p3', '04000000'],
  ['p4', 'E16'],
  ['pz', 'E16'],
  ['P0=efcdab8967452301', 'OK'],
  ['p0', 'efcdab8967452301'],
  ['P0=00', 'E16'],
  ['P0', 'E16'],
  ['P3=00000000', 'E16'],
  ['P0=ad0b000000000000', 'E16'],
  [`G${PC}${X0}`, 'OK'],
  ['g', PC + X0 + V0],
  ['Gxx', 'E16'],
  // Nothing is written of what ends within a register, goes on behind the last, or is nothing.
  [`G${X0}00`, 'E16'],
  [`G${X0}${X0}${V0}00`, 'E16'],
  ['G', 'E16'],
  ['g', PC + X0 + V0],
  ['Hg2', 'OK'],
  ['p0', '0500000000000000'],
);

exchange(
  'memory',
  ['M1000,4:01020304', 'OK'],
  ['m1001,2', '0203'],
  ['X1001,2:a$', 'OK'],
  ['m1000,4', '01612404'],
  ['X0,0:', 'OK'],
  ['m1ffe,8', '0000'],
  ['m2000,4', 'E0e'],
  ['m1000', 'E16'],
  ['m1000,2,3', 'E16'],
  ['m11111111111111111,1', 'E16'],
  ['M1fff,2:0102', 'E16'],
  ['M1000,2:01', 'E16'],
  ['M1000,2', 'E16'],
  ['X1000,3:ab', 'E16'],
  // Without a colon: the whole of it is not the data, though its length is right.
  ['X1000,77', 'E16'],
  ['m1000,4', '01612404'],
);

exchange(
  'physical memory',
  ['qqemu.PhyMemMode', '0'],
  ['M1000,2:0102', 'OK'],
  ['Qqemu.PhyMemMode:1', 'OK'],
  ['qqemu.PhyMemMode', '1'],
  ['m9000,2', '0102'],
  ['m1000,2', 'E0e'],
  ['X9001,1:a', 'OK'],
  ['Qqemu.PhyMemMode:2', 'E16'],
  ['Qqemu.PhyMemMode', 'E16'],
  ['qqemu.PhyMemMode', '1'],
  ['Qqemu.PhyMemMode:0', 'OK'],
  ['m1000,2', '0161'],
);

test('a breakpoint goes however its removal is written', () => {
  const { gdb, target } = connect();
  gdb.ask('Z0,4a,4;X1,ff');
  gdb.ask('Z2,1000,4');
  gdb.ask('z0,04A,2');
  assert.equal(gdb.ask('z2,001000,04'), 'OK');
  assert.equal(target.log.at(-1), 'stops');
});

test('an answer is no longer than a packet', () => {
  const { gdb } = connect();
  assert.equal(gdb.ask('m1000,ffffffff').length, 2 * 4096);
});

test('breakpoints and watchpoints', () => {
  const { gdb, target } = connect();
  for (const packet of ['Z0,40,4', 'Z1,44,4', 'Z2,1000,4', 'Z3,1004,1', 'Z4,1008,8', 'z0,40,4', 'z0,40,4']) {
    assert.equal(gdb.ask(packet), 'OK', packet);
  }
  assert.equal(target.log.at(-1), 'stops hardware 44, write 1000+4, read 1004+1, access 1008+8');
  for (const packet of ['Z0,1,4', 'Z0,2,4']) assert.equal(gdb.ask(packet), 'OK');
  assert.equal(gdb.ask('Z0,3,4'), 'E16');
  assert.equal(gdb.ask('z0,2,4'), 'OK', 'what was refused is not remembered');
  assert.equal(gdb.ask('Z5,0,4'), '');
  assert.equal(gdb.ask('Z0,zz,4'), 'E16');
  assert.equal(gdb.ask('Z2,0,0'), 'E16');
  gdb.stub.close();
  assert.equal(target.log.at(-1), 'stops');
});

describe('running', () => {
  const RESUMPTIONS: readonly (readonly [packet: string, told: string])[] = [
    ['vCont;c', 'run 1,2 step '],
    ['vCont;s:1;c', 'run 2 step 1'],
    ['vCont;s:2', 'run  step 2'],
    ['vCont;S05:2;C05:-1', 'run 1 step 2'],
    ['vCont;c:0', 'run 1 step '],
    ['c', 'run 1,2 step '],
    ['s', 'run  step 1'],
    ['C05', 'run 1,2 step '],
    ['S05;40', 'run  step 1'],
  ];
  for (const [packet, told] of RESUMPTIONS) {
    test(packet, () => {
      const { gdb, target } = connect();
      gdb.send(packet);
      assert.equal(target.log.at(-1), told);
      assert.deepEqual(gdb.received, ['+'], 'the answer is the stop');
      target.stop({ kind: 'trap', thread: 2 });
      assert.equal(gdb.received.at(-1), `T05thread:2;${PC_OF[1]}`);
      assert.equal(gdb.ask('qC'), 'QC2');
      assert.equal(gdb.ask('?'), `T05thread:2;${PC_OF[1]}`);
    });
  }

  exchange(
    'what cannot be resumed',
    ['vCont;x', 'E16'],
    ['vCont;c:9', 'E16'],
    ['vCont;', 'E16'],
    ['c!', 'E16'],
    ['vCont?', 'vCont;c;C;s;S'],
  );

  test('c from an address', () => {
    const { gdb, target } = connect();
    gdb.send('c40');
    assert.equal(target.values[0]?.[1], 0x40n);
  });

  test('Hc chooses the thread of c and s', () => {
    const { gdb, target } = connect();
    gdb.ask('Hc2');
    gdb.send('s');
    assert.equal(target.log.at(-1), 'run  step 2');
  });

  test('0x03 interrupts what runs, and nothing else', () => {
    const { gdb } = connect();
    gdb.stub.receive(Uint8Array.of(3));
    assert.deepEqual(gdb.received, []);
    gdb.send('c');
    gdb.stub.receive(Uint8Array.of(3));
    assert.deepEqual(gdb.received, ['+', `T02thread:1;${PC_OF[0]}`]);
  });

  test('while it runs, it can be looked at but not changed', () => {
    const { gdb } = connect();
    gdb.send('c');
    assert.equal(gdb.ask('m1000,1'), '00');
    for (const packet of ['c', 's', 'vCont;c', 'M1000,1:00', 'P0=0000000000000000', 'G00', 'Z0,0,4']) {
      assert.equal(gdb.ask(packet), 'E16', packet);
    }
  });

  test('reasons', () => {
    const { gdb, target } = connect();
    const stopped = (stop: Parameters<FakeTarget['stop']>[0]): string | undefined => {
      gdb.send('c');
      target.stop(stop);
      return gdb.received.at(-1);
    };
    gdb.ask('Z0,2,4');
    assert.equal(
      stopped({ kind: 'breakpoint', thread: 1 }),
      `T05thread:1;${PC_OF[0]}`,
      'who does not know the word is not told',
    );
    gdb.ask('qSupported:swbreak+;hwbreak+');
    assert.equal(stopped({ kind: 'breakpoint', thread: 1 }), `T05thread:1;swbreak:;${PC_OF[0]}`);
    gdb.ask('Z1,6,4');
    assert.equal(stopped({ kind: 'breakpoint', thread: 2 }), `T05thread:2;hwbreak:;${PC_OF[1]}`);
    gdb.ask('Z2,1000,4');
    const watch = { kind: 'watchpoint', thread: 1, write: true } as const;
    assert.equal(stopped({ ...watch, address: 0x1002n }), `T05thread:1;watch:1002;${PC_OF[0]}`);
    assert.equal(
      stopped({ ...watch, address: 0xff8n }),
      `T05thread:1;watch:1000;${PC_OF[0]}`,
      'an access that begins before it',
    );
    gdb.ask('Z3,1000,4');
    assert.equal(stopped({ ...watch, address: 0x1000n, write: false }), `T05thread:1;rwatch:1000;${PC_OF[0]}`);
    gdb.ask('Z4,1010,4');
    assert.equal(stopped({ ...watch, address: 0x1010n, write: false }), `T05thread:1;awatch:1010;${PC_OF[0]}`);
    assert.equal(stopped({ kind: 'exited', code: 0x102 }), 'W02');
    assert.equal(gdb.ask('?'), 'W02');
  });

  test('a stop is told even where registers cannot be read, or something is wrong with them', () => {
    const { target } = connect();
    const defects: unknown[] = [];
    const sent: string[] = [];
    const stub = new GdbStub(
      target,
      (bytes) => sent.push(Buffer.from(bytes).toString('latin1')),
      (error) => defects.push(error),
    );
    const pc = target.registers[1] as { read: unknown };
    for (const [error, heard] of [
      [new TargetError('not now'), 0],
      [new Error('a fault'), 1],
    ] as const) {
      pc.read = () => {
        throw error;
      };
      stub.receive(encodePacket(Buffer.from('c')));
      target.stop({ kind: 'trap', thread: 2 });
      assert.match(sent.at(-1) ?? '', /^\$T05thread:2;#/);
      assert.equal(defects.length, heard);
    }
  });

  test('what a target throws does not come out of the stub', () => {
    const target = new FakeTarget();
    const fault = new Error('a fault');
    const fail = (): never => {
      throw fault;
    };
    target.interrupt = fail;
    const defects: unknown[] = [];
    const stub = new GdbStub(
      target,
      () => undefined,
      (error) => defects.push(error),
    );
    stub.receive(encodePacket(Buffer.from('c')));
    stub.receive(Uint8Array.of(3));
    target.release = fail;
    stub.close();
    assert.deepEqual(defects, [fault, fault, fault]);
  });

  test('a target that refuses says why', () => {
    const { gdb, target } = connect();
    target.refusal = 'the session runs it';
    gdb.send('vCont;c');
    assert.deepEqual(gdb.received, ['+', `O${hex('the session runs it\n')}`, `T02thread:1;${PC_OF[0]}`]);
  });
});

describe('leaving', () => {
  test('a detach lets the target go on', () => {
    const { gdb, target } = connect();
    gdb.ask('Z0,40,4');
    assert.equal(gdb.ask('D'), 'OK');
    assert.equal(target.log.at(-1), 'released');
  });

  test('a run that was left tells nobody of its stop', () => {
    const { gdb, target } = connect();
    gdb.send('c');
    assert.equal(gdb.ask('D'), 'OK');
    target.stop({ kind: 'trap', thread: 1 });
    assert.equal(gdb.received.at(-1), 'OK');
  });

  test('a connection that breaks lets what runs go on, without a word', () => {
    const { gdb, target } = connect();
    gdb.send('c');
    gdb.stub.close();
    gdb.stub.close();
    assert.equal(target.log.at(-1), 'released');
    gdb.send('qC');
    assert.deepEqual(gdb.received, ['+']);
  });

  test('a debugger that comes stops the target', () => {
    const target = new FakeTarget();
    let stops = 0;
    target.resume({ run: [1], step: [] }, () => stops++);
    new Connection(target);
    assert.equal(stops, 1);
  });

  test('kills', () => {
    const { gdb, target } = connect();
    assert.equal(gdb.ask('vKill;1'), 'OK');
    gdb.send('k');
    assert.deepEqual(target.log, ['killed', 'killed']);
  });
});

describe('monitor', () => {
  test('text comes as console output', () => {
    const { gdb } = connect();
    gdb.ask('Hg2');
    gdb.received.length = 0;
    gdb.send(`qRcmd,${hex('look')}`);
    assert.deepEqual(gdb.received, ['+', `O${hex('look of 2\n')}`, 'OK']);
  });

  test('a long text comes in pieces', () => {
    const { gdb } = connect();
    const long = 'ü'.repeat(7000);
    gdb.send(`qRcmd,${hex(long)}`);
    const pieces = gdb.received.filter((one) => one.startsWith('O') && one !== 'OK');
    assert.ok(pieces.length > 1 && pieces.every((one) => one.length < 0x4000));
    assert.equal(text(pieces.map((one) => one.slice(1)).join('')), `${long} of 1\n`);
  });

  test('a refusal is text', () => {
    const { gdb } = connect();
    gdb.send(`qRcmd,${hex('no')}`);
    assert.deepEqual(gdb.received, ['+', `O${hex('not now\n')}`, 'OK']);
    assert.equal(gdb.ask('qRcmd,zz'), 'E16');
  });
});
