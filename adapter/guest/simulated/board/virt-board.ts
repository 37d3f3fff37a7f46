import { Bus, type BusNote } from './bus.ts';
import { checkVirtConfig, POWER_BUTTON_PIN, VIRT_INTID, VIRT_MAP, VIRTIO_SLOTS, type VirtConfig } from './virt.ts';
import {
  DeviceStateError,
  numberOf,
  TICKS_PER_SECOND,
  type Device,
  type DeviceState,
  type InterruptLine,
  type TickSource,
} from '../devices/device.ts';
import { EmptyPcieWindow } from '../devices/empty-pcie.ts';
import { Flash } from '../devices/flash.ts';
import { FwCfg, FwCfgItem, littleEndian } from '../devices/fw-cfg.ts';
import { Pl011 } from '../devices/pl011.ts';
import { Pl031 } from '../devices/pl031.ts';
import { Pl061 } from '../devices/pl061.ts';
import { VirtioMmioSlot } from '../devices/virtio-mmio.ts';

/** What the devices need of the machine around them. */
export interface BoardHooks {
  /** A byte the guest sent over the UART. */
  readonly uartOutput: (byte: number) => void;
  /** A device's wire changed. @param intid an SPI */
  readonly line: (intid: number, level: boolean) => void;
  readonly now: TickSource;
  /** A live view of RAM for fw_cfg's DMA; null where there is none. */
  readonly memory: (address: number, length: number) => Uint8Array | null;
  /** An access that met no device, or one that does not answer it. */
  readonly unanswered?: (note: BusNote) => void;
  /** Bytes of a flash bank changed. */
  readonly flashContents?: (bank: 0 | 1, offset: number, length: number) => void;
  /** A flash bank reads as memory (true), or as a device that answers commands. */
  readonly flashArrayMode?: (bank: 0 | 1, array: boolean) => void;
}

export interface BoardOptions {
  readonly config: VirtConfig;
  readonly hooks: BoardHooks;
  /** Seconds since 1970 at tick 0, for the RTC. */
  readonly epoch?: number;
  /** When the UART's receive interrupt comes: at the first character (QEMU), or at IFLS's level (the TRM). */
  readonly uartReceive?: 'first' | 'level';
}

/** The state of every device, by the device's name. */
export type BoardState = Readonly<Record<string, DeviceState>>;

/** Everything of the machine but RAM, vCPUs, timers and interrupt controller. */
export interface Board {
  readonly bus: Bus;
  readonly uart: Pl011;
  readonly rtc: Pl031;
  readonly flash: readonly [Flash, Flash];
  /** Presses the power button for a tenth of a second. */
  powerButton(): void;
  /** Tick at which `poll` has something to do; null: none. */
  deadline(): bigint | null;
  /** Does what is due now. */
  poll(): void;
  /** Every device back to power-on; what is in flash stays. */
  reset(): void;
  save(): BoardState;
  /**
   * Drives no wire: their levels are part of the interrupt controller's own state.
   * @throws DeviceStateError where the state is not one of this board
   */
  restore(state: BoardState): void;
}

const BUTTON = 'power button';
/** Longer than drivers wait for a key to stop bouncing. */
const BUTTON_TICKS = TICKS_PER_SECOND / 10n;
const NONE = -1;

/**
 * Builds the devices of QEMU's `virt` machine at their addresses and wires.
 * @throws VirtConfigError
 */
export function createBoard({ config, hooks, epoch, uartReceive }: BoardOptions): Board {
  checkVirtConfig(config);
  const { now } = hooks;
  let restoring = false;
  const wire =
    (intid: number): InterruptLine =>
    (level) => {
      if (!restoring) hooks.line(intid, level);
    };
  const uart = new Pl011({
    base: VIRT_MAP.uart.base,
    line: wire(VIRT_INTID.uart),
    output: hooks.uartOutput,
    ...(uartReceive && { receive: uartReceive }),
  });
  const rtc = new Pl031({
    base: VIRT_MAP.rtc.base,
    line: wire(VIRT_INTID.rtc),
    now,
    ...(epoch !== undefined && { epoch }),
  });
  const gpio = new Pl061({ base: VIRT_MAP.gpio.base, line: wire(VIRT_INTID.gpio) });
  const flash = [flashBank(0, hooks), flashBank(1, hooks)] as const;
  const fwCfg = new FwCfg({
    base: VIRT_MAP.fwCfg.base,
    items: fwCfgItems(config),
    files: [],
    memory: hooks.memory,
  });
  const devices: readonly Device[] = [...flash, uart, rtc, fwCfg, gpio, ...virtioSlots(), ...pcieWindows()];
  const bus = new Bus(devices, hooks.unanswered);
  /** Tick at which the power button is let go; NONE: it is not pressed. */
  let release = NONE;
  const letGo = (): void => {
    release = NONE;
    gpio.setPin(POWER_BUTTON_PIN, false);
  };

  return {
    bus,
    uart,
    rtc,
    flash,
    powerButton() {
      release = Number(now() + BUTTON_TICKS);
      gpio.setPin(POWER_BUTTON_PIN, true);
    },
    deadline: () => earlier(rtc.deadline(), release === NONE ? null : BigInt(release)),
    poll() {
      rtc.poll();
      if (release !== NONE && now() >= BigInt(release)) letGo();
    },
    reset() {
      letGo();
      for (const device of devices) device.reset();
    },
    save: () => ({
      ...Object.fromEntries(devices.map((device) => [device.name, device.save()])),
      [BUTTON]: { release },
    }),
    restore(state) {
      for (const name of [...devices.map((device) => device.name), BUTTON]) {
        if (!state[name]) throw new DeviceStateError(`the saved state has no device "${name}"`);
      }
      restoring = true;
      try {
        for (const device of devices) device.restore(state[device.name] as DeviceState);
        release = numberOf(state[BUTTON] as DeviceState, 'release');
      } finally {
        restoring = false;
      }
    },
  };
}

function earlier(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function flashBank(bank: 0 | 1, hooks: BoardHooks): Flash {
  const window = bank === 0 ? VIRT_MAP.flash0 : VIRT_MAP.flash1;
  return new Flash({
    name: `flash bank ${bank}`,
    ...window,
    readOnly: false,
    onContents: (offset, length) => hooks.flashContents?.(bank, offset, length),
    onArrayMode: (array) => hooks.flashArrayMode?.(bank, array),
  });
}

function fwCfgItems({ vcpus }: VirtConfig): ReadonlyMap<number, Uint8Array> {
  return new Map([
    [FwCfgItem.NoGraphic, littleEndian(1, 2)],
    [FwCfgItem.Cpus, littleEndian(vcpus, 2)],
  ]);
}

function virtioSlots(): readonly VirtioMmioSlot[] {
  const { base, size } = VIRT_MAP.virtio;
  return Array.from({ length: VIRTIO_SLOTS }, (_, slot) => new VirtioMmioSlot(base + slot * size, slot));
}

function pcieWindows(): readonly EmptyPcieWindow[] {
  const windows = [
    ['PCIe memory', VIRT_MAP.pcieMemory],
    ['PCIe I/O', VIRT_MAP.pcieIo],
    ['PCIe configuration space', VIRT_MAP.pcieConfiguration],
    ['PCIe memory above 4 GB', VIRT_MAP.pcieHighMemory],
  ] as const;
  return windows.map(([name, { base, size }]) => new EmptyPcieWindow(name, base, size));
}
