/** mulberry32: numbers below a bound, the same for the same seed. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const WORDS = [0, 1, 2, 3, 4, 9, 0x28, 0x7f, 0x80, 0xff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** A copy with a few bytes or words changed, a piece moved, or the end cut off. */
export function mutateBytes(original: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = original.slice();
  for (let n = 1 + random(4); n > 0 && bytes.length > 0; n--) {
    const at = random(bytes.length);
    switch (random(6)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 2: // an odd word, in either byte order
      case 3: {
        const word = at & ~3;
        if (word + 4 > bytes.length) break;
        new DataView(bytes.buffer).setUint32(word, WORDS[random(WORDS.length)] ?? 0, random(2) === 0);
        break;
      }
      case 4:
        bytes.copyWithin(at, random(bytes.length), random(bytes.length));
        break;
      default:
        if (random(4) === 0) bytes = bytes.slice(0, at);
    }
  }
  return bytes;
}
