import { cells, flag, node, strings, wide, writeFdt, type FdtNode, type FdtProperty } from '../../device-tree/fdt.ts';
import {
  affinityOf,
  checkVirtConfig,
  POWER_BUTTON_PIN,
  RAM_BASE,
  VIRT_INTID,
  VIRT_MAP,
  VIRTIO_SLOTS,
  type VirtConfig,
  type Window,
} from './virt.ts';
import { TimerPpi } from '../devices/timer.ts';

export interface VirtTreeOptions extends VirtConfig {
  /** How guests call PSCI. Both work; this is the one the tree names. */
  readonly conduit?: 'hvc' | 'smc';
  /** The kernel's command line: /chosen/bootargs. */
  readonly bootargs?: string | null;
  /** Where the initial RAM disk lies. */
  readonly initrd?: Window | null;
  /** Seed of the guest's random numbers. The same every run unless given, so that runs repeat. */
  readonly rngSeed?: readonly number[];
}

const PHANDLE = { clock: 0x8000, gic: 0x8001, gpio: 0x8002, cpu0: 0x8010 } as const;

/** Cells of an interrupt: type, number within the type, flags. */
const SPI = 0;
const PPI = 1;
const FIRST_SPI = 32;
const FIRST_PPI = 16;
const EDGE_RISING = 1;
const LEVEL_HIGH = 4;
const KEY_POWER = 0x74;
const UART_CLOCK = 24_000_000;
const FLASH_WIDTH = 4;

/** Address spaces of PCI in a ranges property, and the pins and slots of its legacy interrupts. */
const PCI_IO = 0x0100_0000;
const PCI_MEMORY = 0x0200_0000;
const PCI_MEMORY_64 = 0x0300_0000;
const PCI_PINS = 4;
const PCI_SLOT_SHIFT = 11;

const PSCI_ID = {
  suspend: 0xc400_0001,
  off: 0x8400_0002,
  on: 0xc400_0003,
  migrate: 0xc400_0005,
} as const;

const DEFAULT_SEED = [
  0x6769_6320, 0x696e_7370, 0x6563_746f, 0x7220_7275, 0x6e73_2061, 0x7265_2073, 0x616d_6520, 0x7275_6e73,
];

const STDOUT_PATH = `/pl011@${VIRT_MAP.uart.base.toString(16)}`;

/**
 * The device tree of the machine, as QEMU describes its own; without what is not there: PMU, ITS, GICv2m and the
 * platform bus.
 * @throws VirtConfigError
 */
export function virtTree(options: VirtTreeOptions): FdtNode {
  checkVirtConfig(options);
  return node(
    '',
    [
      cells('interrupt-parent', PHANDLE.gic),
      strings('model', 'linux,dummy-virt'),
      cells('#size-cells', 2),
      cells('#address-cells', 2),
      strings('compatible', 'linux,dummy-virt'),
    ],
    [
      chosen(options),
      psci(options.conduit ?? 'hvc'),
      cpus(options.vcpus),
      memory(options.memory),
      timer(options),
      options.gic === 'v2' ? gicV2() : gicV3(),
      flash(),
      clock(),
      uart(),
      rtc(),
      gpio(),
      powerButton(),
      fwCfg(),
      pcie(),
      ...Array.from({ length: VIRTIO_SLOTS }, (_, slot) => virtio(slot)),
    ],
  );
}

/** The same as a blob for the guest. */
export function virtFdt(options: VirtTreeOptions): Uint8Array {
  return writeFdt({ root: virtTree(options), reservations: [], bootCpu: affinityOf(0) });
}

function chosen({ bootargs, initrd, rngSeed }: VirtTreeOptions): FdtNode {
  const properties: FdtProperty[] = [];
  if (bootargs !== undefined && bootargs !== null) properties.push(strings('bootargs', bootargs));
  if (initrd) {
    properties.push(cells('linux,initrd-start', ...wide(initrd.base)));
    properties.push(cells('linux,initrd-end', ...wide(initrd.base + initrd.size)));
  }
  properties.push(strings('stdout-path', STDOUT_PATH), cells('rng-seed', ...(rngSeed ?? DEFAULT_SEED)));
  return node('chosen', properties);
}

