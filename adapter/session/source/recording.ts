import { basename, resolve } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { GuestSource } from '../../guest/guest.ts';
import type { Arguments } from '../arguments.ts';

/** Reference under which a client asks for the text of a recording it cannot read itself. */
const REFERENCE = 1;

/** The recording as a source: a file, or, where it is compressed, text that the adapter hands out. */
export class Recording {
  /** The one description of it, everywhere alike: clients compare these. */
  readonly source: DebugProtocol.Source;
  readonly #guestSource: GuestSource;
  readonly #path: string;

  constructor(guestSource: GuestSource) {
    this.#guestSource = guestSource;
    this.#path = resolve(guestSource.path);
    this.source = {
      name: basename(guestSource.path),
      path: this.#path,
      ...(guestSource.compressed ? { sourceReference: REFERENCE, origin: 'decompressed by GIC Inspector' } : {}),
    };
  }

  text(): Promise<string> {
    return this.#guestSource.text();
  }

  /** True where a client's source means this recording. */
  is(source: Arguments): boolean {
    const reference = source.optionalInteger('sourceReference') ?? 0;
    if (reference !== 0) return reference === this.source.sourceReference;
    const path = source.optionalString('path');
    return path !== undefined && comparable(path) === comparable(this.#path);
  }

  /** The same for `source` requests, whose reference may stand outside. */
  isReference(reference: number): boolean {
    return reference === this.source.sourceReference;
  }
}

/** Windows does not tell letters' case apart in paths, and VS Code changes the drive's. */
function comparable(path: string): string {
  const full = resolve(path);
  return process.platform === 'win32' ? full.toLowerCase() : full;
}
