import { BAD_REQUEST, OK, requireStopped, type Command, type StubContext } from './context.ts';
import { bytesToValue, fromHex, parseNumber, valueToHex } from '../hex.ts';
import { CORE_FEATURE, FPU_FEATURE } from './target-xml.ts';
import type { StubRegister } from './target.ts';

/** Those of g and G: what GDB wants at every stop. The others it asks for one by one. */
function general({ target }: StubContext): readonly StubRegister[] {
  return target.registers.filter(({ feature }) => feature === CORE_FEATURE || feature === FPU_FEATURE);
}

export const readAll: Command = (context) =>
  general(context)
    .map((register) => valueToHex(register.read(context.general), register.bits))
    .join('');

export const writeAll: Command = (context, data) => {
  requireStopped(context);
  const bytes = fromHex(data);
  if (bytes === null) return BAD_REQUEST;
  const values = valuesOf(general(context), bytes);
  if (values === null) return BAD_REQUEST;
  let taken = true;
  for (const [register, value] of values) taken = register.write?.(context.general, value) !== false && taken;
  return taken ? OK : BAD_REQUEST;
};

/** Values of the first registers, as many as the bytes hold; null where that is none, or they end within one. */
function valuesOf(registers: readonly StubRegister[], bytes: Uint8Array): [StubRegister, bigint][] | null {
  const values: [StubRegister, bigint][] = [];
  let at = 0;
  for (const register of registers) {
    if (at === bytes.length) break;
    const end = at + register.bits / 8;
    if (end > bytes.length) return null;
    values.push([register, bytesToValue(bytes.subarray(at, end))]);
    at = end;
  }
  return at === bytes.length && at > 0 ? values : null;
}

export const readOne: Command = (context, data) => {
  const register = context.target.registers[parseNumber(data) ?? -1];
  return register === undefined ? BAD_REQUEST : valueToHex(register.read(context.general), register.bits);
};

export const writeOne: Command = (context, data) => {
  requireStopped(context);
  const [number, digits = ''] = data.split('=');
  const register = context.target.registers[parseNumber(number) ?? -1];
  const bytes = fromHex(digits);
  if (!register?.write || bytes?.length !== register.bits / 8) return BAD_REQUEST;
  return register.write(context.general, bytesToValue(bytes)) ? OK : BAD_REQUEST;
};
