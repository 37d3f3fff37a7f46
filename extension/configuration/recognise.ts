/** What a file holds that the adapter can debug. */
export type RecordingKind = 'gic-trace' | 'qemu' | 'ftrace' | 'vgic-state' | 'program';

/** A recording or a program, recognised from how it begins. */
export interface Recognised {
  readonly kind: RecordingKind;
  /** For people: "gic-trace · GICv2 · 2 vCPUs · 96 SPIs". */
  readonly summary: string;
}

/** Lines looked at: logs often start with something else. */
const MAX_LINES = 400;

const QEMU = /^(?:\d+@\d+\.\d+:)?gic(?:v3)?_[a-z0-9_]+\s/;
const FTRACE = /:\s+(?:kvm_mmio: mmio |vgic_update_irq_pending: |kvm_irq_line: |kvm_timer_update_irq: )/;

const ELF_MAGIC = 0x7f45_4c46;
const DEVICE_TREE_MAGIC = 0xd00d_feed;
const ELF_64 = 2;
const EXECUTABLE = 2;
const SHARED = 3;
const AARCH64 = 183;
const ELF_HEADER = 64;
const IMAGE_MAGIC = 'ARM\x64';
const IMAGE_MAGIC_OFFSET = 56;

/** Any ELF file, of whatever machine. */
export function isElf(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === ELF_MAGIC;
}

/** A flattened device tree: a .dtb file. */
export function isDeviceTree(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === DEVICE_TREE_MAGIC;
}

/** Recognises a program for the simulated machine: an AArch64 ELF file that is linked, or a Linux Image. */
export function recogniseProgram(head: Buffer): Recognised | undefined {
  if (head.length < ELF_HEADER) return undefined;
  if (isElf(head)) {
    const type = head.readUInt16LE(16);
    const runs = head[4] === ELF_64 && head.readUInt16LE(18) === AARCH64 && (type === EXECUTABLE || type === SHARED);
    return runs ? { kind: 'program', summary: 'AArch64 program · runs on a simulated machine' } : undefined;
  }
  const magic = head.toString('latin1', IMAGE_MAGIC_OFFSET, IMAGE_MAGIC_OFFSET + 4);
  return magic === IMAGE_MAGIC ? { kind: 'program', summary: 'Linux Image · runs on a simulated machine' } : undefined;
}

/** Recognises a recording by its first lines; undefined where it is none. */
export function recogniseRecording(head: string): Recognised | undefined {
  const lines = head.split(/\r?\n/, MAX_LINES);
  const header = traceHeader(lines[0] ?? '');
  if (header) return header;
  for (const [i, line] of lines.entries()) {
    if (QEMU.test(line)) return { kind: 'qemu', summary: 'QEMU trace log' };
    if (FTRACE.test(line)) return { kind: 'ftrace', summary: 'Linux ftrace text' };
    if (/^Distributor\s*$/.test(line) && /^=+\s*$/.test(lines[i + 1] ?? '')) {
      return { kind: 'vgic-state', summary: 'KVM vgic-state dump' };
    }
  }
  return undefined;
}

/** True for the first line of a gic-trace, whatever comes after it. */
export function isTraceHeader(line: string): boolean {
  return /^\s*\{.*"format"\s*:\s*"gic-trace\//.test(line);
}

function traceHeader(line: string): Recognised | undefined {
  if (!isTraceHeader(line)) return undefined;
  const words = ['gic-trace'];
  try {
    const header = JSON.parse(line) as Record<string, unknown>;
    if (typeof header['gic'] === 'string') words.push(`GIC${header['gic']}`);
    if (typeof header['cpus'] === 'number') words.push(`${header['cpus']} vCPU${header['cpus'] === 1 ? '' : 's'}`);
    if (typeof header['spis'] === 'number') words.push(`${header['spis']} SPIs`);
  } catch {
    // A damaged header is the adapter's to report, with line and reason: this only recognises.
  }
  return { kind: 'gic-trace', summary: words.join(' · ') };
}

/** How sure a file's name makes that it can be debugged. */
export type NameVerdict = 'certain' | 'look-inside' | 'unlikely';

/** Judges a file by its name alone. */
export function judgeName(path: string): NameVerdict {
  const name = path.toLowerCase();
  if (/\.gictrace(\.gz)?$/.test(name)) return 'certain';
  if (/\.(elf|axf|flat)$/.test(name)) return 'look-inside';
  if (/\.(jsonl|log|txt|trace|out)(\.gz)?$/.test(name) || /(^|[\\/])(vgic-state[^\\/]*|trace)$/.test(name)) {
    return 'look-inside';
  }
  return 'unlikely';
}

/** The files `findFiles` should list as possible recordings and programs. */
export const RECORDING_GLOB =
  '**/{*.elf,*.axf,*.flat,*.gictrace,*.gictrace.gz,*.jsonl,*.jsonl.gz,*.log,*.log.gz,vgic-state*}';
