import type { Passed } from './line.ts';

/** What packets have in common: the session was at the same, and asked for the same. */
function kindOf({ step, request }: Passed): string {
  return `${step}: ${/^[A-Za-z?]+/.exec(request)?.[0] ?? ''}`;
}

/** A stream of numbers from 0 to 1 (xorshift): the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

/** Some of the packets, by their numbers from 1: of as many kinds as can be, among thousands of reads. */
export function sample(packets: readonly Passed[], count: number, next: () => number): number[] {
  const kinds = new Map<string, number[]>();
  packets.forEach((packet, i) => {
    const kind = kindOf(packet);
    kinds.set(kind, [...(kinds.get(kind) ?? []), i + 1]);
  });
  const take = <T>(from: T[]): T | undefined => from.splice(Math.floor(next() * from.length), 1)[0];
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, packets.length)) {
    const left = [...kinds.values()].filter((one) => one.length > 0);
    while (chosen.length < count && left.length > 0) {
      const one = take(take(left) ?? []);
      if (one !== undefined) chosen.push(one);
    }
  }
  return chosen.sort((a, b) => a - b);
}
