import type {
  ExplainResponse,
  GicCommand,
  GicRequests,
  IrqRow,
  JournalEntry,
  Problem,
  WriteResponse,
} from '../../adapter/protocol.ts';
import type { PanelEvent, PanelModel } from '../../extension/panel/model.ts';
import type { PanelSession } from '../../webview/messages.ts';
import { irq, table } from './rows.ts';

/** A session's controller, as far as a panel can tell it from a real one. */
export class FakeController {
  version = 1;
  position = 0;
  total = 0;
  gic: 'v2' | 'v3' = 'v2';
  /** It is behind a GDB stub. */
  isTarget = false;
  rows: IrqRow[];
  readonly cpus: number;
  readonly spis: number;
  /** The version at which a row changed last. */
  readonly #stamps = new Map<string, number>();

  constructor(cpus: number, spis: number) {
    this.cpus = cpus;
    this.spis = spis;
    this.rows = table(cpus, spis);
  }

  /** Changes rows as a step would. */
  step(changes: readonly [intid: number, vcpu: number | null, change: Partial<IrqRow>][], position: number): void {
    this.version++;
    this.position = position;
    for (const row of this.rows) if (row.changed) this.put(row.intid, row.vcpu, { changed: false });
    for (const [intid, vcpu, change] of changes) this.put(intid, vcpu, { ...change, changed: true });
  }

  put(intid: number, vcpu: number | null, change: Partial<IrqRow>): void {
    const at = this.rows.findIndex((row) => row.intid === intid && row.vcpu === vcpu);
    const row = this.rows[at];
    if (!row) throw new Error(`no row ${intid}`);
    this.rows[at] = irq(intid, { ...row, ...change });
    this.#stamps.set(`${intid}/${vcpu}`, this.version);
  }

