import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Qemu, type Owner } from '../gdb/qemu.ts';
import { Bell, QemuEnded } from './bell.ts';
import { Channel } from './channel.ts';
import {
  CodeSpace,
  commands,
  configuration,
  faultAt,
  inputsAt,
  LIMIT_ADDRESS,
  MOST_COMMANDS,
  RAM_MEGABYTES,
  valueAt,
  type Piece,
} from './mailbox.ts';
import { isRead, type Line, type Operation, type Recorded } from './operation.ts';

const GUEST = path.join(import.meta.dirname, 'guest/interpreter.elf');
const SHARED_MEMORY = '/dev/shm';
/** AArch64 below; interrupts stay at EL1. */
const SCR_EL3 = 0x400n;
const SPIS = 256;
const ACTIVE_PRIORITIES = 0x080100d0;
/** Inputs of the controller before those of PPIs, and of a CPU's private interrupts. */
const PRIVATE = 32;

export interface LiveOptions {
  readonly gic: 'v2' | 'v3';
  readonly cpus: number;
  /** With EL3: CPUs wait there between operations. */
  readonly security: boolean;
  readonly scrEl3?: bigint;
  /** With EL2, where CPUs then are: for ICH_ registers. */
  readonly virtualization?: boolean;
  /** QEMU's name of it; `virt` unless given. */
  readonly machine?: string;
  /** The program; the one on the path unless given. */
  readonly binary?: string;
}

/** A controller of a real QEMU, which is told operations and answers what they read and did. */
export class LiveQemu {
  readonly options: LiveOptions;
  readonly #qemu: Qemu;
  readonly #qtest: Channel;
  readonly #bell: Bell;
  /** The guest's RAM. */
  readonly #memory: number;
  readonly #code = new CodeSpace();
  #device = '';
  /** Commands since the last reset. */
  #executed = 0;
  /** Of each CPU, as the guest has them. */
  readonly #inputs: number[];

  private constructor(options: LiveOptions, qemu: Qemu, qtest: Channel, bell: Bell, memory: number) {
    this.options = options;
    this.#qemu = qemu;
    this.#qtest = qtest;
    this.#bell = bell;
    this.#memory = memory;
    this.#inputs = new Array<number>(options.cpus).fill(0);
  }

  /** Starts one, which ends with `owner` at the latest. */
  static async start(owner: Owner, options: LiveOptions): Promise<LiveQemu> {
    const directory = mkdtempSync(path.join(existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'gic-live-'));
    const ram = path.join(directory, 'ram');
    const memory = openSync(ram, 'w+');
    ftruncateSync(memory, RAM_MEGABYTES * 2 ** 20);
    put(memory, configuration(options.cpus, options.scrEl3 ?? SCR_EL3));
    const bell = new Bell();
    const channels = [
      await Channel.listen(path.join(directory, 'bell'), (text) => bell.ring(text.length)),
      await Channel.listen(path.join(directory, 'qtest'), (text) => {
        if (text.includes('FAIL')) bell.break(new Error(`QEMU refused a wire: ${text}`));
      }),
    ] as const;
    owner.after(() => {
      for (const channel of channels) channel.close();
      closeSync(memory);
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    });
    const { gic, cpus, security, virtualization = false, machine, binary } = options;
    const features = [
      `memory-backend=ram,secure=${onOff(security)},virtualization=${onOff(virtualization)}`,
      ...(gic === 'v3' ? ['its=off'] : []),
    ];
    const qemu = await Qemu.start(owner, {
      gic: gic === 'v2' ? 2 : 3,
      cpus,
      megabytes: RAM_MEGABYTES,
      kernel: GUEST,
      running: true,
      ...(machine === undefined ? {} : { machine }),
      ...(binary === undefined ? {} : { binary }),
      extra: [
        ...['-M', features.join(',')],
        ...['-object', `memory-backend-file,id=ram,share=on,size=${RAM_MEGABYTES}M,mem-path=${ram}`],
        // CPUs take turns on one thread: what waits for another CPU says YIELD.
        ...['-accel', 'tcg,thread=single'],
        ...['-chardev', `socket,id=bell,path=${path.join(directory, 'bell')}`],
        ...['-semihosting-config', 'enable=on,target=native,chardev=bell'],
        ...['-qtest', `unix:${path.join(directory, 'qtest')}`, '-qtest-log', 'none'],
      ],
    });
    void qemu.died.then(({ code, signal }) =>
      bell.break(new QemuEnded(`QEMU ended: ${signal ?? `code ${code ?? '?'}`}`)),
    );
    const live = new LiveQemu(options, qemu, channels[1], bell, memory);
    await bell.heard();
    live.#device = await live.#findController();
    return live;
  }

