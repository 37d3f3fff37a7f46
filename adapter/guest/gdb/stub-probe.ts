import type { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { Probe } from './find/probe.ts';
import type { TargetMemory } from './target-memory.ts';

/** A target as the search for its controller sees it, through a stub. */
export class StubProbe implements Probe {
  readonly threads: number;
  readonly #client: RspClient;
  readonly #memory: TargetMemory;
  readonly #physical: boolean;

  constructor(client: RspClient, memory: TargetMemory, physical: boolean, threads: number) {
    this.#client = client;
    this.#memory = memory;
    this.#physical = physical;
    this.threads = threads;
  }

  read(address: number, length: 4 | 8): Promise<bigint | null> {
    const read = (): Promise<bigint | null> => orNull(() => this.#client.memory.readExact(BigInt(address), length));
    return this.#physical ? this.#memory.physically(read) : this.#memory.virtually(read);
  }

  readMemory(address: number, length: number): Promise<Uint8Array | null> {
    return this.#memory.readPhysical(address, length);
  }

  monitor(command: string): Promise<string | null> {
    return this.#memory.virtually(() => orNull(() => this.#client.monitor(command)));
  }
}

/** A refusal is an answer; a connection that is gone is none. */
async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RspError && (error.kind === 'refused' || error.kind === 'unsupported')) return null;
    throw error;
  }
}
