import {
  BANKS,
  BREAKPOINTS,
  BREAKPOINT_COUNT,
  EXIT_BREAKPOINT,
  EXIT_BUDGET,
  EXIT_REASON,
  EXIT_WORD,
  LIVE,
  PC,
  SKIP,
  VCPU_SIZE,
} from '../layout';
import { fetchAdd, fetchPage, flushAllBuffers, selectBuffers } from './buffers';
import { buildDispatch, execute } from './dispatch';
import { takeInterrupt, undefined } from './exceptions';
import { fetch } from './memory';
import {
  AGAIN,
  GO,
  LOOK,
  TAKEN,
  answers,
  buildConditions,
  exitBefore,
  left,
  next,
  pc,
  rewindAnswers,
  setAnswers,
  setLeft,
  setNext,
  setStop,
  stop,
} from './state';
import { setBudget, setVcpus } from './system';
import { device, mayExecute, mayRead, mayWrite, physical, translate } from './translate';

let selected: u32 = 0;

/** Once, before anything else. */
export function initialise(vcpus: u32): void {
  buildConditions();
  buildDispatch();
  setVcpus(vcpus);
  flushAllBuffers(vcpus);
  selected = 0;
  selectBuffers(0);
}

/** Makes a vCPU the one that executes: its state comes from its bank to LIVE, the other's goes to its own. */
export function select(vcpu: u32): void {
  if (vcpu == selected) return;
  memory.copy(BANKS + selected * VCPU_SIZE, LIVE, VCPU_SIZE);
  memory.copy(LIVE, BANKS + vcpu * VCPU_SIZE, VCPU_SIZE);
  selected = vcpu;
  selectBuffers(vcpu);
}

/** State was changed from outside: nothing remembered is valid. */
export function forget(vcpus: u32): void {
  flushAllBuffers(vcpus);
  selectBuffers(selected);
}

/**
 * Executes up to `budget` instructions of the selected vCPU. `ready` answers are there for the instruction that left the
 * core last.
 * @returns instructions executed; why it returned is in EXIT_REASON
 */
export function run(budget: i32, ready: i32): i32 {
  setBudget(budget);
  setLeft(budget);
  store<u32>(EXIT_REASON, EXIT_BUDGET);
  setStop(GO);
  setAnswers(ready);
  const skips = load<u32>(SKIP) != 0;
  if (ready == 0 && !skips) enterInterrupt();
  else {
    first();
    setAnswers(0);
    store<u32>(SKIP, 0);
    if (stop != GO) return budget - left;
    // What the instruction did outside may have asserted an input.
    enterInterrupt();
  }
  const watchful = load<u32>(BREAKPOINT_COUNT) != 0;
  if (watchful) loopWithBreakpoints();
  else loop();
  return budget - left;
}

function enterInterrupt(): void {
  if (takeInterrupt()) store<u64>(LIVE + PC, next);
  setStop(GO);
}

/** What an instruction may leave behind besides results. @returns whether to leave `run` */
function settle(at: u64): bool {
  if (stop == AGAIN) {
    setLeft(left + 1);
    rewindAnswers();
    store<u64>(LIVE + PC, at);
    return true;
  }
  store<u64>(LIVE + PC, next);
  if (stop == LOOK && takeInterrupt()) store<u64>(LIVE + PC, next);
  if (stop == TAKEN || stop == LOOK) {
    setStop(GO);
    return false;
  }
  return true;
}

/** An instruction that was begun before, or that is not to stop. */
function first(): void {
  const at = pc();
  setLeft(left - 1);
  if ((at & ~(0xffc as u64)) != fetchPage && !fetch(at)) {
    settle(at);
    return;
  }
  setNext(at + 4);
  execute(load<u32>((fetchAdd + (at as u32)) as usize));
  if (stop == GO) store<u64>(LIVE + PC, next);
  else settle(at);
}

function loop(): void {
  while (left > 0) {
    const at = pc();
    setLeft(left - 1);
    if ((at & ~(0xffc as u64)) != fetchPage && !fetch(at)) {
      settle(at);
      continue;
    }
    setNext(at + 4);
    execute(load<u32>((fetchAdd + (at as u32)) as usize));
    if (stop == GO) store<u64>(LIVE + PC, next);
    else if (settle(at)) return;
  }
}

function loopWithBreakpoints(): void {
  while (left > 0) {
    if (isBreakpoint(pc())) {
      exitBefore(EXIT_BREAKPOINT, 0);
      return;
    }
    first();
    if (stop != GO) return;
  }
}

function isBreakpoint(address: u64): bool {
  const end = BREAKPOINTS + (load<u32>(BREAKPOINT_COUNT) << 3);
  for (let at: usize = BREAKPOINTS; at < (end as usize); at += 8) if (load<u64>(at) == address) return true;
  return false;
}

/** The instruction that left the core is undefined after all: raises its exception. */
export function raiseUndefined(): void {
  setStop(GO);
  undefined(load<u32>(EXIT_WORD));
  store<u64>(LIVE + PC, next);
  setStop(GO);
}

/** Translates for a debugger. @returns 0, or one more than the fault's status code; `translated` has the address */
export function probe(address: u64, el0: bool): u32 {
  return translate(address, el0);
}

export function translated(): u64 {
  return physical;
}

/** Bit 0 readable, 1 writable, 2 executable, 3 Device memory: of the last address translated. */
export function permissions(): u32 {
  return (mayRead ? 1 : 0) | (mayWrite ? 2 : 0) | (mayExecute ? 4 : 0) | (device ? 8 : 0);
}
