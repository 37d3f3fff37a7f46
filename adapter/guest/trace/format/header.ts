import type { JsonObject } from './operation.ts';
import { ADDRESS_LIMIT, hexAddress, HexScanner } from './words.ts';

/** Value of the `format` field. */
export const FORMAT = 'gic-trace/1';

/** The machine a trace was recorded on. */
export interface TraceHeader {
  readonly gic: 'v2' | 'v3';
  /** vCPUs: 1 to 8 for v2, to 64 for v3. */
  readonly cpus: number;
  /** Shared peripheral interrupts: 32 to 988. INTIDs 32 to 31 + spis exist. */
  readonly spis: number;
  /** Guest physical addresses of the frames. `cpuif` matters to v2 only, `redist` and `its` to v3 only. */
  readonly dist: number;
  readonly cpuif: number;
  readonly redist: number;
  readonly its?: number;
  /** v2, where a hypervisor's frames are: its own interface, and that of its guest. */
  readonly gich?: number;
  readonly gicv?: number;
  /** Whose answers these are: `kvm-4.10`, `qemu-7.2`; imported logs: `qemu`, `kvm` (no version is told). */
  readonly semantics: string;
  /** List registers of a vCPU; 4 where the recording does not tell. */
  readonly lrs: number;
  readonly source?: string;
  /** Of a physical controller, where it is told: what it has two of, how many priority bits, which affinities. */
  readonly physical?: PhysicalHeader;
  /** The header as recorded, unknown fields included; empty for imported logs. */
  readonly raw: JsonObject;
}

/** What recordings of physical controllers tell of them: `security`, `prioBits`, `mpidr`, `scrEl3`, `firmware`. */
export interface PhysicalHeader {
  readonly security?: boolean;
  readonly prioBits?: number;
  /** False: there is no Secure software, and what does not tell where it came from is Non-secure. */
  readonly firmware?: boolean;
  /** Aff3:Aff2:Aff1:Aff0 of each CPU, in 31:0. */
  readonly affinities?: readonly number[];
  /** SCR_EL3 without NS, where CPUs rest at EL3 and lower levels are entered. */
  readonly scrEl3?: number;
}

/** Bases of QEMU's `virt` machine, the ones a header without bases gets. */
export const QEMU_VIRT_BASES = {
  dist: 0x08000000,
  cpuif: 0x08010000,
  redist: 0x080a0000,
  its: 0x08080000,
  gich: 0x08030000,
  gicv: 0x08040000,
} as const;

export const DEFAULT_LIST_REGISTERS = 4;
export const MAX_CPUS = { v2: 8, v3: 64 } as const;
export const MIN_SPIS = 32;
export const MAX_SPIS = 988;

/** Throws the error that fits where the header came from. */
export type Fail = (reason: string) => never;

/** Checks a header read from JSON. Sizes by GIC architecture, IHI 0048 4.1 and IHI 0069 12.10. */
export function parseHeader(raw: JsonObject, fail: Fail): TraceHeader {
  if (raw['format'] !== FORMAT) {
    fail(
      raw['format'] === undefined
        ? `no header: the first line must have "format":"${FORMAT}"`
        : `format ${show(raw['format'])} is not "${FORMAT}"`,
    );
  }
  const gic = raw['gic'];
  if (gic !== 'v2' && gic !== 'v3') return fail(`header: gic ${show(gic)} is neither "v2" nor "v3"`);
  const semantics = raw['semantics'];
  if (semantics !== undefined && typeof semantics !== 'string') fail('header: semantics is not a string');
  const source = raw['source'];
  const optional = (name: 'its' | 'gich' | 'gicv'): Partial<Record<typeof name, number>> =>
    raw[name] === undefined || raw[name] === null ? {} : { [name]: base(raw, name, 0, fail) };
  const header: TraceHeader = {
    gic,
    cpus: integer(raw, 'cpus', fail),
    spis: integer(raw, 'spis', fail),
    dist: base(raw, 'dist', null, fail),
    cpuif: base(raw, 'cpuif', gic === 'v2' ? null : QEMU_VIRT_BASES.cpuif, fail),
    redist: base(raw, 'redist', gic === 'v3' ? null : QEMU_VIRT_BASES.redist, fail),
    ...optional('its'),
    ...(gic === 'v2' ? { ...optional('gich'), ...optional('gicv') } : {}),
    semantics: typeof semantics === 'string' ? semantics : 'kvm-4.10',
    lrs: raw['lrs'] === undefined ? DEFAULT_LIST_REGISTERS : integer(raw, 'lrs', fail),
    ...(typeof source === 'string' ? { source } : {}),
    ...(PHYSICAL_FIELDS.some((name) => raw[name] !== undefined) ? { physical: physicalHeader(raw, fail) } : {}),
    raw,
  };
  checkHeader(header, fail);
  return header;
}

const PHYSICAL_FIELDS = ['security', 'prioBits', 'mpidr', 'scrEl3', 'firmware'];

