import { joinWords, type PlacedRegister, type RegisterMap } from '../gic/inspect/register-map.ts';
import { enumName, fieldValue, hexOf } from '../gic/inspect/decode.ts';
import { GicState } from '../gic/state/state.ts';
import { Outcome } from '../guest/guest.ts';
import { TraceGuest } from '../guest/trace/trace-guest.ts';
import { irqTable } from './irqs.ts';
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

function registerTree(registers: RegisterMap, state: GicState): string {
  const reset = new GicState(state.config);
  const lines: string[] = [];
  for (const device of registers.devices) {
    const rows = registers.registersOf(device).filter((one) => one.implemented);
    const changed = rows.flatMap((one) => registerLines(registers, one, state, reset));
    lines.push(
      `${device.title} (${device.id}, ${hexOf(device.base)})${changed.length === 0 ? ': as after reset' : ''}`,
    );
    lines.push(...changed);
  }
  return `${lines.join('\n')}\n`;
}

function registerLines(registers: RegisterMap, one: PlacedRegister, state: GicState, reset: GicState): string[] {
  const vcpus = one.banked ? Array.from({ length: state.config.cpus }, (_, i) => i) : [0];
  const read = (vcpu: number, from: GicState): bigint => {
    const lo = registers.peek(one, vcpu, from);
    return joinWords(lo, one.bytes === 8 ? from.hi : 0);
  };
  if (vcpus.every((vcpu) => read(vcpu, state) === read(vcpu, reset))) return [];
  const values = vcpus.map(
    (vcpu) => `${one.banked ? `vCPU${String(vcpu)} ` : ''}${hexBytes(read(vcpu, state), one.bytes)}`,
  );
  const lines = [`  ${one.name.padEnd(20)} ${values.join(' · ')}`];
  if (one.banked) return lines;
  for (const field of one.row.fields) {
    const value = fieldValue(read(0, state), field);
    const name = enumName(field, value);
    lines.push(`    ${field.name.padEnd(22)} ${hexOf(value)}${name === null ? '' : ` (${name})`}`);
  }
  return lines;
}
