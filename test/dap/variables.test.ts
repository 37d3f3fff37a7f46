import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SCENARIO, TWO_CPUS, V3, vector, withClient, type DapClient } from './client.ts';

const DELIVER = vector('kvm-4.10-scenario-v2-deliver.jsonl');

const table = (variables: DebugProtocol.Variable[]): Record<string, string> =>
  Object.fromEntries(variables.map(({ name, value }) => [name, value]));

async function goToLine(client: DapClient, path: string, line: number): Promise<number> {
  await client.setBreakpoints(path, { line });
  const stop = await client.go('continue');
  await client.setBreakpoints(path);
  return stop.body.threadId ?? 0;
}

test('the access is decoded, with what the model answers to a read', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const access = table(await client.variables(1, 'Access'));
    assert.deepEqual(access, {
      operation: 'read GICD_TYPER → 0x3: ITLinesNumber=0x3',
      kind: 'read',
      vCPU: '0',
      address: '0x8000004 (GICD + 0x4)',
      register: 'GICD_TYPER',
      width: '4 bytes',
      value: '0x00000003',
      note: 'GICD_TYPER: ITLinesNumber=3 (128 INTIDs), CPUNumber=0',
      'the model answers': '0x00000003',
    });
    assert.equal(table(await client.variables(1, 'Access', 'value'))['ITLinesNumber'], '0x3');
  }));

test('an access is worth its INTIDs and its remark', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    await goToLine(client, SCENARIO, 11);
    const access = table(await client.variables(1, 'Access'));
    assert.match(access['operation'] ?? '', /^read GICD_ITARGETSR8/);
    assert.ok(access['INTIDs']?.split(', ').includes('33'));
  }));

test('registers open into fields and into interrupts, arrays are one line', () =>
  withClient(async (client) => {
    await client.start(SCENARIO);
    const registers = await client.variables(1, 'Distributor');
    const byName = new Map(registers.map((one) => [one.name, one]));
    const typer = byName.get('GICD_TYPER');
    assert.deepEqual(
      [typer?.value, typer?.evaluateName, typer?.memoryReference, typer?.presentationHint?.attributes],
      ['0x00000003', 'GICD_TYPER', '0x8000004', ['readOnly']],
    );
    assert.equal(byName.get('GICD_CTLR')?.presentationHint, undefined);
    assert.equal(byName.get('GICD_SGIR')?.value, '<write-only>');
    const priorities = byName.get('GICD_IPRIORITYR');
    assert.deepEqual([priorities?.value, priorities?.indexedVariables], ['32 registers', 32]);
    const { variables } = await client.request<{ variables: DebugProtocol.Variable[] }>('variables', {
      variablesReference: priorities?.variablesReference,
      filter: 'indexed',
      start: 8,
      count: 2,
    });
    assert.deepEqual(
      variables.map(({ name }) => name),
      ['GICD_IPRIORITYR8', 'GICD_IPRIORITYR9'],
    );
    const shares = await client.children(variables[0]?.variablesReference ?? 0);
    assert.deepEqual(
      shares.map(({ name, evaluateName }) => [name, evaluateName]),
      [32, 33, 34, 35].map((intid) => [`INTID ${intid}`, `GICD_IPRIORITYR[${intid}]`]),
    );
    const fields = table(await client.variables(1, 'Distributor', 'GICD_TYPER'));
    assert.equal(fields['ITLinesNumber'], '0x3');
  }));

test('a bank is named by its vCPU', () =>
  withClient(async (client) => {
    const stop = await client.start(TWO_CPUS);
    assert.equal(stop.body.threadId, 1);
    while ((await client.go('next')).body.threadId !== 2);
    const registers = await client.variables(2, 'Distributor');
    assert.deepEqual(
      registers
        .filter(({ name }) => name.startsWith('GICD_ISENABLER'))
        .map(({ evaluateName, memoryReference }) => [evaluateName, memoryReference]),
      [
        ['cpu(1).GICD_ISENABLER0', 'cpu1:0x8000100'],
        ['GICD_ISENABLER1', '0x8000104'],
      ],
    );
  }));

test('list registers, queue and busy interrupts are shown as they are', () =>
  withClient(async (client) => {
    await client.start(DELIVER);
    let seen = false;
    for (let i = 0; i < 60 && !seen; i++) {
      const stop = await client.go('next');
      const thread = stop.body.threadId ?? 0;
      const lines = await client.variables(thread, 'vCPU interface');
      const names = table(lines);
      assert.match(names['used list registers'] ?? '', /^\d+ of \d+$/);
      if (names['LR0'] === undefined) continue;
      seen = true;
      assert.match(names['LR0'], /^INTID \d+, (pending|active|pending and active)$/);
      const fields = table(await client.variables(thread, 'vCPU interface', 'LR0'));
      assert.deepEqual(
        ['INTID', 'state', 'priority', 'group', 'EOI maintenance', 'raw'].filter((name) => fields[name] === undefined),
        [],
      );
      const [busy] = await client.variables(thread, 'Interrupts');
      assert.match(busy?.evaluateName ?? '', /^irq\(/);
      const properties = table(await client.children(busy?.variablesReference ?? 0));
      assert.ok(properties['queuedOn'] !== undefined && properties['priority'] !== undefined);
    }
    assert.ok(seen, 'no list register was ever used');
  }));

test('a GICv3 frame shows the redistributor of its vCPU alone', () =>
  withClient(async (client) => {
    const stop = await client.start(V3);
    const thread = stop.body.threadId ?? 0;
    const { scopes } = await client.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: thread });
    const frames = scopes.filter(({ expensive }) => expensive).map(({ name }) => name);
    assert.deepEqual(
      frames.filter((name) => name.includes('Redistributor')),
      [`Redistributor of vCPU ${thread - 1}, RD frame`, `Redistributor of vCPU ${thread - 1}, SGI frame`],
    );
    const { value, memoryReference } =
      (await client.variables(thread, 'Redistributor')).find(({ name }) => name === 'GICR_TYPER') ?? {};
    assert.match(value ?? '', /^0x[0-9a-f]{16}$/);
    assert.equal(memoryReference?.startsWith('0x'), true);
  }));
