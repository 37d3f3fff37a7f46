import { DW_LANG_Assembly, DW_LANG_Mips_Assembler } from './dwarf/constants.ts';
import type { AddressRange } from './dwarf/ranges.ts';
import type { LineTable } from './line-table.ts';

/**
 * Where a breakpoint on a function goes: behind what it does to set up its frame, so that arguments and callers can be
 * seen. Decided by lines, as GDB does: the first line is the opening brace's, the second one is the body. Assembly has
 * no prologue, and neither has a function whose first address has two lines.
 * @param body the function's addresses
 */
export function afterPrologue(lines: LineTable, body: AddressRange): bigint {
  const marked = lines.markedPrologueEnd(body.start, body.end);
  if (marked !== null) return marked;
  const unit = lines.unitAt(body.start);
  const language = unit?.unit?.language ?? 0;
  if (!unit || language === DW_LANG_Mips_Assembler || language === DW_LANG_Assembly) return body.start;
  const first = lines.rangeAt(body.start);
  if (!first || lines.linesStartingAt(body.start) > 1) return body.start;
  let { end } = first;
  if (end >= body.end) {
    // All on one line: the second row is all there is to go by.
    const row = lines.rowAt(body.start);
    return row && row.end < body.end ? row.end : body.start;
  }
  for (;;) {
    const next = lines.rangeAt(end);
    // A line before the opening one is still the prologue's, except in another file or what was inlined.
    if (!next || next.line >= first.line || next.file !== first.file) break;
    if (unit.blockAt(end)?.kind === 'inlined' || next.end >= body.end) break;
    end = next.end;
  }
  return end;
}
