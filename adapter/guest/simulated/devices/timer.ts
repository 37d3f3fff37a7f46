import { TICKS_PER_SECOND } from './device.ts';

/** CNTFRQ_EL0 of the machine. */
export const COUNTER_FREQUENCY = TICKS_PER_SECOND;

/** Interrupts of the generic timers: INTIDs of PPIs, as QEMU's `virt` wires them. */
export const TimerPpi = { Hypervisor: 26, Virtual: 27, SecurePhysical: 29, Physical: 30 } as const;

/**
 * CNTP_CTL_EL0, CNTV_CTL_EL0 (DDI 0487, D19.12).
 *
 *     0  ENABLE
 *     1  IMASK    the condition does not reach the output
 *     2  ISTATUS  the condition is met; read only
 */
export const TimerControl = { Enable: 1, Mask: 2, Status: 4 } as const;

/** What a guest writes of one timer. */
export interface TimerRegisters {
  /** CTL: ENABLE and IMASK; other bits are ignored. */
  readonly control: number;
  /** CVAL, 64 bits unsigned. */
  readonly compare: bigint;
}

/** The timer's condition: the counter has reached the compare value, both unsigned (DDI 0487, D11.2.4). */
export function conditionMet(compare: bigint, counter: bigint): boolean {
  return counter >= compare;
}

/**
 * CTL as it reads. ISTATUS of a disabled timer is unknown to the architecture; here it is 0, as in QEMU.
 * @param counter the count this timer sees: for the virtual one, CNTVCT
 */
export function readControl(timer: TimerRegisters, counter: bigint): number {
  const control = timer.control & (TimerControl.Enable | TimerControl.Mask);
  const status = (control & TimerControl.Enable) !== 0 && conditionMet(timer.compare, counter);
  return status ? control | TimerControl.Status : control;
}

/** Level of the timer's PPI. */
export function timerOutput(timer: TimerRegisters, counter: bigint): boolean {
  return readControl(timer, counter) === (TimerControl.Enable | TimerControl.Status);
}

/** The count at which the output rises by itself; null where it is high already, masked, or the timer is off. */
export function timerDeadline(timer: TimerRegisters, counter: bigint): bigint | null {
  const control = timer.control & (TimerControl.Enable | TimerControl.Mask);
  return control === TimerControl.Enable && !conditionMet(timer.compare, counter) ? timer.compare : null;
}

/** TVAL as it reads: what remains until CVAL, 32 bits, unsigned representation. */
export function readTimerValue(compare: bigint, counter: bigint): number {
  return Number(BigInt.asUintN(32, compare - counter));
}

/** CVAL after a write to TVAL: 32 bits, signed, from now. */
export function compareFromTimerValue(value: number | bigint, counter: bigint): bigint {
  return BigInt.asUintN(64, counter + BigInt.asIntN(32, BigInt(value)));
}

/** How fast the system counter runs: `ticks` in `instructions`, both at least 1. Virtual time is counted in instructions. */
export interface TimeScale {
  readonly ticks: bigint;
  readonly instructions: bigint;
}

/** One tick, 16 ns, an instruction. */
export const TICK_AN_INSTRUCTION: TimeScale = { ticks: 1n, instructions: 1n };

/** The system counter after a number of instructions. */
export function counterAfter(instructions: bigint, scale: TimeScale): bigint {
  return (instructions * scale.ticks) / scale.instructions;
}

/** The smallest number of instructions after which the counter is at least `count`. */
export function instructionsAt(count: bigint, scale: TimeScale): bigint {
  return (count * scale.instructions + scale.ticks - 1n) / scale.ticks;
}

/**
 * Instructions left until the earliest of several deadlines.
 * @param deadlines counts; null: none
 * @param executed instructions so far
 * @returns 0 where one has passed, null where there is none
 */
export function instructionsUntil(
  deadlines: Iterable<bigint | null>,
  executed: bigint,
  scale: TimeScale,
): bigint | null {
  let earliest: bigint | null = null;
  for (const deadline of deadlines) {
    if (deadline !== null && (earliest === null || deadline < earliest)) earliest = deadline;
  }
  if (earliest === null) return null;
  const left = instructionsAt(earliest, scale) - executed;
  return left > 0n ? left : 0n;
}
