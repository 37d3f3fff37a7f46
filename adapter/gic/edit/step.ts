import type { Controller } from '../controller.ts';
import { splitWords } from '../inspect/register-map.ts';

/** One access of an edit: the only way an edit changes a controller. */
export interface EditStep {
  /** `write` as a guest, `uwrite` as user space (the GICv2 CPU interface, SGIs where a guest cannot), `line` a wire, `sgi` ICC_SGI1R_EL1. */
  readonly kind: 'write' | 'uwrite' | 'line' | 'sgi';
  /** The accessing vCPU. */
  readonly vcpu: number;
  /** Guest physical address; the INTID for `line`; 0 for `sgi`. */
  readonly address: number;
  /** Bytes; 0 for `line` and `sgi`. */
  readonly length: number;
  /** Value; the level for `line`. */
  readonly value: bigint;
}

export function applyStep(controller: Controller, step: EditStep): void {
  const { lo, hi } = splitWords(step.value);
  switch (step.kind) {
    case 'write':
      controller.write(step.vcpu, step.address, step.length, lo, hi);
      return;
    case 'uwrite':
      controller.userWrite(step.vcpu, step.address, step.length, lo, hi);
      return;
    case 'line':
      controller.line(step.address, step.vcpu, step.value !== 0n);
      return;
    case 'sgi':
      controller.sgi(step.vcpu, lo, hi);
  }
}
