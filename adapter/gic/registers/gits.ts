import { field, row, W32, W64, type FieldRow, type FrameTable } from './row.ts';

const SECTION = 'IHI 0069, 12.19';

function wide(name: string, offset: number, doc: string, fields: readonly FieldRow[] = []): ReturnType<typeof row> {
  return row({ name, offset, element: 8, widths: W32 | W64, doc, section: SECTION, fields });
}

/** The ITS control frame: names for decoding. No register answers yet. */
export const GITS: FrameTable = {
  kind: 'GITS',
  title: 'Interrupt translation service',
  size: 0x20000,
  rows: [
    row({
      name: 'GITS_CTLR',
      offset: 0x0000,
      doc: 'Enables the ITS.',
      section: SECTION,
      fields: [
        field('Quiescent', 31, 'ro', 'No command or translation is under way.'),
        field('Enabled', 0, 'rw', 'Enabled.'),
      ],
    }),
    row({ name: 'GITS_IIDR', offset: 0x0004, access: 'ro', doc: 'Who made the ITS.', section: SECTION }),
    wide('GITS_TYPER', 0x0008, 'What the ITS can do.'),
    wide('GITS_CBASER', 0x0080, 'Where the command queue is.'),
    wide('GITS_CWRITER', 0x0088, 'Where software writes the next command.'),
    wide('GITS_CREADR', 0x0090, 'Which command the ITS takes next.'),
    row({
      name: 'GITS_BASER',
      offset: 0x0100,
      length: 0x40,
      element: 8,
      array: true,
      widths: W32 | W64,
      doc: 'Where the ITS keeps its tables.',
      section: SECTION,
    }),
    row({ name: 'GITS_PIDR2', offset: 0xffe8, access: 'ro', doc: 'Architecture version.', section: SECTION }),
    row({
      name: 'GITS_TRANSLATER',
      offset: 0x10040,
      access: 'wo',
      doc: 'Doorbell: a write here is an MSI.',
      section: SECTION,
    }),
  ],
};
