import { Template } from './template.ts';

/** Which number of a template is what; -1 = the event does not tell. */
interface AccessFields {
  readonly cpu: number;
  readonly offset: number;
  readonly value: number;
  readonly size: number;
}

/** Frames that events name. What they call the CPU interface can be the virtual one: see `frameOf`. */
export type QemuFrame = 'dist' | 'cpuif' | 'gich' | 'redist' | 'its';

/** An event of QEMU's GIC that is an operation. */
export type QemuEvent = { readonly gic: 'v2' | 'v3'; readonly template: Template } & (
  | ({
      readonly role: 'access';
      readonly frame: QemuFrame;
      readonly write: boolean;
      /** QEMU refused it. */
      readonly bad: boolean;
    } & AccessFields)
  | {
      readonly role: 'sysreg';
      /** Pieces of the register's name around the numbers that come first in the template. */
      readonly name: readonly string[];
      readonly write: boolean;
      readonly cpu: number;
      readonly value: number;
    }
  | { readonly role: 'sgi' }
  /** `cpu`: field with the redistributor's affinity; `mask`: field with the set of vCPUs. */
  | { readonly role: 'wire'; readonly irq: number; readonly level: number; readonly cpu: number; readonly mask: number }
);

function* accesses(): Generator<[string, QemuEvent]> {
  const v2 = (
    format: string,
    frame: 'dist' | 'cpuif' | 'gich',
    write: boolean,
    fields: Partial<AccessFields>,
  ): QemuEvent => ({
    ...{ role: 'access', gic: 'v2', template: new Template(format), frame, write, bad: false },
    ...{ cpu: -1, offset: -1, value: -1, size: -1, ...fields },
  });
  const dist = { offset: 0, size: 1, value: 2 };
  yield ['gic_dist_read', v2('dist read at 0x%x size %d: 0x%x', 'dist', false, dist)];
  yield ['gic_dist_write', v2('dist write at 0x%x size %d: 0x%x', 'dist', true, dist)];
  const cpuif = { cpu: 1, offset: 2, value: 3 };
  yield ['gic_cpu_read', v2('%s %d iface read at 0x%x: 0x%x', 'cpuif', false, cpuif)];
  yield ['gic_cpu_write', v2('%s %d iface write at 0x%x 0x%x', 'cpuif', true, cpuif)];
  const hypervisor = { offset: 0, value: 1 };
  yield ['gic_hyp_read', v2('hyp read at 0x%x: 0x%x', 'gich', false, hypervisor)];
  yield ['gic_hyp_write', v2('hyp write at 0x%x: 0x%x', 'gich', true, hypervisor)];

  const frames = [
    ['gicv3_dist', 'dist', 'GICv3 distributor', -1, ' secure %d'],
    ['gicv3_redist', 'redist', 'GICv3 redistributor 0x%x', 0, ' secure %d'],
    ['gicv3_its', 'its', 'GICv3 ITS', -1, ''],
  ] as const;
  for (const [event, frame, prefix, cpu, secure] of frames) {
    const offset = cpu + 1;
    for (const write of [false, true]) {
      const start = `${prefix} ${write ? 'write' : 'read'}: offset 0x%x`;
      const common = { role: 'access', gic: 'v3', frame, write, cpu, offset } as const;
      const full = { ...common, value: offset + 1, size: offset + 2 };
      yield [
        `${event}_${write ? 'write' : 'read'}`,
        { ...full, bad: false, template: new Template(`${start} data 0x%x size %d${secure}`) },
      ];
      yield [
        `${event}_bad${write ? 'write' : 'read'}`,
        write
          ? { ...full, bad: true, template: new Template(`${start} data 0x%x size %d${secure}: error`) }
          : {
              ...common,
              value: -1,
              size: offset + 1,
              bad: true,
              template: new Template(`${start} size %d${secure}: error`),
            },
      ];
    }
  }
}

