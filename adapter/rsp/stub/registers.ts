import { BAD_REQUEST, OK, requireStopped, type Command, type StubContext } from './context.ts';
import { bytesToValue, fromHex, parseNumber, valueToHex } from './hex.ts';
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
  let at = 0;
  let taken = true;
  for (const register of general(context)) {
    const end = at + register.bits / 8;
    if (end > bytes.length) break;
    taken = register.write?.(context.general, bytesToValue(bytes.subarray(at, end))) !== false && taken;
    at = end;
  }
  return taken ? OK : BAD_REQUEST;
};

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