function psci(method: 'hvc' | 'smc'): FdtNode {
  return node('psci', [
    strings('compatible', 'arm,psci-1.0', 'arm,psci-0.2', 'arm,psci'),
    strings('method', method),
    cells('cpu_suspend', PSCI_ID.suspend),
    cells('cpu_off', PSCI_ID.off),
    cells('cpu_on', PSCI_ID.on),
    cells('migrate', PSCI_ID.migrate),
  ]);
}

function cpus(count: number): FdtNode {
  const all = Array.from({ length: count }, (_, vcpu) => vcpu);
  const cores = all.map((vcpu) => node(`core${vcpu}`, [cells('cpu', PHANDLE.cpu0 + vcpu)]));
  return node(
    'cpus',
    [cells('#address-cells', 1), cells('#size-cells', 0)],
    [
      node('cpu-map', [], [node('socket0', [], [node('cluster0', [], cores)])]),
      ...all.map((vcpu) =>
        node(`cpu@${affinityOf(vcpu).toString(16)}`, [
          strings('device_type', 'cpu'),
          strings('compatible', 'arm,cortex-a53'),
          cells('reg', affinityOf(vcpu)),
          // As QEMU: a single vCPU is never turned on by another.
          ...(count > 1 ? [strings('enable-method', 'psci')] : []),
          cells('phandle', PHANDLE.cpu0 + vcpu),
        ]),
      ),
    ],
  );
}

function memory(size: number): FdtNode {
  return device('memory', { base: RAM_BASE, size }, [strings('device_type', 'memory')]);
}

/** Secure physical, physical, virtual, hypervisor. A GICv2 takes the vCPUs a PPI goes to in bits 15:8 of its flags. */
function timer({ gic, vcpus }: VirtConfig): FdtNode {
  const flags = gic === 'v2' ? (((1 << vcpus) - 1) << 8) | LEVEL_HIGH : LEVEL_HIGH;
  const order = [TimerPpi.SecurePhysical, TimerPpi.Physical, TimerPpi.Virtual, TimerPpi.Hypervisor];
  return node('timer', [
    strings('compatible', 'arm,armv8-timer', 'arm,armv7-timer'),
    flag('always-on'),
    cells('interrupts', ...order.flatMap((intid) => [PPI, intid - FIRST_PPI, flags])),
  ]);
}

function gicV2(): FdtNode {
  return gicNode('arm,cortex-a15-gic', [VIRT_MAP.distributor, VIRT_MAP.cpuInterface], []);
}

function gicV3(): FdtNode {
  return gicNode('arm,gic-v3', [VIRT_MAP.distributor, VIRT_MAP.redistributors], [cells('#redistributor-regions', 1)]);
}

function gicNode(compatible: string, frames: readonly Window[], more: readonly FdtProperty[]): FdtNode {
  return node(`intc@${VIRT_MAP.distributor.base.toString(16)}`, [
    strings('compatible', compatible),
    registers(...frames),
    flag('interrupt-controller'),
    cells('#interrupt-cells', 3),
    cells('#address-cells', 2),
    cells('#size-cells', 2),
    flag('ranges'),
    ...more,
    cells('phandle', PHANDLE.gic),
  ]);
}

function flash(): FdtNode {
  return node('flash@0', [
    strings('compatible', 'cfi-flash'),
    registers(VIRT_MAP.flash0, VIRT_MAP.flash1),
    cells('bank-width', FLASH_WIDTH),
  ]);
}

function clock(): FdtNode {
  return node('apb-pclk', [
    strings('compatible', 'fixed-clock'),
    cells('#clock-cells', 0),
    cells('clock-frequency', UART_CLOCK),
    strings('clock-output-names', 'clk24mhz'),
    cells('phandle', PHANDLE.clock),
  ]);
}

function uart(): FdtNode {
  return device('pl011', VIRT_MAP.uart, [
    strings('compatible', 'arm,pl011', 'arm,primecell'),
    interrupt(VIRT_INTID.uart, LEVEL_HIGH),
    cells('clocks', PHANDLE.clock, PHANDLE.clock),
    strings('clock-names', 'uartclk', 'apb_pclk'),
  ]);
}