/** Event without _read/_write, QEMU's words for the register, directions, what its name has more. */
const REGISTERS: readonly (readonly [event: string, register: string, rw: 'r' | 'w' | 'rw', suffix: string])[] = [
  ['icc_pmr', 'ICC_PMR', 'rw', '_EL1'],
  ['icc_bpr', 'ICC_BPR%d', 'rw', '_EL1'],
  ['icc_ap', 'ICC_AP%dR%d', 'rw', '_EL1'],
  ['icc_igrpen', 'ICC_IGRPEN%d', 'rw', '_EL1'],
  ['icc_igrpen1_el3', 'ICC_IGRPEN1_EL3', 'rw', ''],
  ['icc_ctlr', 'ICC_CTLR', 'rw', '_EL1'],
  ['icc_ctlr_el3', 'ICC_CTLR_EL3', 'rw', ''],
  ['icc_iar0', 'ICC_IAR0', 'r', '_EL1'],
  ['icc_iar1', 'ICC_IAR1', 'r', '_EL1'],
  ['icc_nmiar1', 'ICC_NMIAR1', 'r', '_EL1'],
  ['icc_eoir', 'ICC_EOIR%d', 'w', '_EL1'],
  ['icc_hppir0', 'ICC_HPPIR0', 'r', '_EL1'],
  ['icc_hppir1', 'ICC_HPPIR1', 'r', '_EL1'],
  ['icc_dir', 'ICC_DIR', 'w', '_EL1'],
  ['icc_rpr', 'ICC_RPR', 'r', '_EL1'],
  ['ich_ap', 'ICH_AP%dR%d', 'rw', '_EL2'],
  ['ich_hcr', 'ICH_HCR_EL2', 'rw', ''],
  ['ich_vmcr', 'ICH_VMCR_EL2', 'rw', ''],
  ['ich_lr', 'ICH_LR%d_EL2', 'rw', ''],
  // The AArch32 halves keep their own names.
  ['ich_lr32', 'ICH_LR%d', 'rw', ''],
  ['ich_lrc', 'ICH_LRC%d', 'rw', ''],
  ['ich_vtr', 'ICH_VTR', 'r', '_EL2'],
  ['ich_misr', 'ICH_MISR', 'r', '_EL2'],
  ['ich_eisr', 'ICH_EISR', 'r', '_EL2'],
  ['ich_elrsr', 'ICH_ELRSR', 'r', '_EL2'],
  ['icv_ap', 'ICV_AP%dR%d', 'rw', '_EL1'],
  ['icv_bpr', 'ICV_BPR%d', 'rw', '_EL1'],
  ['icv_pmr', 'ICV_PMR', 'rw', '_EL1'],
  ['icv_igrpen', 'ICV_IGRPEN%d', 'rw', '_EL1'],
  ['icv_ctlr', 'ICV_CTLR', 'rw', '_EL1'],
  ['icv_rpr', 'ICV_RPR', 'r', '_EL1'],
  ['icv_hppir', 'ICV_HPPIR%d', 'r', '_EL1'],
  ['icv_dir', 'ICV_DIR', 'w', '_EL1'],
  ['icv_iar', 'ICV_IAR%d', 'r', '_EL1'],
  ['icv_nmiar1', 'ICV_NMIAR1', 'r', '_EL1'],
  ['icv_eoir', 'ICV_EOIR%d', 'w', '_EL1'],
];

function* registers(): Generator<[string, QemuEvent]> {
  for (const [event, register, rw, suffix] of REGISTERS) {
    const name = `${register}${suffix}`.split('%d');
    const cpu = name.length - 1;
    for (const write of [false, true]) {
      if (!rw.includes(write ? 'w' : 'r')) continue;
      const verb = write ? 'write' : 'read';
      const template = new Template(`GICv3 ${register} ${verb} cpu 0x%x value 0x%x`);
      yield [`gicv3_${event}_${verb}`, { role: 'sysreg', gic: 'v3', template, name, write, cpu, value: cpu + 1 }];
    }
  }
}

function* others(): Generator<[string, QemuEvent]> {
  // The affinity is the upper 24 bits: QEMU prints "xx" where the target list has the lowest ones.
  const sgi = 'GICv3 CPU i/f 0x%x generating SGI %d IRM %d target affinity 0x%xxx targetlist 0x%x';
  yield ['gicv3_icc_generate_sgi', { role: 'sgi', gic: 'v3', template: new Template(sgi) }];
  yield [
    'gic_set_irq',
    {
      ...{ role: 'wire', gic: 'v2', irq: 0, level: 1, cpu: -1, mask: 2 },
      template: new Template('irq %d level %d cpumask 0x%x target 0x%x'),
    },
  ];
  yield [
    'gicv3_dist_set_irq',
    {
      ...{ role: 'wire', gic: 'v3', irq: 0, level: 1, cpu: -1, mask: -1 },
      template: new Template('GICv3 distributor interrupt %d level changed to %d'),
    },
  ];
  yield [
    'gicv3_redist_set_irq',
    {
      ...{ role: 'wire', gic: 'v3', irq: 1, level: 2, cpu: 0, mask: -1 },
      template: new Template('GICv3 redistributor 0x%x interrupt %d level changed to %d'),
    },
  ];
}

/**
 * The operations among QEMU's trace events, by name, with the formats of hw/intc/trace-events (7.2; unchanged since 2.6
 * and up to 10). What is not in here is QEMU's own doing.
 */
export const QEMU_EVENTS: ReadonlyMap<string, QemuEvent> = new Map([...accesses(), ...registers(), ...others()]);

/** The frame an access reached: a "vcpu" is a guest's, whose CPU interface is the virtual one. */
export function frameOf({ frame, template }: QemuEvent & { role: 'access' }): QemuFrame | 'gicv' {
  return frame === 'cpuif' && template.words[0] === 'vcpu' ? 'gicv' : frame;
}

/** Whether an access is Secure, which lines of GICv3's distributor and redistributors end with; null: it is not told. */
export function securityOf({ frame, gic, size, template }: QemuEvent & { role: 'access' }): boolean | null {
  if (gic === 'v2' || (frame !== 'dist' && frame !== 'redist')) return null;
  return template.lo[size + 1] === 1;
}
