import { fieldValue, enumName, hexOf } from '../gic/inspect/decode.ts';
import type { PlacedRegister } from '../gic/inspect/register-map.ts';
import { textTable } from '../gic/inspect/text-table.ts';
import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';

/** The frames, or a frame's registers with what they hold: those that are not zero, or all. */
export function registerTree({ registers }: SimulatedGuest, wanted: string, vcpu: number): string {
  const [name = '', all] = wanted.split(/\s+/);
  if (name === '') {
    const rows = registers.devices.map(({ id, base, size, title }) => [id, hexOf(base), hexOf(size), title]);
    return textTable([['Frame', 'Base', 'Size', 'What it is'], ...rows]);
  }
  const device = registers.devices.find(({ id }) => id.toUpperCase() === name.toUpperCase());
  if (!device) return `There is no frame ${name}: there are ${registers.devices.map(({ id }) => id).join(', ')}.\n`;
  const rows = registers
    .registersOf(device)
    .filter(({ implemented }) => implemented)
    .map((one) => ({ one, value: registers.value(one, vcpu) }))
    .filter(({ value }) => value !== 0n || all === 'all')
    .map(({ one, value }) => [one.name, hexOf(one.address), padded(value, one.bytes), fieldsOf(one, value)]);
  return rows.length === 0
    ? `All of ${device.id} is zero.\n`
    : textTable([['Register', 'Address', 'Value', 'Fields'], ...rows]);
}

function padded(value: bigint, bytes: number): string {
  return `0x${value.toString(16).padStart(bytes * 2, '0')}`;
}

function fieldsOf({ row }: PlacedRegister, value: bigint): string {
  return row.fields
    .map((field) => {
      const bits = fieldValue(value, field);
      return `${field.name}=${enumName(field, bits) ?? hexOf(bits)}`;
    })
    .join(' ');
}
