import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceGuest } from '../../../adapter/guest/trace/trace-guest.ts';
import { DataBreakpoints } from '../../../adapter/session/breakpoints/data-breakpoints.ts';
import { ExceptionFilters } from '../../../adapter/session/breakpoints/filters.ts';
import { Gate } from '../../../adapter/session/breakpoints/gate.ts';
import { parseHitCondition } from '../../../adapter/session/breakpoints/hit-condition.ts';
import { LineBreakpoints } from '../../../adapter/session/breakpoints/line-breakpoints.ts';
import type { Condition } from '../../../adapter/session/evaluate/language.ts';
import type { Watch } from '../../../adapter/session/evaluate/watch.ts';
import { RequestError } from '../../../adapter/session/request-error.ts';
import { CONTINUE, REVERSE, STEP, STEP_BACK, type Course } from '../../../adapter/session/run/course.ts';
import { RecordedLeg } from '../../../adapter/session/run/leg.ts';
import type { Stop } from '../../../adapter/session/run/stop.ts';
import { SourceLines } from '../../../adapter/session/source/lines.ts';
import { guestOf, read, write } from './fake-guest.ts';

const ISENABLER1 = 0x104;
const ICENABLER1 = 0x184;

/** Lines 2 to 9, entries 0 to 7: line = entry + 2. */
const RECORDING = [
  write(ISENABLER1, 2), // 0: value 2
  read(ISENABLER1, 2), // 1
  read(ISENABLER1, 3), // 2: the recording disagrees
  write(ISENABLER1, 4), // 3: value 6
  write(0xe00, 1), // 4: a hole
  write(ICENABLER1, 4), // 5: value 2
  read(ISENABLER1, 2), // 6
  read(ISENABLER1, 7), // 7: disagrees
];

interface Bench {
  guest: TraceGuest;
  lines: LineBreakpoints;
  data: DataBreakpoints;
  filters: ExceptionFilters;
  said: string[];
  run: (course: Course, slice?: number) => Stop;
}

async function bench(): Promise<Bench> {
  const guest = await guestOf(...RECORDING);
  const said: string[] = [];
  const speak = (text: string): void => void said.push(text);
  const lines = new LineBreakpoints(new SourceLines(guest), speak);
  const data = new DataBreakpoints((entry) => ({ text: `by entry ${entry}`, line: 0 }), speak);
  const filters = new ExceptionFilters(speak, () => null);
  const traps = { lines, data, filters, prepare: () => lines.place() };
  return {
    guest,
    lines,
    data,
    filters,
    said,
    run(course, slice = 3) {
      const leg = new RecordedLeg(guest, traps, course);
      for (let i = 0; i < 100; i++) {
        const stop = leg.advance(slice);
        if (stop !== null) return stop;
      }
      throw new Error('the run does not end');
    },
  };
}

const always = new Gate(null, null);
const line = (id: number, at: number, gate = new Gate(null, null)): Parameters<LineBreakpoints['set']>[0][number] => ({
  id,
  line: at,
  gate,
  log: null,
});

function enables(guest: TraceGuest): Watch {
  const [register] = guest.registers.named('GICD_ISENABLER1');
  assert(register);
  return {
    text: 'GICD_ISENABLER1',
    sample: () => guest.registers.peek(register, 0),
    show: (value) => `0x${Number(value).toString(16)}`,
  };
}

function condition(holds: (entry: number) => boolean): Condition {
  return { register: null, text: 'c', holds };
}

test('a step is one entry, and the ends of time are told', async () => {
  const { guest, run } = await bench();
  assert.equal(run(STEP).reason, 'step');
  assert.equal(guest.position, 1);
  assert.equal(run(STEP_BACK).reason, 'step');
  assert.equal(guest.position, 0);
  assert.match(run(STEP_BACK).description ?? '', /Beginning/);
  assert.match(run(CONTINUE).description ?? '', /End/);
  assert.equal(guest.position, 8);
  assert.match(run(STEP).description ?? '', /End/);
  assert.match(run(REVERSE).description ?? '', /Beginning/);
  assert.equal(guest.position, 0);
});

test('line breakpoints stop before their entry, in both directions, and not where the run starts', async () => {
  const { guest, lines, run } = await bench();
  lines.set([line(1, 4), line(2, 7), line(3, 7)]);
  assert.deepEqual(run(CONTINUE), { reason: 'breakpoint', breakpoints: [1] });
  assert.equal(guest.position, 2);
  assert.deepEqual(run(CONTINUE), { reason: 'breakpoint', breakpoints: [2, 3] });
  assert.equal(guest.position, 5);
  assert.equal(run(CONTINUE).exhausted, true);
  assert.deepEqual(run(REVERSE).breakpoints, [2, 3]);
  assert.equal(guest.position, 5);
  assert.deepEqual(run(REVERSE).breakpoints, [1]);
  assert.equal(guest.position, 2);
});

test('hit conditions count what passes the condition', async () => {
  const { guest, lines, run } = await bench();
  lines.set([
    line(
      1,
      4,
      new Gate(
        condition(() => true),
        parseHitCondition('2'),
      ),
    ),
  ]);
  assert.equal(run(CONTINUE).exhausted, true);
  assert.deepEqual(run(REVERSE).breakpoints, [1]);
  assert.equal(guest.position, 2);
});

