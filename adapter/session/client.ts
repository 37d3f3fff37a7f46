import { Event, InvalidatedEvent, MemoryEvent, OutputEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from './arguments.ts';

/** What the adapter sends through. */
export interface Outbox {
  sendEvent(event: DebugProtocol.Event): void;
}

export type OutputCategory = 'console' | 'important' | 'stdout' | 'stderr';

/** The client: what it understands, how it counts, and the events it wants. */
export class Client {
  readonly #outbox: Outbox;
  #linesFrom = 1;
  #columnsFrom = 1;
  #progress = false;
  #invalidated = false;
  #memory = false;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Takes note of what `initialize` says. */
  initialize(args: Arguments): void {
    this.#linesFrom = args.boolean('linesStartAt1', true) ? 1 : 0;
    this.#columnsFrom = args.boolean('columnsStartAt1', true) ? 1 : 0;
    this.#progress = args.boolean('supportsProgressReporting', false);
    this.#invalidated = args.boolean('supportsInvalidatedEvent', false);
    this.#memory = args.boolean('supportsMemoryEvent', false);
  }

  /** True where progress events are understood. */
  get showsProgress(): boolean {
    return this.#progress;
  }

  /** Line as the client counts, from a line counted from 1; and back. */
  line(line: number): number {
    return line - 1 + this.#linesFrom;
  }

  fromLine(line: number): number {
    return line + 1 - this.#linesFrom;
  }

  /** The first column. */
  get firstColumn(): number {
    return this.#columnsFrom;
  }

  send(event: DebugProtocol.Event): void {
    this.#outbox.sendEvent(event);
  }

  custom(name: string, body: unknown): void {
    this.send(new Event(name, body));
  }

  output(
    text: string,
    category: OutputCategory = 'console',
    where: Partial<DebugProtocol.OutputEvent['body']> = {},
  ): void {
    const event: DebugProtocol.OutputEvent = new OutputEvent(`${text}\n`, category);
    Object.assign(event.body, where);
    this.send(event);
  }

  /** What the guest prints, as it is. */
  print(text: string, category: 'stdout' | 'stderr'): void {
    this.send(new OutputEvent(text, category));
  }

  /** What the client shows may be stale. */
  invalidate(areas: DebugProtocol.InvalidatedAreas[]): void {
    if (this.#invalidated) this.send(new InvalidatedEvent(areas));
  }

  memoryChanged(reference: string, offset: number, count: number): void {
    if (this.#memory) this.send(new MemoryEvent(reference, offset, count));
  }
}
