import type { PlacedRegister, RegisterMap } from '../gic/inspect/register-map.ts';
import { enumName, fieldValue, hexOf } from '../gic/inspect/decode.ts';
import { GicState } from '../gic/state/state.ts';
import { Outcome } from '../guest/guest.ts';
import { TraceGuest } from '../guest/trace/trace-guest.ts';
import { irqTable } from '../gic/inspect/irq-table.ts';
import { openProgram } from './open.ts';
import { EXIT_OK, hexBytes, type Output } from './output.ts';

const LAST_ACCESSES = 12;

/**
 * `gic session FILE`: what a debug session shows, in the terminal. Steps through the whole recording and back to the
 * middle, then prints the register tree, the interrupt table and the last accesses.
 */
export async function sessionCommand(file: string, at: number | null, output: Output): Promise<number> {
  const { program } = await openProgram(file, output);
  const source = { path: file, compressed: false, text: () => Promise.resolve('') };
  const guest = new TraceGuest(program, { title: file, source });
  let remarkable = 0;
  while (guest.position < guest.total) if (guest.forward() === Outcome.Mismatch) remarkable++;
  output.out(
    `${file}: stepped through ${String(guest.total)} operations, ${String(remarkable)} disagree with the model\n`,
  );
  guest.jump(at ?? Math.ceil(guest.total / 2));
  output.out(`Went back to operation ${String(guest.position)}.\n\nRegisters (those not as after reset)\n`);
  output.out(registerTree(guest.registers, guest.controller.state));
  output.out(`\nInterrupts\n${irqTable(guest.controller)}`);
  output.out('\nLast accesses\n');
  for (let index = Math.max(0, guest.position - LAST_ACCESSES); index < guest.position; index++) {
    const { line, vcpu, text } = guest.operation(index);
    const who = vcpu === null ? 'CPU unknown' : `vCPU ${String(vcpu)}`;
    const remark = guest.remark(index);
    output.out(
      `${String(line ?? 0).padStart(7)}  ${who.padEnd(11)}  ${text}${remark === null ? '' : `  [${remark}]`}\n`,
    );
  }
  return EXIT_OK;
}

/** Registers that differ from reset; runs of an array with equal values are one line. */
function registerTree(registers: RegisterMap, state: GicState): string {
  const reset = new GicState(state.config, state.shape);
  const lines: string[] = [];
  for (const device of registers.devices) {
    const shown = registers
      .registersOf(device)
      .filter((one) => one.implemented)
      .map((one) => ({ one, values: valuesOf(registers, one, state), before: valuesOf(registers, one, reset) }))
      .filter(({ values, before }) => values !== before);
    lines.push(`${device.title} (${device.id}, ${hexOf(device.base)})${shown.length === 0 ? ': as after reset' : ''}`);
    for (let i = 0; i < shown.length; i++) {
      const first = shown[i];
      if (first === undefined) break;
      while (shown[i + 1]?.one.row === first.one.row && shown[i + 1]?.values === first.values) i++;
      const last = shown[i]?.one ?? first.one;
      const name =
        last === first.one ? first.one.name : `${first.one.name} to ${String(last.row.firstIndex + last.nth)}`;
      lines.push(`  ${name.padEnd(24)} ${first.values}`, ...fieldLines(registers, first.one, state));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The value, or one a vCPU for banked registers. */
function valuesOf(registers: RegisterMap, one: PlacedRegister, state: GicState): string {
  const read = (vcpu: number): string => hexBytes(registers.value(one, vcpu, state), one.bytes);
  if (!one.banked) return read(0);
  return Array.from({ length: state.config.cpus }, (_, vcpu) => `vCPU${String(vcpu)} ${read(vcpu)}`).join(' · ');
}

function fieldLines(registers: RegisterMap, one: PlacedRegister, state: GicState): string[] {
  if (one.banked) return [];
  const value = registers.value(one, 0, state);
  return one.row.fields.map((field) => {
    const bits = fieldValue(value, field);
    const name = enumName(field, bits);
    return `    ${field.name.padEnd(22)} ${hexOf(bits)}${name === null ? '' : ` (${name})`}`;
  });
}
