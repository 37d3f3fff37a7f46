import type { Guest } from '../guest/guest.ts';
import { DataBreakpoints } from './breakpoints/data-breakpoints.ts';
import { ExceptionFilters } from './breakpoints/filters.ts';
import type { Speak } from './breakpoints/line-breakpoints.ts';
import type { Client } from './client.ts';
import { Control } from './control.ts';
import { Language } from './evaluate/language.ts';
import type { Face } from './face.ts';
import type { FrameList } from './frames.ts';
import { Publisher } from './publisher.ts';
import { Runner } from './run/runner.ts';
import type { Traps } from './run/traps.ts';
import { remarkOf } from './variables/access.ts';
import { Handles } from './variables/handles.ts';
import { IrqTable } from './views/irq-table.ts';
import { References } from './views/references.ts';
import { RegisterValues } from './views/register-values.ts';

/** A guest under debugging, and everything that hangs on it: what a launch makes and a disconnect forgets. */
export class Debuggee {
  readonly guest: Guest;
  readonly face: Face;
  readonly language: Language;
  readonly handles = new Handles();
  readonly dataBreakpoints: DataBreakpoints;
  readonly exceptionFilters: ExceptionFilters;
  readonly traps: Traps;
  readonly runner: Runner;
  readonly publisher: Publisher;
  readonly control: Control;
  readonly registerValues: RegisterValues;
  readonly irqTable: IrqTable;
  #breakpointIds = 0;
  readonly #closers: (() => void)[] = [];

  /** @param wear makes the face of the guest: what of it is not the controller */
  constructor(guest: Guest, client: Client, wear: (context: FaceContext) => Face) {
    this.guest = guest;
    this.language = new Language(guest);
    const speak: Speak = (text, category, line) => {
      const source = this.face.sources.main;
      const where = line > 0 && source !== null ? { source, line: client.line(line) } : {};
      client.output(text, category, where);
    };
    this.face = wear({
      client,
      language: this.language,
      speak,
      nextBreakpointId: () => ++this.#breakpointIds,
      // Whoever asks does so while the guest runs, long after everything is made.
      data: () => this.dataBreakpoints,
      filters: () => this.exceptionFilters,
    });
    this.dataBreakpoints = new DataBreakpoints((entry) => this.face.author(entry), speak);
    this.exceptionFilters = new ExceptionFilters(speak, (entry) => remarkOf(guest, { entry, vcpu: 0, current: true }));
    this.traps = {
      lines: this.face.lines,
      data: this.dataBreakpoints,
      filters: this.exceptionFilters,
      prepare: () => this.face.lines.place(),
    };
    this.runner = new Runner(this.face.embark);
    this.publisher = new Publisher(guest, client, this.handles);
    const references = new References(guest);
    this.control = new Control({
      guest,
      client,
      face: this.face,
      runner: this.runner,
      traps: this.traps,
      references,
      publisher: this.publisher,
    });
    this.registerValues = new RegisterValues(guest, references);
    this.irqTable = new IrqTable(guest, references);
  }

  /** Called when the session ends. */
  onEnd(close: () => void): void {
    this.#closers.push(close);
  }

  /** The session is over. */
  end(): void {
    this.runner.end();
    for (const close of this.#closers.splice(0)) close();
  }

  nextBreakpointId(): number {
    return ++this.#breakpointIds;
  }

  get frames(): FrameList {
    return this.face.frames;
  }
}

/** What a face is made with. */
export interface FaceContext {
  readonly client: Client;
  readonly language: Language;
  readonly speak: Speak;
  readonly nextBreakpointId: () => number;
  readonly data: () => DataBreakpoints;
  readonly filters: () => ExceptionFilters;
}
