import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadOf, storeOf, systemAccess } from '../instructions.ts';

// The layout that guest/hypervisor.S has too.
const RAM = 0x40000000;
const CONTROL = 0x40110000;
const CODE = 0x40111000;
const COMMANDS = 0x40200000;
const COMMAND = 64;
const RET = 0xd65f03c0;
const RAM_BYTES = 32 * 2 ** 20;
const GICC = 0x08010000;
const PATIENCE_MS = 60_000;

const GUEST = path.join(import.meta.dirname, 'guest/hypervisor.elf');
const SHARED_MEMORY = '/dev/shm';

/** What a hypervisor or its guest does. */
export type HypervisorOp = {
  /** At EL1, with HCR_EL2.IMO and FMO set; else at EL2. */
  readonly guest: boolean;
  readonly rw: 'read' | 'write';
  readonly value?: bigint;
} & ({ readonly reg: string } | { readonly addr: number; readonly len: number });

export interface Answer {
  /** Read; of a write what was written. */
  readonly value: bigint;
  readonly fault: 'undef' | 'trap-el2' | 'external-abort' | null;
  /** Of the CPU after it: IRQ 1, FIQ 2. */
  readonly inputs: number;
  /** The same of its virtual inputs. */
  readonly virtualInputs: number;
}

/** Executes operations on QEMU's virt with EL2 and one CPU, from its reset on. */
export async function runBatch(
  gic: 'v2' | 'v3',
  operations: readonly HypervisorOp[],
  binary = 'qemu-system-aarch64',
): Promise<Answer[]> {
  const directory = mkdtempSync(path.join(existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'gic-hyp-'));
  const file = path.join(directory, 'ram');
  try {
    writeFileSync(file, memory(gic, operations));
    await run(binary, gic, file);
    const ram = readFileSync(file);
    return operations.map((_, n) => answerAt(ram, COMMANDS - RAM + n * COMMAND));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function memory(gic: 'v2' | 'v3', operations: readonly HypervisorOp[]): Buffer {
  const ram = Buffer.alloc(RAM_BYTES);
  ram.writeUInt32LE(operations.length, CONTROL - RAM);
  ram.writeUInt32LE(gic === 'v2' ? GICC : 0, CONTROL - RAM + 4);
  const code = new Map<number, number>();
  operations.forEach((one, n) => {
    const at = COMMANDS - RAM + n * COMMAND;
    const isRead = one.rw === 'read';
    const instruction = 'reg' in one ? systemAccess(one.reg, one.rw) : isRead ? loadOf(one.len) : storeOf(one.len);
    let address = code.get(instruction);
    if (address === undefined) {
      address = CODE + code.size * 8;
      code.set(instruction, address);
      ram.writeUInt32LE(instruction, address - RAM);
      ram.writeUInt32LE(RET, address - RAM + 4);
    }
    ram.writeUInt32LE(one.guest ? 1 : 0, at);
    ram.writeBigUInt64LE(BigInt(address), at + 8);
    if ('addr' in one) ram.writeBigUInt64LE(BigInt(one.addr), at + 16);
    ram.writeBigUInt64LE(one.value ?? 0n, at + 24);
  });
  return ram;
}

function run(binary: string, gic: 'v2' | 'v3', file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const machine = `virt,gic-version=${gic.slice(1)},virtualization=on,memory-backend=ram`;
    const child = spawn(
      binary,
      [
        ...[
          '-M',
          gic === 'v3' ? `${machine},its=off` : machine,
          '-cpu',
          'cortex-a53',
          '-m',
          '32M',
          '-nographic',
          '-nic',
          'none',
        ],
        ...['-object', `memory-backend-file,id=ram,share=on,size=32M,mem-path=${file}`],
        ...['-accel', 'tcg,thread=single', '-semihosting', '-monitor', 'none', '-serial', 'none', '-kernel', GUEST],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let told = '';
    child.stderr.on('data', (part: Buffer) => (told += part.toString()));
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.on('error', reject);
    child.on('exit', (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve();
      else reject(new Error(`QEMU ended: ${signal ?? `code ${status ?? '?'}`} ${told}`));
    });
  });
}

const SYSTEM_REGISTER = 0x18;
const DATA_ABORTS = [0x24, 0x25];

function answerAt(ram: Buffer, at: number): Answer {
  const esr = ram.readUInt32LE(at + 32);
  const byHypervisor = ram.readUInt32LE(at + 36) === 1;
  const of = esr >>> 26;
  const fault =
    esr === 0
      ? null
      : of === 0
        ? 'undef'
        : of === SYSTEM_REGISTER && byHypervisor
          ? 'trap-el2'
          : DATA_ABORTS.includes(of)
            ? 'external-abort'
            : undefined;
  if (fault === undefined)
    throw new Error(`the guest took an exception that nobody expects: ESR 0x${esr.toString(16)}`);
  return {
    value: ram.readBigUInt64LE(at + 24),
    fault,
    inputs: inputsOf(ram.readUInt8(at + 40)),
    virtualInputs: inputsOf(ram.readUInt8(at + 41)),
  };
}

/** ISR_EL1 has IRQ above FIQ. */
function inputsOf(bits: number): number {
  return ((bits >> 1) & 1) | ((bits & 1) << 1);
}