  since(version: number | undefined): IrqRow[] {
    if (version === undefined) return this.rows;
    return this.rows.filter((row) => (this.#stamps.get(`${row.intid}/${row.vcpu}`) ?? 0) > version);
  }

  /** Priority keeps 5 bits; SGIs cannot be disabled; what is no number is refused. */
  edit(target: string, value: string, isPreview: boolean): WriteResponse {
    const [, intid, cpu, property = ''] = /^irq\((\d+)(?:, (\d+))?\)\.(\w+)$/.exec(target) ?? [];
    const vcpu = cpu === undefined ? null : Number(cpu);
    const row = this.rows.find((candidate) => candidate.intid === Number(intid) && candidate.vcpu === vcpu);
    const number = value === 'level' ? 0 : value === 'edge' ? 1 : Number(value);
    const problems: Problem[] = [];
    const answer: WriteResponse = {
      version: this.version,
      ok: true,
      accesses: [],
      verdict: 'applied',
      before: '0x0',
      after: `0x${number.toString(16)}`,
      problems,
      effects: [],
    };
    const refuse = (message: string): WriteResponse => {
      problems.push({ severity: 'error', message });
      return { ...answer, ok: false, verdict: 'ignored' };
    };
    if (!row) return refuse(`There is no ${target}.`);
    if (Number.isNaN(number)) return refuse(`“${value}” is not a number.`);
    if (property === 'priority') {
      if (number > 255) return refuse(`${value} does not fit: a priority has 8 bits.`);
      const kept = number & 0xf8;
      answer.before = `0x${row.priority.toString(16)}`;
      answer.after = `0x${kept.toString(16)}`;
      if (kept !== number) {
        answer.verdict = 'narrowed';
        problems.push({
          severity: 'warning',
          message: `Priority ${value} keeps 5 bits: 0x${kept.toString(16)} will be stored.`,
        });
      }
      answer.accesses.push({
        kind: 'write',
        vcpu: 0,
        address: '0x8000421',
        length: 1,
        value: answer.after,
        register: 'GICD_IPRIORITYR8',
        text: `write ${answer.after} to byte 1 of GICD_IPRIORITYR8`,
      });
      if (!isPreview) this.#edited(row, { priority: kept });
      return { ...answer, version: this.version };
    }
    if (row.type === 'SGI' && property === 'enabled') {
      problems.push({ severity: 'warning', message: 'SGIs are always enabled: the write has no effect.' });
      return { ...answer, verdict: 'ignored' };
    }
    if (!isPreview) {
      const change: Record<string, Partial<IrqRow>> = {
        enabled: { enabled: number === 1 },
        pending: { pending: number === 1, softPending: number === 1 },
        active: { active: number === 1 },
        line: { line: number === 1, pending: number === 1 },
        config: { trigger: number === 1 ? 'edge' : 'level' },
        target: { route: answer.after, target: number === 0 ? null : 31 - Math.clz32(number & -number) },
      };
      this.#edited(row, change[property] ?? {});
    }
    return { ...answer, version: this.version };
  }

  #edited(row: IrqRow, change: Partial<IrqRow>): void {
    this.version++;
    this.put(row.intid, row.vcpu, { ...change, changed: true });
  }

  entry(index: number): JournalEntry {
    const word = index % 64;
    const address = `0x${(0x8000100 + word * 4).toString(16)}`;
    const base: JournalEntry = {
      index,
      origin: 'guest',
      op: index % 3 === 0 ? 'read' : 'write',
      vcpu: index % 4,
      address,
      length: 4,
      value: `0x${((index * 2654435761) >>> 0).toString(16)}`,
      register: `GICD_ISENABLER${word % 32}`,
      text: `GICD_ISENABLER${word % 32} = 0x2: enables INTID ${(word % 32) * 32 + 1}`,
      kind: 'normal',
      line: index + 2,
    };
    if (index % 23 === 5) return { ...base, vcpu: null };
    if (index % 23 === 7) {
      return { ...base, kind: 'mismatch', op: 'read', remark: 'The model answers 0x0, the guest saw 0x2' };
    }
    if (index % 23 === 11) return { ...base, kind: 'hole', register: undefined as never, text: 'No register here' };
    if (index % 23 === 13) {
      return {
        ...base,
        kind: 'spurious',
        register: 'GICC_IAR',
        value: '0x3ff',
        op: 'read',
        text: 'GICC_IAR = 1023: nothing to acknowledge',
      };
    }
    if (index % 23 === 17) return { ...base, origin: 'edit', text: 'GICD_ICENABLER1 = 0x2: disables INTID 33' };
    if (index % 23 === 19) {
      return {
        index,
        origin: 'guest',
        op: 'line',
        vcpu: null,
        text: 'INTID 33 rises',
        kind: 'normal',
        line: index + 2,
      };
    }
    return base;
  }
}

const EXPLANATION: Omit<ExplainResponse, 'version'> = {
  verdict: 'INTID 33 is pending, but disabled.',
  steps: [
    { question: 'Is it pending?', outcome: 'pass', evidence: 'The line of INTID 33 is high (level-sensitive).' },
    {
      question: 'Is it enabled?',
      outcome: 'fail',
      evidence: 'GICD_ISENABLER1 bit 1 is 0.',
      expression: 'GICD_ISENABLER[33]',
      advice: 'Write 0x2 to GICD_ISENABLER1: the driver has not called request_irq(), or it has masked the interrupt.',
    },
    {
      question: 'Is the distributor on?',
      outcome: 'pass',
      evidence: 'GICD_CTLR.Enable is 1.',
      expression: 'GICD_CTLR.Enable',
    },
    {
      question: 'Does the guest unmask interrupts?',
      outcome: 'unknown',
      evidence: 'A recording does not tell PSTATE.I.',
    },
  ],
};

/** The rest of the extension, as the panel sees it. Requests are recorded. */
export class FakeModel implements PanelModel {
  readonly controllers = new Map<string, FakeController>();
  readonly requests: { sessionId: string; command: GicCommand; args: unknown }[] = [];
  readonly revealed: { sessionId: string; expression: string }[] = [];
  readonly opened: string[] = [];
  readonly states = new Map<string, PanelSession['state']>();
  focus: string | undefined;
  /** Set to make requests fail. */
  failure: ((command: GicCommand, args: unknown) => string | undefined) | undefined;
  readonly #listeners = new Set<(event: PanelEvent) => void>();

