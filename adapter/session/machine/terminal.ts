import type { Remark } from '../../guest/simulated/machine/remark.ts';
import type { GuestConsole } from '../../guest/simulated/simulated-guest.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { Client } from '../client.ts';

/** Where the output of a guest's UART goes: a terminal the client opens, or the debug console. */
export type ConsoleKind = 'integratedTerminal' | 'internalConsole';

/** Bytes collected before they are sent on without waiting for more. */
const ENOUGH = 4096;
/** Remarks told one by one; a guest that makes more has been told enough. */
const MOST_REMARKS = 50;

/** Sends on what a guest prints, in pieces that are worth a message, and tells what is remarkable about it. */
export class Terminal implements GuestConsole {
  readonly #client: Client;
  readonly #kind: ConsoleKind;
  readonly #symbols: SymbolQueries | null;
  readonly #decoder = new TextDecoder();
  readonly #told = new Set<string>();
  #bytes: number[] = [];
  #due = false;

  constructor(client: Client, kind: ConsoleKind, symbols: SymbolQueries | null) {
    this.#client = client;
    this.#kind = kind;
    this.#symbols = symbols;
  }

  output(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
    if (this.#bytes.length >= ENOUGH) this.flush();
    else if (!this.#due) {
      this.#due = true;
      setImmediate(() => this.flush());
    }
  }

  flush(): void {
    this.#due = false;
    if (this.#bytes.length === 0) return;
    const text = this.#decoder.decode(Uint8Array.from(this.#bytes), { stream: true });
    this.#bytes = [];
    if (text === '') return;
    if (this.#kind === 'integratedTerminal') this.#client.custom('gic/output', { text });
    else this.#client.print(text, 'stdout');
  }

  remark(remark: Remark): void {
    const text = this.#textOf(remark);
    if (this.#told.has(text) || this.#told.size >= MOST_REMARKS) return;
    this.#told.add(text);
    this.#client.output(text, 'stderr');
  }

  #textOf(remark: Remark): string {
    const found = this.#symbols?.functionAt(remark.pc);
    const where = `vCPU ${remark.vcpu}, 0x${remark.pc.toString(16)}${found ? ` in ${found.name}` : ''}`;
    if (remark.kind === 'undefined instruction') {
      const word = `0x${remark.word.toString(16).padStart(8, '0')}`;
      return `Undefined instruction ${word} (${where}): it is none of ARMv8.0-A at this exception level, or none that this CPU has.`;
    }
    const what = `${remark.write ? 'store' : 'load'} of ${remark.size} bytes`;
    return `A ${what} at 0x${remark.address.toString(16)} found ${remark.reason} (${where}): it ${remark.write ? 'was dropped' : 'read zero'}.`;
  }
}
