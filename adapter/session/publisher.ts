import { hexOf } from '../gic/inspect/decode.ts';
import type { EditStep } from '../gic/edit/step.ts';
import type { Guest } from '../guest/guest.ts';
import type { ChangedEvent } from '../protocol.ts';
import type { Client } from './client.ts';
import type { Handles } from './variables/handles.ts';

/** Part of memory a client has read, by the reference it used. */
interface Seen {
  first: number;
  end: number;
}

/** Counts the versions of what is shown, and tells the client when it is no longer as it was. */
export class Publisher {
  readonly #guest: Guest;
  readonly #client: Client;
  readonly #handles: Handles;
  readonly #seen = new Map<string, Seen>();
  #version = 1;

  constructor(guest: Guest, client: Client, handles: Handles) {
    this.#guest = guest;
    this.#client = client;
    this.#handles = handles;
  }

  get version(): number {
    return this.#version;
  }

  /** The guest has stopped: everything may have changed. */
  changed(cause: ChangedEvent['cause']): void {
    this.#handles.clear();
    this.#announce(cause);
    this.#memory([]);
  }

  /** An edit was made: the client keeps what it holds, and reads it anew. */
  edited(steps: readonly EditStep[]): void {
    this.#announce('edit');
    this.#memory(steps);
    this.#client.invalidate(['variables']);
  }

  /** Remembers what a client holds of memory: it will want to hear of changes there, by that very reference. */
  remember(reference: string, first: number, end: number): void {
    const known = this.#seen.get(reference);
    if (known === undefined) this.#seen.set(reference, { first, end });
    else Object.assign(known, { first: Math.min(known.first, first), end: Math.max(known.end, end) });
  }

  #announce(cause: ChangedEvent['cause']): void {
    this.#version++;
    const body: ChangedEvent = { version: this.#version, position: this.#guest.position, cause };
    this.#client.custom('gic/changed', body);
  }

  #memory(steps: readonly EditStep[]): void {
    for (const [reference, { first, end }] of this.#seen) this.#client.memoryChanged(reference, first, end - first);
    for (const { kind, address, length } of steps) {
      if (kind === 'write' || kind === 'uwrite') this.#client.memoryChanged(hexOf(address), 0, length);
    }
  }
}
