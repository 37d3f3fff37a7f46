import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, SCENARIO, TWO_CPUS, V3, ZIPPED } from '../dap/client.ts';

/** Requests of one run; the whole test stays below ten seconds. */
const REQUESTS = 4000;
const BATCH = 50;

/** Small and repeatable: a failure names the seed that leads to it. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

const COMMANDS = [
  'initialize launch attach configurationDone continue reverseContinue next stepIn stepOut stepBack pause threads',
  'stackTrace scopes variables setVariable setExpression evaluate completions source loadedSources setBreakpoints',
  'breakpointLocations setExceptionBreakpoints exceptionInfo dataBreakpointInfo setDataBreakpoints readMemory',
  'writeMemory cancel goto restart modules gic/describe gic/read gic/write gic/preview gic/irqs gic/explain',
  'gic/journal gic/line gic/step',
]
  .join(' ')
  .split(' ');

const TEXTS = [
  ...[
    '',
    ' ',
    '0x8000104',
    'cpu1:0x8000100',
    'GICD',
    'GICR0.SGI',
    'GICD_ISENABLER1',
    'GICD_CTLR.EnableGrp1',
    'irq(33)',
  ],
  ...[
    'irq(33).pending',
    'irq(27, 1).enabled = 1',
    'GICD_ISENABLER[33] = 1',
    'access.intid == 33',
    '((((',
    '%',
    '"',
    '\0',
  ],
  ...['{', '{}', '{irq(33).priority}', '>= 3', '% 0', 'forward', 'backward', 'mismatch', 'hole', 'spurious', 'repl'],
  ...['hover', 'watch', 'true', 'edge', '-1', '1e309', 'AAAA', 'AgAAAA==', '__proto__', 'constructor', '🦊'.repeat(50)],
  ...['irq('.repeat(500), '1 + '.repeat(500) + '1', '!'.repeat(5000), SCENARIO, '/nowhere'],
];
const NUMBERS = [0, 1, 2, 3, 4, 7, 10, 31, 32, 33, 100, 1000, 1023, 5000, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, 0x8000104];
const NAMES = [
  'program stopOnEntry gic cpus spis bases threadId frameId variablesReference name value expression context text column',
  'line endLine source path sourceReference breakpoints condition hitCondition logMessage filters filterOptions filterId',
  'dataId accessType memoryReference offset count data allowPartial requestId progressId target frames registers since',
  'intid vcpu level start direction until to granularity levels startFrame filter format',
]
  .join(' ')
  .split(' ');

class Mutator {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }

  chance(part: number): boolean {
    return this.#random() < part;
  }

  value(depth = 0): unknown {
    const kind = Math.floor(this.#random() * (depth > 2 ? 4 : 6));
    switch (kind) {
      case 0:
        return this.pick(NUMBERS);
      case 1:
      case 2:
        return this.pick(TEXTS);
      case 3:
        return this.pick([true, false, null]);
      case 4:
        return Array.from({ length: Math.floor(this.#random() * 4) }, () => this.value(depth + 1));
      default:
        return this.fields(depth + 1);
    }
  }

  fields(depth = 0): Record<string, unknown> {
    const count = Math.floor(this.#random() * 5);
    return Object.fromEntries(Array.from({ length: count }, () => [this.pick(NAMES), this.value(depth)]));
  }

  /** Arguments that nearly make sense: so that the fuzz gets past the first check. */
  arguments(): Record<string, unknown> {
    const text = (): string => this.pick(TEXTS);
    const number = (): number => this.pick(NUMBERS);
    const source = { path: this.pick([SCENARIO, TWO_CPUS, '/other']) };
    const conditions = { condition: text(), hitCondition: text(), logMessage: text() };
    return {
      threadId: number(),
      frameId: number(),
      variablesReference: number(),
      name: text(),
      value: text(),
      expression: text(),
      target: text(),
      text: text(),
      column: number(),
      context: text(),
      source,
      line: number(),
      breakpoints: [{ line: number(), dataId: text(), ...(this.chance(0.5) ? conditions : {}) }],
      filters: [text()],
      filterOptions: [{ filterId: this.pick(['mismatch', 'hole', 'spurious']), condition: text() }],
      memoryReference: this.pick(['0x8000104', '0x8000400', 'cpu1:0x8000100', text()]),
      offset: number(),
      count: number(),
      data: this.pick(['AgAAAA==', 'Ag==', text()]),
      frames: [text()],
      since: number(),
      intid: number(),
      vcpu: this.pick([0, 1, number()]),
      level: this.pick([0, 1]),
      start: number(),
      direction: this.pick(['forward', 'backward']),
      ...(this.chance(0.5) ? { to: this.pick([0, 1, 2, 3, 4, 5]) } : { until: text() }),
      ...(this.chance(0.3) ? this.fields() : {}),
    };
  }
}

for (const [seed, program] of [SCENARIO, TWO_CPUS, V3, ZIPPED].entries()) {
  test(`whatever a client sends is answered (seed ${seed})`, async () => {
    const client = DapClient.spawn();
    const mutator = new Mutator(seed + 1);
    try {
      await client.start(program);
      for (let sent = 0; sent < REQUESTS / 4; sent += BATCH) {
        const batch = Array.from({ length: BATCH }, async () => {
          const command = mutator.chance(0.02) ? mutator.pick(TEXTS) : mutator.pick(COMMANDS);
          const args = mutator.chance(0.7) ? mutator.arguments() : mutator.value();
          if (command === 'launch' && mutator.chance(0.9)) return;
          const response: DebugProtocol.Response = await client.ask(command, args);
          const { error } = (response.body ?? {}) as { error?: { id: number; variables?: { reason?: string } } };
          const told = JSON.stringify(args).slice(0, 500);
          assert.notEqual(error?.id, 2, `${command} ${told}: ${error?.variables?.reason ?? ''}`);
          assert.equal(response.command, command);
        });
        if (mutator.chance(0.2))
          client.raw(
            mutator.pick(['Content-Length: 3\r\n\r\n{]}', 'Content-Length: 7\r\n\r\n"quoted', 'X: y\r\n\r\n']),
          );
        await Promise.all(batch);
      }
      // It still knows what it is about.
      await client.ask('pause');
      const { threads } = await client.request<{ threads: DebugProtocol.Thread[] }>('threads');
      assert.ok(threads.length > 0);
      assert.equal(client.stderr, '');
    } finally {
      client.stop();
    }
  });
}
