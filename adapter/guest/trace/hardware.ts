import { MAX_SPIS, type Hardware } from '../../gic/config.ts';
import type { PhysicalPolicy } from '../../gic/physical/policy.ts';
import { OpKind } from './format/operation.ts';
import type { TraceProgram } from './format/program.ts';

const GICD_TYPER = 4;
const TYPER_SECURITY = 1 << 10;
const TYPER_LPIS = 1 << 17;

/**
 * What a recording's physical controller is made like. What its guest read from the ID registers comes first: a header
 * can be wrong about its own machine. GICD_TYPER tells security states and LPIs, ICC_CTLR_EL1.PRIbits priority bits.
 */
export function hardwareOfRecording(program: TraceProgram): Hardware {
  const { header } = program;
  const v2 = header.gic === 'v2';
  const { security, prioBits, affinities, firmware } = header.physical ?? {};
  const typer = firstRead(program, header.dist + GICD_TYPER);
  const control = v2 ? null : firstRegister(program, 'ICC_CTLR_EL1');
  // Security can be disabled while a machine runs, and GICD_TYPER tells then that it is.
  const twoStates = security ?? (typer !== null && (typer & TYPER_SECURITY) !== 0);
  return {
    securityStates: twoStates ? 2 : 1,
    priorityBits: control !== null ? ((control >> 8) & 7) + 1 : (prioBits ?? (v2 ? 8 : 5)),
    ...(affinities === undefined ? {} : { affinities }),
    ...(firmware === false && twoStates ? { leftToNonSecure: true } : {}),
    lpis: typer !== null && !v2 && (typer & TYPER_LPIS) !== 0,
    virtualization: header.gich !== undefined || hasRegister(program, 'ICH_'),
  };
}

/**
 * SPIs there are. Where a header has as many as GICD_TYPER told the guest, and the controller tells too few, there are
 * those it keeps silent about.
 */
export function spisOfRecording(program: TraceProgram, { tellsFewerSpis }: PhysicalPolicy): number {
  const { gic, spis, dist } = program.header;
  const typer = firstRead(program, dist + GICD_TYPER);
  return gic === 'v3' && tellsFewerSpis && typer !== null && spis === 32 * (typer & 31)
    ? Math.min(MAX_SPIS, spis + 32)
    : spis;
}

/** List registers of each CPU: as many as ICH_VTR_EL2.ListRegs told the guest, or as the header has. */
export function listRegistersOfRecording(program: TraceProgram): number {
  const told = firstRegister(program, 'ICH_VTR_EL2');
  return told === null ? program.header.lrs : (told & 0x1f) + 1;
}

/** Some access is to a system register whose name begins so. */
function hasRegister(program: TraceProgram, prefix: string): boolean {
  for (let i = 0; i < program.length; i++) {
    if (program.kind[i] === OpKind.Sysreg && program.extra(i)?.reg?.startsWith(prefix)) return true;
  }
  return false;
}

function firstRead(program: TraceProgram, address: number): number | null {
  const { kind, address: addresses, len, compared, lo } = program;
  for (let i = 0; i < program.length; i++) {
    if (addresses[i] === address && kind[i] === OpKind.Read && len[i] === 4 && compared[i] === 1) return lo[i] ?? null;
  }
  return null;
}

function firstRegister(program: TraceProgram, name: string): number | null {
  for (let i = 0; i < program.length; i++) {
    if (program.kind[i] !== OpKind.Sysreg || program.compared[i] !== 1) continue;
    const extra = program.extra(i);
    if (extra?.reg === name && extra.rw === 'r') return program.lo[i] ?? null;
  }
  return null;
}
