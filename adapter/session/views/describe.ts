import { hexOf } from '../../gic/inspect/decode.ts';
import type { PlacedRegister } from '../../gic/inspect/register-map.ts';
import type { FieldRow } from '../../gic/registers/row.ts';
import type { Guest } from '../../guest/guest.ts';
import type { DescribeResponse, FieldInfo, FrameInfo, RegisterInfo } from '../../protocol.ts';

/** The frames and registers of a guest's controller: what the register tables say, in the protocol's words. */
export function describeGuest(guest: Guest): Omit<DescribeResponse, 'version'> {
  const { controller, registers } = guest;
  const frames: FrameInfo[] = [];
  const tables: Record<string, RegisterInfo[]> = {};
  for (const device of registers.devices) {
    const table = device.regions.frame.kind;
    frames.push({
      id: device.id,
      title: device.title,
      base: hexOf(device.base),
      size: device.size,
      table,
      vcpu: device.owner < 0 ? null : device.owner,
    });
    tables[table] ??= registers.registersOf(device).map(describeRegister);
  }
  const { gic, cpus, spis } = controller.config;
  return {
    gic,
    profile: controller.profile.name,
    cpus,
    spis,
    title: guest.title,
    kind: guest.kind,
    canStepBack: guest.capabilities.stepBack,
    knows: controller.profile.knows,
    frames,
    tables,
  };
}

function describeRegister(placed: PlacedRegister): RegisterInfo {
  const { row } = placed;
  return {
    name: placed.name,
    ...(row.array ? { group: row.name, index: row.firstIndex + placed.nth } : {}),
    offset: placed.offset,
    bits: placed.bytes === 8 ? 64 : 32,
    access: row.access,
    banked: placed.banked,
    ...(row.readEffect === undefined ? {} : { readEffect: row.readEffect }),
    implemented: placed.implemented,
    ...(row.bitsPerIrq === 0 ? {} : { bitsPerIrq: row.bitsPerIrq, firstIntid: placed.firstIntid }),
    fields: row.fields.map(describeField),
    doc: row.doc,
    section: row.section,
  };
}

function describeField(field: FieldRow): FieldInfo {
  const { name, msb, lsb, access, doc, values } = field;
  return { name, msb, lsb, access, doc, ...(values === undefined ? {} : { enum: [...values] }) };
}
