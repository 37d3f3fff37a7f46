import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { serialiseHeader, serialiseOp } from '../../../../adapter/guest/trace/format/gic-trace.ts';
import { OpKind } from '../../../../adapter/guest/trace/format/operation.ts';
import type { TraceProgram } from '../../../../adapter/guest/trace/format/program.ts';
import { formatError, HEADER_V2, parse } from './support.ts';

/** One operation behind a header with 2 vCPUs; it is line 2. */
const one = (line: string): TraceProgram => parse(`${HEADER_V2}\n${line}\n`);

test('a header tells the machine', () => {
  const { header } = parse(HEADER_V2);
  assert.deepEqual(
    { ...header, raw: {} },
    {
      ...{ gic: 'v2', cpus: 2, spis: 64, dist: 0x08000000, cpuif: 0x08010000, redist: 0x080a0000 },
      ...{ semantics: 'kvm-4.10', lrs: 4, raw: {} },
    },
  );
  assert.equal(serialiseHeader(header), HEADER_V2);
});

test('unknown header fields survive', () => {
  const text = HEADER_V2.replace('"gic"', '"mpidr":["0x0","0x1"],"gic"').replace('}', ',"its":"0x9000000","lrs":16}');
  const { header } = parse(text);
  assert.equal(header.its, 0x9000000);
  assert.equal(header.lrs, 16);
  assert.equal(serialiseHeader(header), text.replace('0x9000000', '0x09000000'));
});

test('what was found out about firmware is written and read back', () => {
  const { header } = parse(HEADER_V2);
  const told = serialiseHeader({ ...header, physical: { firmware: false } });
  assert.match(told, /,"firmware":false\}$/);
  assert.deepEqual(parse(told).header.physical, { firmware: false });
});

test('impossible headers say why', () => {
  const bad = (from: string | RegExp, to: string, reason: string): void =>
    assert.throws(() => parse(HEADER_V2.replace(from, to)), formatError(1, reason), to);
  bad('gic-trace/1', 'gic-trace/2', 'format "gic-trace/2" is not "gic-trace/1"');
  bad('"format":"gic-trace/1",', '', 'no header');
  bad('"v2"', '"v5"', 'gic "v5" is neither "v2" nor "v3"');
  bad('"cpus":2', '"cpus":0', 'cpus 0 is not 1 to 8 (GICv2)');
  bad('"cpus":2', '"cpus":9', 'cpus 9 is not 1 to 8 (GICv2)');
  bad('"v2","cpus":2', '"v3","cpus":65', 'cpus 65 is not 1 to 64 (GICv3)');
  bad('"cpus":2', '"cpus":"2"', 'cpus "2" is not an integer');
  bad('"spis":64', '"spis":31', 'spis 31 is not 32 to 988');
  bad('"spis":64', '"spis":989', 'spis 989 is not 32 to 988');
  bad('"0x08000000"', '"8000000"', 'dist "8000000" is not an address');
  bad('"0x08000000"', '"0x10000000000000"', 'dist 0x10000000000000 is above 52 bits');
  bad('"dist":"0x08000000",', '', 'dist (missing) is not an address');
  bad('"0x08010000"', '"0x08000800"', 'dist (0x08000000 to 0x08000fff) and cpuif (0x08000800 to 0x080017ff) overlap');
  bad('"v2"', '"v3","lrs":17', 'lrs 17 is not 1 to 16 (GICv3)');
  bad(
    /"v2"(.*)"0x080a0000"/,
    '"v3"$1"0x07fd0000"',
    'dist (0x08000000 to 0x0800ffff) and redist (0x07fd0000 to 0x0800ffff)',
  );
  bad(
    '"v2"',
    '"v3","its":"0x080c0000"',
    'redist (0x080a0000 to 0x080dffff) and its (0x080c0000 to 0x080dffff) overlap',
  );
  bad('"v2"', '"v2","firmware":0', 'firmware is not true or false');
  assert.throws(() => parse(''), formatError(1, 'no header'));
  assert.throws(() => parse('\n\n[1]\n'), formatError(3, 'not a JSON object: [1]'));
  assert.equal(parse(HEADER_V2.replace('"spis":64', '"spis":100')).header.spis, 100);
});

