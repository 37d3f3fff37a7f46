import { VIRT_INTID, VIRT_MAP, VIRTIO_SLOTS, type VirtConfig } from '../board/virt.ts';
import { Bus, type BusNote } from '../board/bus.ts';
import { EmptyPcieWindow } from '../devices/empty-pcie.ts';
import { Flash } from '../devices/flash.ts';
import { FwCfg, FwCfgItem, littleEndian } from '../devices/fw-cfg.ts';
import { Pl011 } from '../devices/pl011.ts';
import { Pl031 } from '../devices/pl031.ts';
import { Pl061 } from '../devices/pl061.ts';
import { VirtioMmioSlot } from '../devices/virtio-mmio.ts';
import type { Device, TickSource } from '../devices/device.ts';

/** What the devices need of the machine around them. */
export interface HardwareHooks {
  /** A byte out of the UART. */
  readonly output: (byte: number) => void;
  /** An SPI's wire. */
  readonly line: (intid: number, level: boolean) => void;
  readonly now: TickSource;
  /** Guest memory, live; null where there is none. */
  readonly memory: (address: number, length: number) => Uint8Array | null;
  /** Flash bank 0 turned from memory into a device, or back. */
  readonly flashMode: (array: boolean) => void;
  /** An access that found nothing. */
  readonly note: (note: BusNote) => void;
}

/** The devices of the machine, but for the interrupt controller and the timers. */
export interface Hardware {
  readonly bus: Bus;
  readonly uart: Pl011;
  readonly rtc: Pl031;
  readonly flash: Flash;
}

export function buildHardware(config: VirtConfig, hooks: HardwareHooks): Hardware {
  const line = (intid: number) => (level: boolean) => hooks.line(intid, level);
  const uart = new Pl011({ base: VIRT_MAP.uart.base, line: line(VIRT_INTID.uart), output: hooks.output });
  const rtc = new Pl031({ base: VIRT_MAP.rtc.base, line: line(VIRT_INTID.rtc), now: hooks.now });
  const flash = new Flash({
    name: 'flash bank 0',
    ...VIRT_MAP.flash0,
    readOnly: true,
    onArrayMode: hooks.flashMode,
  });
  const devices: Device[] = [
    uart,
    rtc,
    flash,
    new Flash({ name: 'flash bank 1', ...VIRT_MAP.flash1, readOnly: false }),
    new FwCfg({
      base: VIRT_MAP.fwCfg.base,
      items: new Map([
        [FwCfgItem.Cpus, littleEndian(config.vcpus, 2)],
        [FwCfgItem.RamSize, littleEndian(config.memory, 8)],
      ]),
      files: [],
      memory: hooks.memory,
    }),
    new Pl061({ base: VIRT_MAP.gpio.base, line: line(VIRT_INTID.gpio) }),
    new EmptyPcieWindow('PCI memory', VIRT_MAP.pcieMemory.base, VIRT_MAP.pcieMemory.size),
    new EmptyPcieWindow('PCI I/O', VIRT_MAP.pcieIo.base, VIRT_MAP.pcieIo.size),
    new EmptyPcieWindow('PCI configuration', VIRT_MAP.pcieConfiguration.base, VIRT_MAP.pcieConfiguration.size),
    ...Array.from(
      { length: VIRTIO_SLOTS },
      (_, slot) => new VirtioMmioSlot(VIRT_MAP.virtio.base + slot * VIRT_MAP.virtio.size, slot),
    ),
  ];
  return { bus: new Bus(devices, hooks.note), uart, rtc, flash };
}