function rtc(): FdtNode {
  return device('pl031', VIRT_MAP.rtc, [
    strings('compatible', 'arm,pl031', 'arm,primecell'),
    interrupt(VIRT_INTID.rtc, LEVEL_HIGH),
    ...busClock(),
  ]);
}

function gpio(): FdtNode {
  return device('pl061', VIRT_MAP.gpio, [
    strings('compatible', 'arm,pl061', 'arm,primecell'),
    interrupt(VIRT_INTID.gpio, LEVEL_HIGH),
    ...busClock(),
    cells('#gpio-cells', 2),
    flag('gpio-controller'),
    cells('phandle', PHANDLE.gpio),
  ]);
}

function powerButton(): FdtNode {
  const key = node('poweroff', [
    strings('label', 'GPIO Key Poweroff'),
    cells('linux,code', KEY_POWER),
    cells('gpios', PHANDLE.gpio, POWER_BUTTON_PIN, 0),
  ]);
  return node('gpio-keys', [strings('compatible', 'gpio-keys')], [key]);
}

function fwCfg(): FdtNode {
  return device('fw-cfg', VIRT_MAP.fwCfg, [strings('compatible', 'qemu,fw-cfg-mmio'), flag('dma-coherent')]);
}

function virtio(slot: number): FdtNode {
  const { base, size } = VIRT_MAP.virtio;
  return device('virtio_mmio', { base: base + slot * size, size }, [
    strings('compatible', 'virtio,mmio'),
    interrupt(VIRT_INTID.virtio + slot, EDGE_RISING),
    flag('dma-coherent'),
  ]);
}

function pcie(): FdtNode {
  const { pcieConfiguration, pcieIo, pcieMemory, pcieHighMemory } = VIRT_MAP;
  return node(`pcie@${pcieMemory.base.toString(16)}`, [
    strings('compatible', 'pci-host-ecam-generic'),
    strings('device_type', 'pci'),
    cells('#address-cells', 3),
    cells('#size-cells', 2),
    cells('linux,pci-domain', 0),
    cells('bus-range', 0, 0xff),
    flag('dma-coherent'),
    registers(pcieConfiguration),
    cells(
      'ranges',
      ...[PCI_IO, ...wide(0), ...wide(pcieIo.base), ...wide(pcieIo.size)],
      ...[PCI_MEMORY, ...wide(pcieMemory.base), ...wide(pcieMemory.base), ...wide(pcieMemory.size)],
      ...[PCI_MEMORY_64, ...wide(pcieHighMemory.base), ...wide(pcieHighMemory.base), ...wide(pcieHighMemory.size)],
    ),
    cells('#interrupt-cells', 1),
    cells('interrupt-map', ...pcieInterrupts()),
    cells('interrupt-map-mask', (PCI_PINS - 1) << PCI_SLOT_SHIFT, 0, 0, 7),
  ]);
}

/** Pins A to D of four slots, turned by one from slot to slot: unit address, pin, GIC, its unit address, interrupt. */
function pcieInterrupts(): readonly number[] {
  const map: number[] = [];
  for (let slot = 0; slot < PCI_PINS; slot++) {
    for (let pin = 0; pin < PCI_PINS; pin++) {
      const intid = VIRT_INTID.pcie + ((slot + pin) % PCI_PINS);
      map.push(slot << PCI_SLOT_SHIFT, 0, 0, pin + 1, PHANDLE.gic, 0, 0, SPI, intid - FIRST_SPI, LEVEL_HIGH);
    }
  }
  return map;
}

function device(name: string, window: Window, properties: readonly FdtProperty[]): FdtNode {
  return node(`${name}@${window.base.toString(16)}`, [registers(window), ...properties]);
}

function registers(...windows: readonly Window[]): FdtProperty {
  return cells('reg', ...windows.flatMap(({ base, size }) => [...wide(base), ...wide(size)]));
}

function interrupt(intid: number, flags: number): FdtProperty {
  return cells('interrupts', SPI, intid - FIRST_SPI, flags);
}

function busClock(): readonly FdtProperty[] {
  return [cells('clocks', PHANDLE.clock), strings('clock-names', 'apb_pclk')];
}
