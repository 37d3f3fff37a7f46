/** A device of QEMU's device tree (`info qtree`). */
export interface QtreeDevice {
  /** "arm_gic". */
  readonly type: string;
  readonly properties: ReadonlyMap<string, string>;
  /** Its memory regions in order; base null where it is mapped by a container, whose address is not its own. */
  readonly mmio: readonly { readonly base: number | null; readonly size: number }[];
}

/** What a GIC's properties say. */
export interface QtreeGic {
  readonly type: string;
  readonly version: 'v2' | 'v3';
  /** The registers are in the kernel, where no debugger of QEMU's reaches them. */
  readonly kvm: boolean;
  readonly cpus: number | null;
  /** INTIDs, the 32 private ones included. */
  readonly irqs: number | null;
  /** 0 is the Arm11 MPCore's; 1 to 4 are GICv1 to GICv4. */
  readonly revision: number | null;
  readonly securityExtension: boolean | null;
  /** Of the distributor; null where a container maps it. */
  readonly distributor: number | null;
}

/** Whether a monitor's answer is a QEMU machine's: every one has this bus. */
export function isQtree(text: string): boolean {
  return /^bus: main-system-bus\b/m.test(text);
}

const DEVICE = /^\s*dev: ([^,\s]+), id "/;
const PROPERTY = /^\s*([\w.[\]-]+) = (.*?)\s*$/;
const MMIO = /^\s*mmio ([0-9a-f]{1,16})\/([0-9a-f]{1,16})\s*$/;
const NOT_MAPPED = 0xffff_ffff_ffff_ffffn;
/** A machine of more devices than this is none of QEMU's. */
const MAX_DEVICES = 10_000;
/** Longer lines are no property of a GIC's, and slow to match. */
const MAX_LINE = 400;

/** The devices of `info qtree`, in the order it lists them. Lines it does not know are passed over. */
export function readQtree(text: string): readonly QtreeDevice[] {
  const devices: { type: string; properties: Map<string, string>; mmio: { base: number | null; size: number }[] }[] =
    [];
  for (const line of text.split('\n')) {
    if (line.length > MAX_LINE) continue;
    const type = DEVICE.exec(line)?.[1];
    if (type !== undefined) {
      if (devices.length === MAX_DEVICES) break;
      devices.push({ type, properties: new Map(), mmio: [] });
      continue;
    }
    const device = devices.at(-1);
    if (!device) continue;
    const [, base, size] = MMIO.exec(line) ?? [];
    if (base !== undefined && size !== undefined) {
      const at = BigInt(`0x${base}`);
      device.mmio.push({ base: at === NOT_MAPPED ? null : Number(at), size: Number(BigInt(`0x${size}`)) });
      continue;
    }
    const [, name, value] = PROPERTY.exec(line) ?? [];
    if (name !== undefined && value !== undefined) device.properties.set(name, value);
  }
  return devices;
}

const TYPES: ReadonlyMap<string, { readonly version: 'v2' | 'v3'; readonly kvm: boolean }> = new Map([
  ['arm_gic', { version: 'v2', kvm: false }],
  ['kvm-arm-gic', { version: 'v2', kvm: true }],
  ['arm-gicv3', { version: 'v3', kvm: false }],
  ['kvm-arm-gicv3', { version: 'v3', kvm: true }],
]);

/** The GICs among the devices. */
export function gicsOf(devices: readonly QtreeDevice[]): readonly QtreeGic[] {
  return devices.flatMap((device) => {
    const kind = TYPES.get(device.type);
    if (!kind) return [];
    const security = device.properties.get('has-security-extensions');
    return [
      {
        type: device.type,
        ...kind,
        cpus: numberOf(device, 'num-cpu'),
        irqs: numberOf(device, 'num-irq'),
        revision: numberOf(device, 'revision'),
        securityExtension: security === 'true' ? true : security === 'false' ? false : null,
        distributor: device.mmio[0]?.base ?? null,
      },
    ];
  });
}

/** "2 (0x2)". */
function numberOf({ properties }: QtreeDevice, name: string): number | null {
  const digits = /^(\d{1,9})\b/.exec(properties.get(name) ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}
