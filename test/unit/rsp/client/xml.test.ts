import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RspError } from '../../../../adapter/rsp/client/errors.ts';
import { readDescription, type TargetDescription } from '../../../../adapter/rsp/client/target-description.ts';
import { parseXml, XmlError } from '../../../../adapter/rsp/client/xml.ts';
import { targetXml } from '../../../../adapter/rsp/stub/target-xml.ts';
import { FakeTarget } from '../fake-target.ts';
import { failure } from './setup.ts';

describe('XML', () => {
  test('elements, attributes, text, CDATA, comments, entities', () => {
    const root = parseXml(
      `\ufeff<?xml version="1.0"?>\n<!DOCTYPE target SYSTEM "gdb-target.dtd" [ <!ENTITY e "x>"> ]>\n<!-- <a> -->` +
        `<a one='1' two = "&lt;&#65;&#x1F600;&quot;&apos;&amp;">\n<b/>x &gt; y<![CDATA[<&z>]]><b n:m="">in</b ></a>\n<!-- end -->\n`,
    );
    assert.equal(root.name, 'a');
    assert.deepEqual(
      [...root.attributes],
      [
        ['one', '1'],
        ['two', `<A\u{1F600}"'&`],
      ],
    );
    assert.equal(root.text, '\nx > y<&z>');
    assert.deepEqual(
      root.children.map(({ name, text, line }) => [name, text, line]),
      [
        ['b', '', 4],
        ['b', 'in', 4],
      ],
    );
  });

  const WRONG: readonly (readonly [text: string, message: RegExp])[] = [
    ['', /^line 1: there is no element$/],
    ['just text', /^line 1: text outside of any element$/],
    ['<a>', /^line 1: <a> of line 1 is not closed$/],
    ['<a>\n<b>\n</a>', /^line 3: <\/a> within <b>$/],
    ['</a>', /^line 1: <\/a> closes nothing$/],
    ['<a/><b/>', /^line 1: <b> behind the document's end$/],
    ['<a b/>', /^line 1: attribute b without a value$/],
    ['<a b=c/>', /^line 1: the value of attribute b is not quoted$/],
    ['<a b="c/>', /^line 1: " without "$/],
    ['<a b="&external;"/>', /^line 1: the entity &external; is not known$/],
    ['<a>&#0;</a>', /^line 1: the entity &#0; is not known$/],
    ['<a>&#xd800;</a>', /is not known$/],
    ['<a>AT&T</a>', /^line 1: the entity &T is not known$/],
    ['<a>\n\n<!-- </a>', /^line 3: <!-- without -->$/],
    ['<', /^line 1: the name of an element is missing$/],
    ['<a', /the name of an attribute of <a> is missing$/],
    ['<!DOCTYPE', /without >$/],
    ['<a>'.repeat(65), /elements within more than 64 others$/],
    ['<a>' + '<b/>'.repeat(100_001) + '</a>', /more than 100000 elements$/],
  ];

  test('what is none, with its place', () => {
    for (const [text, message] of WRONG) {
      assert.throws(
        () => parseXml(text),
        (error) => error instanceof XmlError && message.test(error.message),
        text.slice(0, 40),
      );
    }
  });
});

describe('target descriptions', () => {
  const read = (files: Readonly<Record<string, string>>): Promise<TargetDescription> =>
    readDescription((file) => {
      const text = files[file];
      return text === undefined ? Promise.reject(new RspError('refused', file, 'E00')) : Promise.resolve(text);
    });
  const include = (file: string): string => `<xi:include href="${file}"/>`;

  test("what this house's stub says", async () => {
    const { architecture, registers } = await read({ 'target.xml': targetXml(new FakeTarget()) });
    assert.equal(architecture, 'aarch64');
    assert.deepEqual(registers[2], {
      name: 'v0',
      number: 2,
      bits: 128,
      type: 'int',
      feature: 'org.gnu.gdb.aarch64.fpu',
      group: null,
    });
  });

  test('files included, and numbers that go on from one to the next', async () => {
    const { registers, byName, byNumber } = await read({
      'target.xml': `<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target>
        <architecture> aarch64 </architecture>${include('core.xml')}${include('system-registers.xml')}</target>`,
      'core.xml': `<!DOCTYPE feature SYSTEM "gdb-target.dtd"><feature name="core">
        <flags id="cpsr_flags" size="4"><field name="SP" start="0" end="0"/></flags>
        <reg name="x0" bitsize="64"/><reg name="pc" bitsize="64" type="code_ptr" group="general"/>
        <reg name="cpsr" bitsize="32" regnum="33"/></feature>`,
      'system-registers.xml': `<feature name="sys"><reg name="DBGBVR" bitsize="64"/><reg name="DBGBVR" bitsize="64"/>
        <reg name="odd" bitsize="1" regnum="0x50"/></feature>`,
    });
    assert.deepEqual(
      registers.map(({ name, number, bits, feature }) => `${number} ${name} ${bits} ${feature}`),
      ['0 x0 64 core', '1 pc 64 core', '33 cpsr 32 core', '34 DBGBVR 64 sys', '35 DBGBVR 64 sys', '80 odd 1 sys'],
    );
    assert.equal(byName.get('pc')?.group, 'general');
    assert.equal(byName.get('pc')?.type, 'code_ptr');
    assert.equal(byName.get('x0')?.type, 'int');
    assert.equal(byName.get('DBGBVR')?.number, 34);
    assert.equal(byNumber.get(80)?.name, 'odd');
  });

  const WRONG: readonly (readonly [body: string, message: RegExp])[] = [
    [`<feature>${include('target.xml')}</feature>`, /target\.xml, line 1: target\.xml includes itself$/],
    [include('a.xml'), /b\.xml, line 1: a\.xml includes itself$/],
    [include('deep0.xml'), /line 1: includes within more than 8 others$/],
    [include('wide.xml').repeat(65), /more than 64 files$/],
    [include('../a:0,4'), /an include of "\.\.\/a:0,4"$/],
    [include(''), /an include of ""$/],
    ['<reg bitsize="64"/>', /target\.xml, line 1: a register without a name$/],
    ['<reg name="x"/>', /the size of register x$/],
    ['<reg name="x" bitsize="0"/>', /the size of register x$/],
    ['<reg name="x" bitsize="1e9"/>', /the size of register x$/],
    ['<reg name="x" bitsize="64" regnum="-1"/>', /the number of register x$/],
    [
      '\n<reg name="x" bitsize="64"/><reg name="y" bitsize="64" regnum="0"/>',
      /line 2: registers x and y have one number$/,
    ],
    ['<feature>', /target\.xml, line 1: <\/target> within <feature>$/],
    [Array.from({ length: 16_385 }, () => '<reg name="x" bitsize="8"/>').join(''), /more than 16384 registers$/],
  ];

  test('what is none, with its place and reason', async () => {
    const files: Record<string, string> = {
      'a.xml': `<feature>${include('b.xml')}</feature>`,
      'b.xml': `<feature>${include('a.xml')}</feature>`,
      'wide.xml': '<feature/>',
    };
    for (let i = 0; i < 10; i++) files[`deep${i}.xml`] = `<feature>${include(`deep${i + 1}.xml`)}</feature>`;
    for (const [body, message] of WRONG) {
      const error = await failure(read({ ...files, 'target.xml': `<target>${body}</target>` }));
      assert.equal(error.kind, 'malformed');
      assert.match(error.message, message);
      assert.match(error.message, /^reading the target's description: /);
    }
    assert.match((await failure(read({ 'target.xml': '<html/>' }))).message, /line 1: <html>, not <target>$/);
    assert.match(
      (await failure(read({ 'target.xml': `<target>${include('no.xml')}</target>` }))).message,
      /^no.xml: E00$/,
    );
    const large = `<target>${' '.repeat(5_000_000)}</target>`;
    assert.match((await failure(read({ 'target.xml': large }))).message, /more than 4194304 characters$/);
  });
});
