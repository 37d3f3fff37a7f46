import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Controller } from '../../adapter/gic/controller.ts';
import { splitWords } from '../../adapter/gic/inspect/register-map.ts';
import type { Profile } from '../../adapter/gic/profiles/profile.ts';
import { KVM_4_10 } from '../../adapter/gic/profiles/kvm-4.10.ts';

/** The loop of an access mix, in columns, so that running it costs nothing but the accesses. */
export interface Mix {
  readonly controller: Controller;
  readonly write: Uint8Array;
  readonly cpu: Uint8Array;
  readonly length: Uint8Array;
  readonly address: Float64Array;
  readonly lo: Int32Array;
  readonly count: number;
}

interface MixLine {
  readonly op: 'read' | 'write';
  readonly cpu: number;
  readonly addr: string;
  readonly len: number;
  readonly value: string;
  readonly note?: string;
}

/**
 * Opens a mix of the vectors: runs its set-up and one pass, so that the recorded values hold from then on. The vgic
 * recorded them; with another profile they are what a pass answers.
 */
export function openMix(gic: 'v2' | 'v3', profile: Profile = KVM_4_10): Mix {
  const file = new URL(`../data/vectors/mix-${gic}.jsonl.gz`, import.meta.url);
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  const { cpus, spis, dist, cpuif, redist } = JSON.parse(header ?? '') as Record<string, string> & {
    cpus: number;
    spis: number;
  };
  const bases = { dist: Number(dist), cpuif: Number(cpuif), redist: Number(redist) };
  const controller = new Controller({ gic, cpus, spis, lrs: 4, bases }, profile);
  const operations = lines.map((line) => JSON.parse(line) as MixLine);
  const loopStart = operations.findIndex((one) => one.note?.startsWith('loop') === true);
  for (const one of operations.slice(0, loopStart)) {
    controller.write(one.cpu, Number(one.addr), one.len, splitWords(BigInt(one.value)).lo);
  }
  const loop = operations.slice(loopStart);
  const mix: Mix = {
    controller,
    write: Uint8Array.from(loop, (one) => (one.op === 'write' ? 1 : 0)),
    cpu: Uint8Array.from(loop, (one) => one.cpu),
    length: Uint8Array.from(loop, (one) => one.len),
    address: Float64Array.from(loop, (one) => Number(one.addr)),
    lo: Int32Array.from(loop, (one) => splitWords(BigInt(one.value)).lo),
    count: loop.length,
  };
  runMix(mix);
  if (profile !== KVM_4_10) runMix(mix, 'take');
  return mix;
}

/** One pass. Answers how many reads differed from the value held; `take`: holds what they answer instead. */
export function runMix(mix: Mix, how: 'compare' | 'take' = 'compare'): number {
  const { controller, write, cpu, length, address, lo, count } = mix;
  let mismatches = 0;
  for (let i = 0; i < count; i++) {
    const vcpu = cpu[i] as number;
    const at = address[i] as number;
    const bytes = length[i] as number;
    const value = lo[i] as number;
    if (write[i] === 1) controller.write(vcpu, at, bytes, value);
    else {
      const answer = controller.read(vcpu, at, bytes);
      if (answer === value) continue;
      mismatches++;
      if (how === 'take') lo[i] = answer;
    }
  }
  return mismatches;
}
