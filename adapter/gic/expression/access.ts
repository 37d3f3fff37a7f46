import { suggestion } from './errors.ts';
import { ACCESS_MEMBERS, type AccessFacts } from './scope.ts';
import { numberValue, type Value } from './value.ts';

/** -1 as the language shows it: 64 bits of ones compare equal to `-1`. */
const NONE = -1n;

/** `access.name`. Where there is no access, numbers are -1 and texts are empty. */
export function accessMember(access: AccessFacts | null, name: string, fail: (message: string) => never): Value {
  const text = (value: string | null | undefined): Value => ({ kind: 'string', value: value ?? '' });
  const number = (value: number | bigint | null | undefined, bits = 0): Value =>
    numberValue(BigInt(value ?? NONE), bits);
  switch (name) {
    case 'op':
      return text(access?.op);
    case 'cpu':
      return number(access?.vcpu);
    case 'address':
      return number(access?.address);
    case 'length':
      return number(access?.length);
    case 'value':
      return number(access?.value, (access?.length ?? 0) * 8);
    case 'register':
      return text(access?.register);
    case 'frame':
      return text(access?.frame);
    case 'intid':
      return number(access?.intids.length === 1 ? access.intids[0] : NONE);
    case 'line':
      return number(access?.line);
    case 'origin':
      return text(access?.origin);
    case 'note':
      return text(access?.note);
    default:
      return fail(`an access has no ${name}.${suggestion(name, Object.keys(ACCESS_MEMBERS))}`);
  }
}