  /** To the state after power on; all wires are low. */
  async reset(): Promise<void> {
    await this.#qemu.monitor('system_reset');
    await this.#bell.heard();
    this.#executed = 0;
    this.#inputs.fill(0);
    if (this.options.gic === 'v2') await this.run(this.#clearActivePriorities());
  }

  /** Goes on from the state that the operations before have left. */
  async run(operations: readonly Operation[]): Promise<Recorded[]> {
    const before = this.#executed;
    const end = before + operations.length;
    if (end > MOST_COMMANDS) throw new RangeError(`more than ${MOST_COMMANDS} operations`);
    const piece = commands(operations, this.#code, before);
    const code = this.#code.takeFresh();
    if (code !== null) put(this.#memory, code);
    put(this.#memory, piece);
    // The guest executes up to the next change of a wire, which is ours to make.
    for (let at = 0; at < operations.length;) {
      const first = operations[at];
      do at++;
      while (at < operations.length && operations[at]?.op !== 'line');
      const wire = first?.op === 'line' ? this.#wire(first) : '';
      this.#qtest.write(`${wire}writel 0x${LIMIT_ADDRESS.toString(16)} ${before + at}\n`);
      await this.#bell.heard();
    }
    this.#executed = end;
    readSync(this.#memory, piece.bytes, 0, piece.bytes.length, piece.offset);
    return this.#recording(operations, piece.bytes);
  }

  async kill(): Promise<void> {
    await this.#qemu.kill();
  }

  /** GICC_APRn and GICC_NSAPRn: a reset of QEMU 7.2 leaves them as they are. */
  #clearActivePriorities(): Operation[] {
    const state = this.options.security ? ({ state: 'el3' } as const) : {};
    return Array.from({ length: 8 * this.options.cpus }, (_, n) => ({
      op: 'write',
      cpu: n >> 3,
      addr: ACTIVE_PRIORITIES + 4 * (n & 7),
      len: 4,
      ...state,
      value: 0n,
    }));
  }

  #wire({ intid, cpu, level }: Line): string {
    const input = intid < PRIVATE ? SPIS + PRIVATE * cpu + intid : intid - PRIVATE;
    return `set_irq_in ${this.#device} unnamed-gpio-in ${input} ${level}\n`;
  }

  #recording(operations: readonly Operation[], bytes: Buffer): Recorded[] {
    const recording: Recorded[] = [];
    const inputs = this.#inputs;
    const { cpus } = this.options;
    operations.forEach((one, n) => {
      recording.push(one.op === 'line' ? one : answered(one, bytes, n));
      for (let cpu = 0; cpu < cpus; cpu++) {
        const now = inputsAt(bytes, n, cpu);
        if (now === inputs[cpu]) continue;
        inputs[cpu] = now;
        recording.push({ op: 'signal', cpu, irq: now & 2 ? 1 : 0, fiq: now & 1 ? 1 : 0 });
      }
    });
    return recording;
  }

  async #findController(): Promise<string> {
    const type = this.options.gic === 'v2' ? 'arm_gic' : 'arm-gicv3';
    const devices = await this.#qemu.monitor('qom-list /machine/unattached');
    const name = devices.split('\n').find((line) => line.endsWith(`(child<${type}>)`));
    if (name === undefined) throw new Error(`there is no ${type} among QEMU's devices:\n${devices}`);
    return `/machine/unattached/${name.split(' ')[0] ?? ''}`;
  }
}

function onOff(is: boolean): string {
  return is ? 'on' : 'off';
}

function put(file: number, { offset, bytes }: Piece): void {
  writeSync(file, bytes, 0, bytes.length, offset);
}

function answered<T extends Exclude<Operation, Line>>(one: T, bytes: Buffer, n: number): T {
  const fault = faultAt(bytes, n);
  const { value: _, fault: __, answerOf: ___, ...asked } = one;
  const bits = one.op === 'sysreg' ? 64 : 8 * one.len;
  const value = isRead(one) && fault !== null ? {} : { value: BigInt.asUintN(bits, valueAt(bytes, n)) };
  return { ...asked, ...value, ...(fault === null ? {} : { fault }) } as T;
}
