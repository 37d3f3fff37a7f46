import type { DebugProtocol } from '@vscode/debugprotocol';
import type { MachineGuest } from '../../guest/machine-guest.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { Arguments } from '../arguments.ts';
import type { Gate } from '../breakpoints/gate.ts';
import { unverified } from '../breakpoints/line-breakpoints.ts';
import { readGate } from '../breakpoints/read-gate.ts';
import type { FaceContext } from '../debuggee.ts';
import { parseLogMessage, type LogMessage } from '../evaluate/log-message.ts';
import type { CodeBreakpoints } from '../face.ts';
import { RequestError } from '../request-error.ts';
import type { Stop } from '../run/stop.ts';
import type { ProgramSources } from './sources.ts';

interface CodeBreakpoint {
  readonly id: number;
  readonly kind: 'breakpoint' | 'function breakpoint' | 'instruction breakpoint';
  /** For messages: "main.c:12". */
  readonly where: string;
  readonly addresses: readonly bigint[];
  readonly gate: Gate;
  readonly log: LogMessage | null;
  /** Its condition and message, as they were typed. */
  readonly texts: readonly string[];
}

/** Lines answered at most. */
const MOST_LOCATIONS = 1000;

/** Breakpoints on instructions: where lines, functions and addresses say. */
export class MachineBreakpoints implements CodeBreakpoints {
  readonly #guest: MachineGuest;
  readonly #symbols: SymbolQueries | null;
  readonly #sources: ProgramSources;
  readonly #context: FaceContext;
  readonly #bySource = new Map<string, readonly CodeBreakpoint[]>();
  #functions: readonly CodeBreakpoint[] = [];
  #instructions: readonly CodeBreakpoint[] = [];
  /** Where a run stops besides, by itself. */
  #temporary: readonly bigint[] = [];
  readonly #complained = new Set<CodeBreakpoint>();

  constructor(guest: MachineGuest, symbols: SymbolQueries | null, sources: ProgramSources, context: FaceContext) {
    this.#guest = guest;
    this.#symbols = symbols;
    this.#sources = sources;
    this.#context = context;
  }

