import { ftraceEvent } from './ftrace-line.ts';
import type { LogFormat } from './report.ts';

const QEMU_LINE = /^(?:\d+@\d+\.\d+:)?(?:gic_|gicv3_)\w+ /;
/** Behind a console's prompt: only events that say so themselves. */
const QEMU_INSIDE = /(?:gicv3_\w+ GICv3 |gic_(?:dist|cpu)_(?:read|write) \w+ |gic_set_irq irq \d)/;

/**
 * Recognises a format, line by line: anything may stand before the first line that decides (a console's output, a
 * tracer's header).
 */
export class FormatDetector {
  #lines = 0;

  /** @returns the format once a line decides, else null. */
  push(text: string): LogFormat | null {
    if (text.trim() === '') return null;
    this.#lines++;
    if (this.#lines === 1 && text.trimStart().startsWith('{')) return 'gic-trace';
    if (text.includes('gic')) {
      if (QEMU_LINE.test(text) || QEMU_INSIDE.test(text)) return 'qemu';
      if (/^vgic_model:\s/.test(text)) return 'vgic-state';
    }
    if (text.startsWith('# tracer:') || ftraceEvent(text) !== null) return 'ftrace';
    return null;
  }
}

/** The format of a text by its first lines, or null where none of them decides. */
export function detectFormat(firstLines: readonly string[]): LogFormat | null {
  const detector = new FormatDetector();
  for (const line of firstLines) {
    const format = detector.push(line);
    if (format !== null) return format;
  }
  return null;
}