  sessions(): readonly PanelSession[] {
    return [...this.controllers.keys()].map((id) => ({
      id,
      name: `Linux boot (${id})`,
      state: this.states.get(id) ?? 'stopped',
    }));
  }

  focused(): string | undefined {
    return this.focus;
  }

  onDidChange(listener: (event: PanelEvent) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  fire(event: PanelEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  add(id: string, controller: FakeController): void {
    this.controllers.set(id, controller);
    this.fire({ kind: 'sessions' });
  }

  remove(id: string): void {
    this.controllers.delete(id);
    this.fire({ kind: 'sessions' });
  }

  changed(sessionId: string, cause: 'step' | 'edit'): void {
    const controller = this.controllers.get(sessionId);
    if (!controller) return;
    const { version, position } = controller;
    this.fire({ kind: 'changed', sessionId, change: { version, position, cause } });
  }

  reveal(sessionId: string, expression: string): Promise<void> {
    this.revealed.push({ sessionId, expression });
    return Promise.resolve();
  }

  open(what: 'recording' | 'example'): void {
    this.opened.push(what);
  }

  of<C extends GicCommand>(command: C): { sessionId: string; args: GicRequests[C]['arguments'] }[] {
    return this.requests
      .filter((request) => request.command === command)
      .map(({ sessionId, args }) => ({ sessionId, args: args as GicRequests[C]['arguments'] }));
  }

  async request<C extends GicCommand>(
    sessionId: string,
    command: C,
    args: GicRequests[C]['arguments'],
  ): Promise<GicRequests[C]['response']> {
    this.requests.push({ sessionId, command, args });
    await new Promise((resolve) => setImmediate(resolve));
    const failure = this.failure?.(command, args);
    if (failure !== undefined) throw new Error(failure);
    const controller = this.controllers.get(sessionId);
    if (!controller) throw new Error(`There is no session ${sessionId}.`);
    return this.#answer(sessionId, controller, command, args) as GicRequests[C]['response'];
  }

  #answer(sessionId: string, controller: FakeController, command: GicCommand, raw: unknown): unknown {
    const { version, cpus, spis, gic, total, position } = controller;
    switch (command) {
      case 'gic/describe':
        return {
          version,
          gic,
          profile: controller.isTarget ? 'observed' : 'kvm-4.10',
          cpus,
          spis,
          title: `${sessionId}.gictrace`,
          kind: controller.isTarget ? 'gdb' : 'trace',
          canStepBack: !controller.isTarget,
          knows: { wires: !controller.isTarget, queues: !controller.isTarget, reset: !controller.isTarget },
        };
      case 'gic/irqs': {
        const { since } = raw as GicRequests['gic/irqs']['arguments'];
        return { version, full: since === undefined, rows: controller.since(since) };
      }
      case 'gic/journal': {
        const { start, count } = raw as GicRequests['gic/journal']['arguments'];
        const length = Math.max(0, Math.min(count, total - start));
        return { version, total, position, entries: Array.from({ length }, (_, at) => controller.entry(start + at)) };
      }
      case 'gic/write':
      case 'gic/preview': {
        const { target, value } = raw as GicRequests['gic/write']['arguments'];
        const response = controller.edit(target, value, command === 'gic/preview');
        if (command === 'gic/write' && response.version > version)
          queueMicrotask(() => this.changed(sessionId, 'edit'));
        return response;
      }
      case 'gic/explain':
        return { ...EXPLANATION, version };
      case 'gic/step': {
        controller.step([], (raw as GicRequests['gic/step']['arguments']).to ?? 0);
        queueMicrotask(() => this.changed(sessionId, 'step'));
        return { version: controller.version, position: controller.position };
      }
      default:
        throw new Error(`unexpected ${command}`);
    }
  }
}
