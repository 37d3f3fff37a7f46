import { LIVE, V } from '../layout';

/** An element of a vector register, zero-extended. @param log log2 of its bytes, up to 3 */
export function element(n: u32, index: u32, log: u32): u64 {
  const at = (LIVE + V + (n << 4) + (index << log)) as usize;
  switch (log) {
    case 0:
      return load<u8>(at) as u64;
    case 1:
      return load<u16>(at) as u64;
    case 2:
      return load<u32>(at) as u64;
    default:
      return load<u64>(at);
  }
}

/** Bits of the value beyond the element are dropped. */
export function setElement(n: u32, index: u32, log: u32, value: u64): void {
  const at = (LIVE + V + (n << 4) + (index << log)) as usize;
  switch (log) {
    case 0:
      store<u8>(at, value as u8);
      break;
    case 1:
      store<u16>(at, value as u16);
      break;
    case 2:
      store<u32>(at, value as u32);
      break;
    default:
      store<u64>(at, value);
  }
}