function physicalHeader(raw: JsonObject, fail: Fail): PhysicalHeader {
  const { security, prioBits, mpidr, scrEl3, firmware } = raw;
  if (security !== undefined && typeof security !== 'boolean') fail('header: security is not true or false');
  if (firmware !== undefined && typeof firmware !== 'boolean') fail('header: firmware is not true or false');
  if (
    prioBits !== undefined &&
    !(Number.isInteger(prioBits) && (prioBits as number) >= 4 && (prioBits as number) <= 8)
  ) {
    fail(`header: prioBits ${show(prioBits)} is not 4 to 8`);
  }
  return {
    ...(typeof security === 'boolean' ? { security } : {}),
    ...(typeof prioBits === 'number' ? { prioBits } : {}),
    ...(typeof firmware === 'boolean' ? { firmware } : {}),
    ...(mpidr === undefined ? {} : { affinities: affinities(mpidr, fail) }),
    ...(scrEl3 === undefined ? {} : { scrEl3: Number(hex64('scrEl3', scrEl3, fail) & 0xffff_ffffn) }),
  };
}

/** MPIDR_EL1 of each CPU: Aff3 is in 39:32. */
function affinities(mpidr: unknown, fail: Fail): number[] {
  if (!Array.isArray(mpidr)) return fail(`header: mpidr ${show(mpidr)} is not a list`);
  return (mpidr as unknown[]).map((value, i) => {
    const number = hex64(`mpidr[${String(i)}]`, value, fail);
    return Number(BigInt.asIntN(32, (number & 0xff_ffffn) | (((number >> 32n) & 0xffn) << 24n)));
  });
}

function hex64(name: string, value: unknown, fail: Fail): bigint {
  if (typeof value === 'string' && /^0x[0-9a-fA-F]{1,16}$/.test(value)) return BigInt(value);
  return fail(`header: ${name} ${show(value)} is not hexadecimal ("0x…")`);
}

/** Refuses a machine that cannot exist: counts out of range, frames on top of each other. */
export function checkHeader(header: TraceHeader, fail: Fail): void {
  const { gic, cpus, spis, lrs } = header;
  const most = MAX_CPUS[gic];
  if (cpus < 1 || cpus > most) fail(`header: cpus ${cpus} is not 1 to ${most} (GIC${gic})`);
  if (spis < MIN_SPIS || spis > MAX_SPIS) fail(`header: spis ${spis} is not ${MIN_SPIS} to ${MAX_SPIS}`);
  const mostLrs = gic === 'v2' ? 64 : 16;
  if (lrs < 1 || lrs > mostLrs) fail(`header: lrs ${lrs} is not 1 to ${mostLrs} (GIC${gic})`);
  const frames = framesOf(header);
  for (const [i, a] of frames.entries()) {
    if (a.base < 0 || a.base + a.size > ADDRESS_LIMIT)
      fail(`header: ${a.name} ${hexAddress(a.base)} ends above 52 bits`);
    for (const b of frames.slice(i + 1)) {
      if (a.base < b.base + b.size && b.base < a.base + a.size) {
        fail(`header: ${describe(a)} and ${describe(b)} overlap`);
      }
    }
  }
}

/** A frame, or the row of them, that a header places. */
export interface FrameSpan {
  readonly name: 'dist' | 'cpuif' | 'gich' | 'gicv' | 'redist' | 'its';
  readonly base: number;
  /** Bytes. */
  readonly size: number;
}

/** Address ranges of a header's frames. The CPU interface counts its first page only: that is all some machines map. */
export function framesOf(header: Omit<TraceHeader, 'raw' | 'semantics' | 'lrs' | 'spis'>): FrameSpan[] {
  if (header.gic === 'v2') {
    const frames: FrameSpan[] = [
      { name: 'dist', base: header.dist, size: 0x1000 },
      { name: 'cpuif', base: header.cpuif, size: 0x1000 },
    ];
    if (header.gich !== undefined) frames.push({ name: 'gich', base: header.gich, size: 0x1000 });
    if (header.gicv !== undefined) frames.push({ name: 'gicv', base: header.gicv, size: 0x1000 });
    return frames;
  }
  const frames: FrameSpan[] = [
    { name: 'dist', base: header.dist, size: 0x10000 },
    { name: 'redist', base: header.redist, size: 0x20000 * header.cpus },
  ];
  if (header.its !== undefined) frames.push({ name: 'its', base: header.its, size: 0x20000 });
  return frames;
}

function describe(frame: FrameSpan): string {
  return `${frame.name} (${hexAddress(frame.base)} to ${hexAddress(frame.base + frame.size - 1)})`;
}

function integer(raw: JsonObject, name: string, fail: Fail): number {
  const value = raw[name];
  if (typeof value !== 'number' || !Number.isInteger(value))
    return fail(`header: ${name} ${show(value)} is not an integer`);
  return value;
}

function base(raw: JsonObject, name: string, otherwise: number | null, fail: Fail): number {
  const value = raw[name];
  if (value === undefined && otherwise !== null) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < ADDRESS_LIMIT) return value;
  if (typeof value === 'string' && value.startsWith('0x')) {
    const hex = new HexScanner();
    if (hex.scan(value, 2) === value.length) {
      const address = hex.address();
      return address < 0 ? fail(`header: ${name} ${value} is above 52 bits`) : address;
    }
  }
  return fail(`header: ${name} ${show(value)} is not an address ("0x…")`);
}

/** A JSON value for a message. */
export function show(value: unknown): string {
  if (value === undefined) return '(missing)';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
