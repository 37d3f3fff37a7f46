import type { Guest } from '../../guest/guest.ts';
import type { PlacedRegister } from '../../gic/inspect/register-map.ts';

/** An address as a recording has it: `0x08000104`, `"0x08000104"`, `"addr":"0x08000104"`. */
const ADDRESS = /^\s*(?:"?(?:addr|address)"?\s*:\s*)?"?(0x[0-9a-f]{5,13})"?\s*,?\s*$/i;

/** The register at an address that the pointer rests on; null where it rests on something else. */
export function hoveredRegister(guest: Guest, text: string): PlacedRegister | null {
  const match = ADDRESS.exec(text);
  if (match === null) return null;
  const address = Number(match[1]);
  for (const device of guest.registers.devices) {
    if (address < device.base || address >= device.base + device.size) continue;
    return (
      guest.registers.registersOf(device).find((one) => address >= one.address && address < one.address + one.bytes) ??
      null
    );
  }
  return null;
}

/** Text as an expression: hovers hand in quoted names, and the commas behind them. */
export function hoveredExpression(text: string): string {
  return text.replace(/^[\s",]+|[\s",:]+$/g, '');
}