test('malformed operations say where and why', () => {
  const bad = (line: string, reason: string): void => assert.throws(() => one(line), formatError(2, reason), line);
  bad('{"op":"read"', 'not JSON');
  bad('"text"', 'not a JSON object');
  bad('{"cpu":0}', 'op (missing) is not a string');
  bad('{"op":"read","cpu":2,"addr":"0x8","len":4}', 'read: cpu 2 is not 0 to 1');
  bad('{"op":"read","cpu":-1,"addr":"0x8","len":4}', 'read: cpu -1 is not 0 to 1');
  bad('{"op":"read","cpu":0,"addr":8,"len":4}', 'read: addr 8 is not hexadecimal');
  bad('{"op":"read","cpu":0,"addr":"0xg","len":4}', 'read: addr "0xg" is not hexadecimal');
  bad('{"op":"read","cpu":0,"addr":"0x10000000000000","len":4}', 'addr "0x10000000000000" is above 52 bits');
  bad('{"op":"read","cpu":0,"addr":"0x8","len":3}', 'read: len 3 is not 1, 2, 4 or 8');
  bad('{"op":"write","cpu":0,"addr":"0x8","len":4}', 'write: value (missing) is not hexadecimal');
  bad('{"op":"write","cpu":0,"addr":"0x8","len":8,"value":"0x10000000000000000"}', 'is wider than 64 bits');
  bad('{"op":"line","intid":33,"level":2}', 'line: level 2 is not 0 to 1');
  bad('{"op":"line","intid":27,"level":1}', 'line: cpu (missing) is not 0 to 32767');
  bad('{"op":"sgi","cpu":0,"value":"0x1"}', 'sgi: reg (missing) is not a name');
  bad('{"op":"sysreg","cpu":0,"reg":"ICC_PMR_EL1","rw":"x"}', 'sysreg: rw "x" is neither "read" nor "write"');
  bad('{"op":"uread","addr":"0x8","len":4,"value":"0x0"}', 'uread: cpu (missing) is not 0 to 1');
  bad('{"op":"flush","cpu":0,"used":1,"underflow":0,"lrs":[]}', 'flush: underflow 0 is not true or false');
  bad('{"op":"flush","cpu":0,"used":1,"underflow":false,"lrs":[1]}', 'flush: lrs[0] 1 is not hexadecimal');
  bad('{"op":"sync","cpu":0}', 'sync: lrs (missing) is not a list');
  bad('{"op":"signal","cpu":0,"irq":2,"fiq":0}', 'signal: irq 2 is not 0 to 1');
  bad('{"op":"state","irqs":{}}', 'state: irqs is not a list');
  bad('{"op":"state","irqs":[{"intid":"33"}]}', 'state: irqs[0]: intid "33" is not an integer');
  bad('{"op":"state","apLists":[["33"]]}', 'state: apLists is not a list of lists of INTIDs');
});

test('legal oddities stay', () => {
  const program = parse(
    [
      HEADER_V2,
      '{"op":"read","cpu":null,"addr":"0x08000bad","len":2,"value":"0x0000"}',
      '{"op":"read","addr":"0x08000004","len":4}',
      '',
      '{"op":"read","cpu":1,"addr":"0xfffffffffffff","len":8,"value":"0xFFFFFFFFFFFFFFFF"}',
      '{"op":"line","intid":26,"cpu":9,"level":1,"ret":-22}',
      '{"op":"teleport","cpu":"x","why":[1]}',
    ].join('\r\n'),
  );
  assert.deepEqual([...program.line], [2, 3, 5, 6, 7]);
  assert.deepEqual([...program.cpu], [-1, -1, 1, 9, -1]);
  assert.deepEqual([...program.compared], [1, 0, 1, 0, 0]);
  const big = program.op(2);
  assert.ok(big.op === 'read' && big.value === 0xffffffffffffffffn && big.address === 2 ** 52 - 1);
  const refused = program.op(3);
  assert.ok(refused.op === 'line' && refused.ret === -22);
  const other = program.op(4);
  assert.ok(other.op === 'other' && other.name === 'teleport');
  assert.equal(serialiseOp(program, 4), '{"op":"teleport","cpu":"x","why":[1]}');
  assert.equal(serialiseOp(program, 1), '{"op":"read","cpu":null,"addr":"0x08000004","len":4}');
  assert.throws(() => program.op(5), RangeError);
});

