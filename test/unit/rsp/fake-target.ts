import { CORE_FEATURE, FPU_FEATURE } from '../../../adapter/rsp/stub/target-xml.ts';
import {
  TargetError,
  type AddressSpace,
  type Resumption,
  type StubBreakpoint,
  type StubRegister,
  type StubTarget,
  type StubWatchpoint,
  type TargetStop,
} from '../../../adapter/rsp/stub/target.ts';

/** Two threads, four registers and a page of memory at 0x1000, physical address 0x9000; runs until it is told to stop. */
export class FakeTarget implements StubTarget {
  readonly threads = [
    { id: 1, name: 'one' },
    { id: 2, name: 'two' },
  ];
  readonly types = [];
  readonly memory = new Uint8Array(4096);
  readonly values = [
    [1n, 2n, 3n, 4n],
    [5n, 6n, 7n, 8n],
  ];
  readonly registers: readonly StubRegister[] = [
    this.#register('x0', CORE_FEATURE, 64, 0),
    this.#register('pc', CORE_FEATURE, 64, 1),
    this.#register('v0', FPU_FEATURE, 128, 2),
    { ...this.#register('odd', 'org.example', 32, 3), write: null },
  ];
  /** What it was told, besides reads. */
  readonly log: string[] = [];
  stopped: ((stop: TargetStop) => void) | null = null;
  refusal: string | null = null;

  #register(name: string, feature: string, bits: 32 | 64 | 128, n: number): StubRegister {
    return {
      name,
      feature,
      bits,
      type: 'int',
      group: null,
      read: (thread) => this.values[thread - 1]?.[n] ?? 0n,
      write: (thread, value) => {
        const row = this.values[thread - 1];
        if (row === undefined || value === 0xbadn) return false;
        row[n] = value;
        return true;
      },
    };
  }

  activity(thread: number): string {
    return `does ${thread}`;
  }

  readMemory(_thread: number, space: AddressSpace, virtual: bigint, length: number): Uint8Array {
    const address = addressOf(space, virtual);
    if (address < 0x1000n || address >= 0x2000n) return new Uint8Array();
    const at = Number(address) - 0x1000;
    return this.memory.subarray(at, at + length);
  }

  writeMemory(_thread: number, space: AddressSpace, virtual: bigint, bytes: Uint8Array): void {
    const address = addressOf(space, virtual);
    if (address < 0x1000n || address + BigInt(bytes.length) > 0x2000n) throw new TargetError('no memory');
    this.memory.set(bytes, Number(address) - 0x1000);
  }

  setStops(breakpoints: readonly StubBreakpoint[], watchpoints: readonly StubWatchpoint[]): void {
    if (breakpoints.length > 3) throw new TargetError('too many');
    const told = [
      ...breakpoints.map(({ kind, address }) => `${kind} ${address.toString(16)}`),
      ...watchpoints.map(({ kind, address, length }) => `${kind} ${address.toString(16)}+${length}`),
    ];
    this.log.push(`stops ${told.join(', ')}`.trim());
  }

  resume({ run, step }: Resumption, stopped: (stop: TargetStop) => void): void {
    if (this.refusal !== null) throw new TargetError(this.refusal);
    this.log.push(`run ${run.join(',')} step ${step.join(',')}`);
    this.stopped = stopped;
  }

  stop(stop: TargetStop): void {
    const { stopped } = this;
    this.stopped = null;
    stopped?.(stop);
  }

  interrupt(): void {
    this.stop({ kind: 'interrupted', thread: 1 });
  }

  release(): void {
    this.log.push('released');
  }

  kill(): void {
    this.log.push('killed');
  }

  command(text: string, thread: number): string {
    if (text === 'no') throw new TargetError('not now');
    return `${text} of ${thread}\n`;
  }
}

function addressOf(space: AddressSpace, address: bigint): bigint {
  return space === 'virtual' ? address : address - 0x8000n;
}
