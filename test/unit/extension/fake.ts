import type {
  ChangedEvent,
  DescribeResponse,
  FrameInfo,
  ReadArguments,
  ReadResponse,
  RegisterInfo,
  RegisterValue,
} from '../../../adapter/protocol.ts';
import type { SessionPort } from '../../../extension/sessions/session.ts';
import { SessionStore } from '../../../extension/sessions/store.ts';
import { RegisterTree } from '../../../extension/tree/model.ts';
import { TreeSettings, type Storage } from '../../../extension/tree/settings.ts';

/** A register as the tests need it. */
export function register(name: string, offset: number, rest: Partial<RegisterInfo> = {}): RegisterInfo {
  return {
    name,
    offset,
    bits: 32,
    access: 'rw',
    banked: false,
    implemented: true,
    fields: [],
    doc: `About ${name}.`,
    section: 'IHI 0048, 4.3',
    ...rest,
  };
}

function array(group: string, count: number, offset: number, rest: Partial<RegisterInfo>): RegisterInfo[] {
  const perIrq = rest.bitsPerIrq ?? 1;
  return Array.from({ length: count }, (_, index) =>
    register(`${group}${index}`, offset + index * 4, {
      group,
      index,
      firstIntid: (index * 32) / perIrq,
      banked: index < perIrq,
      ...rest,
    }),
  );
}

const GICD: RegisterInfo[] = [
  register('GICD_CTLR', 0, {
    fields: [
      {
        name: 'Enable',
        msb: 0,
        lsb: 0,
        access: 'rw',
        doc: 'Forward pending interrupts.',
        enum: [
          { value: 0, name: 'off' },
          { value: 1, name: 'on' },
        ],
      },
      { name: 'Mode', msb: 7, lsb: 4, access: 'rw', doc: 'A mode.' },
    ],
  }),
  register('GICD_TYPER', 4, { access: 'ro' }),
  ...array('GICD_ISENABLER', 4, 0x100, { bitsPerIrq: 1, access: 'w1s' }),
  ...array('GICD_IPRIORITYR', 32, 0x400, { bitsPerIrq: 8 }),
  register('GICD_SGIR', 0xf00, { access: 'wo' }),
  register('GICD_NSACR0', 0xe00, { access: 'raz/wi', implemented: false }),
];

const GICC: RegisterInfo[] = [
  register('GICC_IAR', 0xc, { access: 'ro', banked: true, readEffect: 'Acknowledges the interrupt.' }),
];

const SGI: RegisterInfo[] = [register('GICR_ISENABLER0', 0x100, { bitsPerIrq: 1, firstIntid: 0, access: 'w1s' })];

const shared: Omit<FrameInfo, 'id' | 'title' | 'base' | 'table'> = { size: 0x1000, vcpu: null };

export const V2: DescribeResponse = {
  version: 1,
  gic: 'v2',
  profile: 'kvm-4.10',
  cpus: 2,
  spis: 96,
  title: 'run.gictrace',
  kind: 'trace',
  canStepBack: true,
  knows: { wires: true, queues: true, reset: true },
  frames: [
    { ...shared, id: 'GICD', title: 'Distributor', base: '0x8000000', table: 'GICD' },
    { ...shared, id: 'GICC', title: 'CPU interface', base: '0x8010000', table: 'GICC' },
  ],
  tables: { GICD, GICC },
};

/** A GICv3 with redistributors for `cpus` vCPUs. */
export function v3(cpus: number): DescribeResponse {
  const redistributors = Array.from({ length: cpus }, (_, vcpu): FrameInfo => ({
    id: `GICR${vcpu}.SGI`,
    title: `Redistributor of vCPU ${vcpu}, SGI frame`,
    base: `0x${(0x80b0000 + vcpu * 0x20000).toString(16)}`,
    size: 0x10000,
    table: 'SGI',
    vcpu,
  }));
  return { ...V2, gic: 'v3', cpus, frames: [...V2.frames.slice(0, 1), ...redistributors], tables: { GICD, SGI } };
}

/** An adapter without a debugger: answers from tables, and records what it was asked. */
export class FakeAdapter implements SessionPort {
  readonly id: string;
  readonly name: string;
  readonly describe: DescribeResponse;
  readonly requests: { command: string; args: unknown }[] = [];
  /** Values by `frame register vcpu`; what is not here reads zero. */
  readonly values = new Map<string, Partial<RegisterValue>>();
  /** Set to make requests fail, or never answer. */
  failure: string | undefined;
  hangs = false;

  constructor(id: string, describe: DescribeResponse = V2) {
    this.id = id;
    this.name = `GIC: ${id}`;
    this.describe = describe;
  }

  set(frame: string, name: string, value: Partial<RegisterValue>, vcpu: number | null = null): void {
    this.values.set(`${frame} ${name} ${vcpu}`, value);
  }

  async customRequest(command: string, args?: unknown): Promise<unknown> {
    this.requests.push({ command, args });
    if (this.hangs) return new Promise(() => undefined);
    if (command === 'gic/describe') return this.describe;
    if (this.failure !== undefined) throw new Error(this.failure);
    if (command === 'gic/read') return this.#read(args as ReadArguments);
    throw new Error(`unexpected ${command}`);
  }

  /** The frames of each `gic/read` so far. */
  get reads(): ReadArguments[] {
    return this.requests.filter(({ command }) => command === 'gic/read').map(({ args }) => args as ReadArguments);
  }

  #read({ frames, registers }: ReadArguments): ReadResponse {
    const values = frames.flatMap((id) => {
      const frame = this.describe.frames.find((candidate) => candidate.id === id);
      return (this.describe.tables[frame?.table ?? ''] ?? [])
        .filter(({ name }) => registers === undefined || registers.includes(name))
        .flatMap(({ name, banked }) => {
          const vcpus: (number | null)[] =
            typeof frame?.vcpu === 'number' ? [frame.vcpu] : banked ? [...Array(this.describe.cpus).keys()] : [null];
          return vcpus.map((vcpu) => ({
            frame: id,
            register: name,
            vcpu,
            value: '0x0',
            ...this.values.get(`${id} ${name} ${vcpu}`),
          }));
        });
    });
    return { version: 1, values };
  }
}

/** Workspace state that lasts as long as the test. */
export class FakeStorage implements Storage {
  readonly data = new Map<string, unknown>();

  get(key: string): unknown {
    return this.data.get(key);
  }

  update(key: string, value: unknown): Promise<void> {
    this.data.set(key, value);
    return Promise.resolve();
  }
}

/** A tree over fake sessions. */
export function treeOver(...adapters: FakeAdapter[]): {
  store: SessionStore;
  settings: TreeSettings;
  tree: RegisterTree;
} {
  const store = new SessionStore();
  const settings = new TreeSettings(new FakeStorage());
  const tree = new RegisterTree(store, settings);
  for (const adapter of adapters) {
    store.start(adapter);
    store.observe(adapter.id, { kind: 'ready' });
  }
  return { store, settings, tree };
}

export function stop(store: SessionStore, id: string, version: number, cause: ChangedEvent['cause'] = 'step'): void {
  store.observe(id, { kind: 'changed', change: { version, position: version, cause } });
}