test('every kind of record survives a round trip, unknown fields and notes included', () => {
  for (const line of [
    '{"op":"read","cpu":0,"addr":"0x08000004","len":4,"value":"0x00000003","note":"optional \\"text\\" é"}',
    '{"op":"read","cpu":0,"addr":"0x0800e807","len":1,"fault":"external-abort","state":"ns","deep":{"a":[1,null]},"note":"odd"}',
    '{"op":"write","cpu":1,"addr":"0x08000104","len":8,"value":"0xb3d89496c214c997"}',
    '{"op":"line","intid":33,"cpu":0,"level":1,"ret":-22,"note":"n"}',
    '{"op":"sgi","cpu":0,"value":"0x0000010005000001","reg":"ICC_SGI1R","note":"n"}',
    '{"op":"uread","cpu":0,"frame":"level","addr":"0x0000027f","len":4,"ret":-22}',
    '{"op":"uwrite","cpu":0,"addr":"0x08010000","len":4,"value":"0xffffffff"}',
    '{"op":"flush","cpu":0,"used":3,"underflow":true,"lrs":["0x10000002","0x00000000"],"note":"n"}',
    '{"op":"sync","cpu":1,"lrs":["0x10000002"],"acked":[33]}',
    '{"op":"state","distEnabled":true,"apLists":[[33],[]],"irqs":[{"intid":33,"cpu":null,"novel":1}],"future":{}}',
    '{"op":"sysreg","cpu":0,"reg":"ICC_IAR1_EL1","rw":"read","value":"0x28"}',
    '{"op":"sysreg","cpu":0,"reg":"ICC_AP1R1_EL1","rw":"write","value":"0x0","fault":"undef"}',
    '{"op":"sysreg","cpu":0,"reg":"ICC_AP1R1_EL1","rw":"read","fault":"undef"}',
    '{"op":"signal","cpu":0,"irq":1,"fiq":0}',
    '{"op":"read","cpu":0,"addr":"0x08000004","len":4,"value":"0x00000003","note":7,"__proto__":{"x":1}}',
  ]) {
    const again = serialiseOp(one(line), 0);
    assert.deepEqual(JSON.parse(again), JSON.parse(line), line);
    assert.equal(serialiseOp(one(again), 0), again);
  }
});

test('system register reads share what they have in common', () => {
  const line = '{"op":"sysreg","cpu":0,"reg":"ICC_IAR1_EL1","rw":"read","value":"0x28"}';
  const program = parse([HEADER_V2, line, line, line.replace('}', ',"note":"n"}')].join('\n'));
  assert.equal(program.extra(0), program.extra(1));
  assert.equal(program.extra(2)?.note, 'n');
  const op = program.op(0);
  assert.ok(op.op === 'sysreg' && op.rw === 'r' && op.value === 0x28n && op.reg === 'ICC_IAR1_EL1');
});

test('the shortcut for common lines is only a shortcut', () => {
  const hex = fc.stringMatching(/^[0-9a-fA-FgxX]{0,18}$/);
  const line = fc
    .record({
      op: fc.constantFrom('read', 'write', 'reads', 'uread'),
      cpu: fc.constantFrom('0', '1', '2', '01', '10', '-1', 'null', '1.0', '1e0', '"0"', ''),
      addr: hex,
      len: fc.constantFrom('1', '2', '4', '8', '3', '16', '0', ' 4', '"4"'),
      value: hex,
      tail: fc.constantFrom('', '', '', ' ', ',"note":"n"', '}', '\r'),
      end: fc.constantFrom('}', '}', '}', '} ', '', '}}'),
    })
    .map(
      (r) =>
        `{"op":"${r.op}","cpu":${r.cpu},"addr":"0x${r.addr}","len":${r.len},"value":"0x${r.value}"${r.tail}${r.end}`,
    );
  const common = fc
    .tuple(
      fc.constantFrom('read', 'write'),
      fc.nat(12),
      fc.bigInt(0n, 2n ** 53n),
      fc.constantFrom(1, 2, 4, 8),
      fc.bigInt(0n, 2n ** 65n),
    )
    .map(
      ([op, cpu, addr, len, value]) =>
        `{"op":"${op}","cpu":${cpu},"addr":"0x${addr.toString(16)}","len":${len},"value":"0x${value.toString(16)}"}`,
    );
  const outcome = (text: string, way: 'push' | 'pushSlowly'): unknown => {
    try {
      const program = parse(text, way);
      return { op: program.length > 0 ? program.op(0) : null, compared: [...program.compared] };
    } catch (error) {
      return String(error);
    }
  };
  const header = HEADER_V2.replace('"v2","cpus":2', '"v3","cpus":11');
  fc.assert(
    fc.property(fc.oneof(line, common), (text) => {
      assert.deepEqual(outcome(`${header}\n${text}`, 'push'), outcome(`${header}\n${text}`, 'pushSlowly'));
    }),
    { numRuns: 3000 },
  );
});

test('a program grows and keeps its columns apart', () => {
  const lines = Array.from(
    { length: 3000 },
    (_, i) =>
      `{"op":"write","cpu":${i & 1},"addr":"0x${(0x08000000 + i).toString(16)}","len":1,"value":"0x${(i & 255).toString(16)}"}`,
  );
  const program = parse([HEADER_V2, ...lines].join('\n'));
  assert.equal(program.length, 3000);
  for (let i = 0; i < 3000; i++) {
    assert.equal(program.kind[i], OpKind.Write);
    assert.equal(program.address[i], 0x08000000 + i);
    assert.equal(program.line[i], i + 2);
  }
  assert.equal(program.kind.byteLength, 3000);
});