test('a log point speaks going forward, and does not stop', async () => {
  const { lines, said, run } = await bench();
  lines.set([{ ...line(1, 4), log: { render: (entry) => `at ${entry}` } }]);
  assert.equal(run(CONTINUE).exhausted, true);
  assert.equal(run(REVERSE).exhausted, true);
  assert.deepEqual(said, ['at 2']);
});

test('a condition that fails is told once and stops', async () => {
  const { lines, said, run } = await bench();
  const broken = new Gate(
    condition(() => {
      throw new RequestError('no such thing');
    }),
    null,
  );
  lines.set([line(1, 4, broken)]);
  assert.match(run(CONTINUE).text ?? '', /line 4: no such thing/);
  assert.equal(run(CONTINUE).exhausted, true);
  assert.match(run(REVERSE).text ?? '', /no such thing/);
  assert.equal(said.length, 1);
});

test('data breakpoints stop just behind the entry that made the change, in both directions', async () => {
  const { guest, data, run } = await bench();
  data.set([{ id: 1, watch: enables(guest), gate: always }]);
  const stops: [number, string | undefined][] = [];
  for (let stop = run(CONTINUE); stop.exhausted !== true; stop = run(CONTINUE)) {
    assert.deepEqual(stop.breakpoints, [1]);
    stops.push([guest.position, stop.description]);
  }
  const expected: typeof stops = [
    [1, 'GICD_ISENABLER1 changed 0x0 → 0x2 by entry 0'],
    [4, 'GICD_ISENABLER1 changed 0x2 → 0x6 by entry 3'],
    [6, 'GICD_ISENABLER1 changed 0x6 → 0x2 by entry 5'],
  ];
  assert.deepEqual(stops, expected);
  const back: typeof stops = [];
  for (let stop = run(REVERSE); stop.exhausted !== true; stop = run(REVERSE)) {
    back.push([guest.position, stop.description]);
  }
  assert.deepEqual(back, expected.toReversed());
  assert.equal(
    guest.controller.state.bit(guest.controller.state.at.enabled, guest.controller.state.slot(33, 0)),
    false,
  );
});

test('a data breakpoint whose hits do not count yet lets the run pass, backward too', async () => {
  const { guest, data, run } = await bench();
  guest.jump(8);
  data.set([{ id: 1, watch: enables(guest), gate: new Gate(null, parseHitCondition('>= 2')) }]);
  assert.match(run(REVERSE).description ?? '', /by entry 3/);
  assert.equal(guest.position, 4);
});

test('exception filters stop before the entry, once', async () => {
  const { guest, filters, run } = await bench();
  filters.set([{ id: 9, filter: 'mismatch', gate: new Gate(null, null) }]);
  const first = run(CONTINUE);
  assert.deepEqual([first.reason, first.filter, guest.position], ['exception', 'mismatch', 2]);
  run(CONTINUE);
  assert.equal(guest.position, 7);
  assert.equal(run(CONTINUE).exhausted, true);
  assert.equal(run(REVERSE).filter, 'mismatch');
  assert.equal(guest.position, 7);
  run(REVERSE);
  assert.equal(guest.position, 2);
});

test('a filter of another kind lets it pass; a step that ends before a faulty entry says so', async () => {
  const { guest, filters, run } = await bench();
  filters.set([{ id: 9, filter: 'hole', gate: new Gate(null, null) }]);
  assert.equal(run(CONTINUE).filter, 'hole');
  assert.equal(guest.position, 4);
  run(STEP_BACK);
  assert.equal(run(STEP).filter, 'hole');
  assert.equal(run(STEP).reason, 'step');
  assert.equal(guest.position, 5);
});

test('a condition of a filter sees the state before the entry', async () => {
  const { guest, filters, run } = await bench();
  const seen: number[] = [];
  const gate = new Gate(
    condition((entry) => {
      assert.equal(guest.position, entry);
      seen.push(entry);
      return entry === 7;
    }),
    null,
  );
  filters.set([{ id: 9, filter: 'mismatch', gate }]);
  run(CONTINUE);
  assert.equal(guest.position, 7);
  assert.deepEqual(seen, [2, 7]);
});

test('a run to a match does not count the entry it starts at', async () => {
  const { guest, run } = await bench();
  const until = condition((entry) => entry % 3 === 0);
  assert.equal(run({ ...CONTINUE, until }).reason, 'step');
  assert.equal(guest.position, 3);
  run({ ...CONTINUE, until });
  assert.equal(guest.position, 6);
  assert.equal(run({ ...CONTINUE, until }).exhausted, true);
  run({ ...REVERSE, until });
  assert.equal(guest.position, 6);
  run({ ...REVERSE, until });
  run({ ...REVERSE, until });
  assert.equal(guest.position, 0);
});

test('everything that stops at one place counts as hit', async () => {
  const { guest, lines, data, run } = await bench();
  lines.set([line(1, 6)]);
  data.set([{ id: 2, watch: enables(guest), gate: always }]);
  run(CONTINUE);
  const stop = run(CONTINUE);
  assert.equal(guest.position, 4);
  assert.deepEqual([stop.reason, stop.breakpoints], ['data breakpoint', [2, 1]]);
});
