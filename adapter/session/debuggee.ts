import type { Guest } from '../guest/guest.ts';
import { DataBreakpoints } from './breakpoints/data-breakpoints.ts';
import { ExceptionFilters } from './breakpoints/filters.ts';
import { LineBreakpoints, type Speak } from './breakpoints/line-breakpoints.ts';
import type { Client } from './client.ts';
import { Control } from './control.ts';
import { Language } from './evaluate/language.ts';
import { Frames } from './frames.ts';
import { Publisher } from './publisher.ts';
import { Runner } from './run/runner.ts';
import type { Traps } from './run/traps.ts';
import { SourceLines } from './source/lines.ts';
import { Recording } from './source/recording.ts';
import { remarkOf } from './variables/access.ts';
import { Handles } from './variables/handles.ts';
import { IrqTable } from './views/irq-table.ts';
import { References } from './views/references.ts';
import { RegisterValues } from './views/register-values.ts';

/** A guest under debugging, and everything that hangs on it: what a launch makes and a disconnect forgets. */
export class Debuggee {
  readonly guest: Guest;
  readonly recording: Recording;
  readonly lines: SourceLines;
  readonly frames: Frames;
  readonly language: Language;
  readonly handles = new Handles();
  readonly lineBreakpoints: LineBreakpoints;
  readonly dataBreakpoints: DataBreakpoints;
  readonly exceptionFilters: ExceptionFilters;
  readonly traps: Traps;
  readonly runner: Runner;
  readonly publisher: Publisher;
  readonly control: Control;
  readonly registerValues: RegisterValues;
  readonly irqTable: IrqTable;
  #breakpointIds = 0;

  constructor(guest: Guest, client: Client) {
    this.guest = guest;
    this.recording = new Recording(guest.source);
    this.lines = new SourceLines(guest);
    this.frames = new Frames(guest, this.lines, this.recording);
    this.language = new Language(guest);
    const speak: Speak = (text, category, line) => {
      const where = line > 0 ? { source: this.recording.source, line: client.line(line) } : {};
      client.output(text, category, where);
    };
    this.lineBreakpoints = new LineBreakpoints(this.lines, speak);
    this.dataBreakpoints = new DataBreakpoints((entry) => this.#author(entry), speak);
    this.exceptionFilters = new ExceptionFilters(speak, (entry) => remarkOf(guest, { entry, vcpu: 0, current: true }));
    this.traps = {
      lines: this.lineBreakpoints,
      data: this.dataBreakpoints,
      filters: this.exceptionFilters,
      prepare: () => this.lineBreakpoints.place(),
    };
    this.runner = new Runner(guest);
    this.publisher = new Publisher(guest, client, this.handles);
    const references = new References(guest.controller);
    this.control = new Control({
      guest,
      client,
      frames: this.frames,
      runner: this.runner,
      traps: this.traps,
      references,
      publisher: this.publisher,
    });
    this.registerValues = new RegisterValues(guest, references);
    this.irqTable = new IrqTable(guest.controller.state, references);
  }

  nextBreakpointId(): number {
    return ++this.#breakpointIds;
  }

  #author(entry: number): { text: string; line: number } {
    const line = this.lines.lineOf(entry);
    return { text: line === 0 ? 'by your edit' : `by line ${line}`, line };
  }
}
