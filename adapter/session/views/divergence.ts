import type { AccessFacts } from '../../gic/expression/scope.ts';
import { hexOf } from '../../gic/inspect/decode.ts';
import type { Divergence } from '../../guest/gdb/divergence/divergence.ts';
import { differenceOf, type Finding } from '../../guest/gdb/divergence/finding.ts';
import type { Operation } from '../../guest/guest.ts';
import type { Divergence as DivergenceInfo, DivergenceResponse } from '../../protocol.ts';

/** Whoever looks at findings in a view. */
export const VIEW = 'view';

/** Where target and model differ, in the protocol's words. @param cpus vCPUs there are */
export function describeDivergence(divergence: Divergence, cpus: number): Omit<DivergenceResponse, 'version'> {
  const { profile, note, findings, firstNew } = divergence;
  return {
    ...(profile === null ? {} : { profile }),
    note,
    findings: findings.map((finding) => describeFinding(finding, cpus, finding.id >= firstNew)).reverse(),
  };
}

function describeFinding(finding: Finding, cpus: number, isNew: boolean): DivergenceInfo {
  const { id, register, vcpu, access, position } = finding;
  const { part, intids, model, target } = differenceOf(finding);
  return {
    id,
    frame: register.device.id,
    register: register.name,
    vcpu,
    expression: expressionOf(finding, part, intids, cpus),
    part,
    intids: [...intids],
    model: hexOf(model),
    target: hexOf(target),
    ...(access === null ? {} : { access: { index: access.entry, text: access.text } }),
    position,
    isNew,
  };
}

/** "cpu(1).GICR_ISENABLER[27]", "GICD_CTLR.EnableGrp1", "GICD_CTLR". */
function expressionOf({ register, vcpu }: Finding, part: string, intids: readonly number[], cpus: number): string {
  const { row, name } = register;
  const prefix = vcpu === null || cpus === 1 ? '' : `cpu(${vcpu}).`;
  const [only] = intids;
  const isInterrupts = row.array && intids.length === 1 && row.bitsPerIrq !== 64;
  if (isInterrupts) return `${prefix}${row.name}[${only ?? 0}]`;
  const isField = row.fields.some((field) => field.name === part);
  return `${prefix}${name}${isField ? `.${part}` : ''}`;
}

/**
 * What the condition of an exception filter calls the access: the one that parted them, its register and INTIDs those
 * that differ.
 * @param operation the access; null: there was none
 */
export function factsOf(finding: Finding, operation: Operation | null): AccessFacts {
  const { register, vcpu } = finding;
  return {
    op: operation?.op ?? '',
    origin: operation?.origin ?? 'guest',
    vcpu: operation?.vcpu ?? vcpu,
    address: operation?.address ?? register.address,
    length: operation?.length ?? register.bytes,
    value: operation?.value ?? null,
    register: register.name,
    frame: register.device.id,
    intids: differenceOf(finding).intids,
    note: operation?.note ?? null,
    line: null,
  };
}
