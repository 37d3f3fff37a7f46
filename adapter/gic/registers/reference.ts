import type { Profile } from '../profiles/profile.ts';
import { registerCount, W32, W64, W8, type FrameTable, type RegisterRow } from './row.ts';

/** The register reference as Markdown: everything a frame's table says, and nothing else. */
export function registerReference(profiles: readonly Profile[]): string {
  const parts = [
    '# Register reference',
    '',
    'Written by `npm run docs` from the tables in `adapter/gic/registers`; a test keeps the two equal.',
    'A register marked *hole* has a name in the architecture, and reads zero and drops writes in the profile.',
  ];
  for (const profile of profiles) {
    parts.push('', `## Profile ${profile.name}`);
    for (const [version, frames] of [
      ['GICv2', Object.values(profile.v2)],
      ['GICv3', Object.values(profile.v3)],
    ] as const) {
      for (const frame of frames) parts.push(...frameReference(version, frame));
    }
  }
  return `${parts.join('\n')}\n`;
}

function frameReference(version: string, frame: FrameTable): string[] {
  const lines = ['', `### ${version}: ${frame.title} (${frame.kind}, ${hex(frame.size)} bytes)`, ''];
  lines.push(
    '| Offset | Register | Width | Access | Banked | Meaning | Source |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  );
  for (const row of frame.rows) lines.push(`| ${rowCells(row).join(' | ')} |`);
  for (const row of frame.rows) {
    if (row.fields.length === 0) continue;
    lines.push('', `**${nameOf(row)}**`, '', '| Bits | Field | Access | Meaning |', '| --- | --- | --- | --- |');
    for (const { msb, lsb, name, access, doc, values } of row.fields) {
      const meanings = values?.map(
        (one) => `${String(one.value)} ${one.name}${one.doc === undefined ? '' : ` (${one.doc})`}`,
      );
      const bits = msb === lsb ? String(msb) : `${String(msb)}:${String(lsb)}`;
      lines.push(
        `| ${bits} | ${name} | ${access} | ${doc}${meanings === undefined ? '' : ` ${meanings.join(', ')}.`} |`,
      );
    }
  }
  return lines;
}

function rowCells(row: RegisterRow): string[] {
  const widths = [W8, W32, W64].filter((width) => (row.widths & width) !== 0).map((width) => String(width * 8));
  const perIrq =
    row.bitsPerIrq === 0 ? '' : ` ${String(row.bitsPerIrq)} bit${row.bitsPerIrq === 1 ? '' : 's'} an interrupt.`;
  const effect = row.readEffect === undefined ? '' : ` Reading ${row.readEffect}.`;
  return [
    hex(row.offset),
    nameOf(row),
    widths.join(', '),
    row.handlers === undefined ? `${row.access}, *hole*` : row.access,
    { shared: '', each: 'each vCPU', private: 'INTIDs 0-31', frame: '', 'shared-only': '' }[row.bank],
    `${row.doc}${perIrq}${effect}`,
    row.section,
  ];
}

function nameOf(row: RegisterRow): string {
  if (!row.array) return row.name;
  return `${row.name}${String(row.firstIndex)}-${String(row.firstIndex + registerCount(row) - 1)}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
