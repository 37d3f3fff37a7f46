import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';

/**
 * Translates places in a bundle, as stack traces name them, to places in the sources. VS Code makes stack traces of
 * its own, which know nothing of source maps.
 */
export function sourceLines(bundle: string): (stack: string) => string {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')) as SourceMap['payload']);
  // A stack trace may name the bundle relative to the folder; its name is enough.
  const name = path.basename(bundle).replaceAll('.', '\\.');
  const place = new RegExp(`[^\\s()]*${name}:(\\d+):(\\d+)`, 'g');
  return (stack) =>
    stack.replace(place, (original, line: string, column: string) => {
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!('originalSource' in entry)) return original;
      const source = path.relative(process.cwd(), path.resolve(path.dirname(bundle), entry.originalSource));
      return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
}