  set(source: Arguments, wanted: readonly Arguments[]): DebugProtocol.Breakpoint[] {
    const path = source.optionalString('path') ?? '';
    const { client } = this.#context;
    const names = this.#sources.namesOf(path);
    const set: CodeBreakpoint[] = [];
    const answers = wanted.map((one) =>
      this.#answer((id) => {
        if (names.length === 0) throw new RequestError('the program has no code from this file');
        const line = client.fromLine(one.integer('line'));
        const places = names.flatMap((name) => this.#symbols?.lineBreakpoints(name, line) ?? []);
        const [first] = places;
        if (!first) throw new RequestError('there is no code at this line or behind it');
        const breakpoint = this.#read(
          one,
          id,
          'breakpoint',
          `line ${first.line}`,
          places.map(({ address }) => address),
        );
        set.push(breakpoint);
        const description = this.#sources.sourceOf(first.file);
        return { line: client.line(first.line), ...(description === null ? {} : { source: description }) };
      }),
    );
    this.#bySource.set(path, set);
    this.#place();
    return answers;
  }

  setFunctions(wanted: readonly Arguments[]): DebugProtocol.Breakpoint[] {
    const set: CodeBreakpoint[] = [];
    const answers = wanted.map((one) =>
      this.#answer((id) => {
        const name = one.string('name').trim();
        const addresses = this.#symbols?.functionBreakpoints(name) ?? [];
        if (addresses.length === 0) throw new RequestError(`there is no function “${name}”`);
        set.push(this.#read(one, id, 'function breakpoint', name, addresses));
        return this.#placeOf(addresses[0] as bigint);
      }),
    );
    this.#functions = set;
    this.#place();
    return answers;
  }

  setInstructions(wanted: readonly Arguments[]): DebugProtocol.Breakpoint[] {
    const set: CodeBreakpoint[] = [];
    const answers = wanted.map((one) =>
      this.#answer((id) => {
        const reference = one.string('instructionReference');
        if (!/^0x[0-9a-f]{1,16}$/i.test(reference)) throw new RequestError(`“${reference}” is not an address`);
        const address = BigInt.asUintN(64, BigInt(reference) + BigInt(one.optionalInteger('offset') ?? 0));
        if ((address & 3n) !== 0n) throw new RequestError(`0x${address.toString(16)} is not aligned to 4 bytes`);
        const where = `0x${address.toString(16)}`;
        set.push(this.#read(one, id, 'instruction breakpoint', where, [address]));
        return { ...this.#placeOf(address), instructionReference: where };
      }),
    );
    this.#instructions = set;
    this.#place();
    return answers;
  }

  locations(source: Arguments, first: number, last: number): number[] {
    const names = this.#sources.namesOf(source.optionalString('path') ?? '');
    const lines = new Set(names.flatMap((name) => this.#symbols?.linesOf(name) ?? []));
    return [...lines]
      .filter((line) => line >= first && line <= last)
      .sort((a, b) => a - b)
      .slice(0, MOST_LOCATIONS);
  }

  #answer(read: (id: number) => Partial<DebugProtocol.Breakpoint>): DebugProtocol.Breakpoint {
    const id = this.#context.nextBreakpointId();
    try {
      return { id, verified: true, ...read(id) };
    } catch (error) {
      if (error instanceof RequestError) return unverified(id, error.message);
      throw error;
    }
  }

  #placeOf(address: bigint): Partial<DebugProtocol.Breakpoint> {
    const place = this.#symbols?.lineAt(address);
    const source = place ? this.#sources.sourceOf(place.file) : null;
    return place && source ? { line: this.#context.client.line(place.line), source } : {};
  }

  /** @throws RequestError where a condition does not parse */
  #read(
    args: Arguments,
    id: number,
    kind: CodeBreakpoint['kind'],
    where: string,
    addresses: readonly bigint[],
  ): CodeBreakpoint {
    const { language } = this.#context;
    const gate = readGate(language, args);
    const message = args.optionalString('logMessage') ?? '';
    const log = message === '' ? null : parseLogMessage(message, (text) => language.text(text));
    const texts = [args.optionalString('condition') ?? '', message].filter((text) => text !== '');
    return { id, kind, where, addresses, gate, log, texts };
  }

  /** Stops a run at these addresses as well, until told otherwise. */
  setTemporary(addresses: readonly bigint[]): void {
    this.#temporary = addresses;
    this.#place();
  }

  isTemporary(address: bigint): boolean {
    return this.#temporary.includes(address);
  }

  #place(): void {
    const addresses = new Set([...this.#all().flatMap((one) => one.addresses), ...this.#temporary]);
    this.#guest.setBreakpoints([...addresses]);
  }

  #all(): CodeBreakpoint[] {
    return [...[...this.#bySource.values()].flat(), ...this.#functions, ...this.#instructions];
  }

  /** Texts that arriving at an address evaluates. */
  textsAt(address: bigint): string[] {
    return this.#all().flatMap((one) => (one.addresses.includes(address) ? one.texts : []));
  }

  /** What a vCPU's arrival at an address means: a stop, or nothing. */
  arrive(address: bigint): Stop | null {
    const here = this.#all().filter((one) => one.addresses.includes(address));
    if (here.length === 0) return null;
    this.#guest.refresh();
    const hit: CodeBreakpoint[] = [];
    let trouble: string | undefined;
    for (const one of here) {
      try {
        if (!one.gate.stopsAt(this.#guest.position)) continue;
        if (one.log === null) hit.push(one);
        else this.#context.speak(one.log.render(this.#guest.position), 'console', 0);
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        trouble = `breakpoint at ${one.where}: ${error.message}`;
        hit.push(one);
        if (!this.#complained.has(one)) this.#context.speak(trouble, 'stderr', 0);
        this.#complained.add(one);
      }
    }
    const [first] = hit;
    if (!first) return null;
    return {
      reason: first.kind,
      breakpoints: hit.map(({ id }) => id),
      ...(trouble === undefined ? {} : { text: trouble }),
    };
  }
}
