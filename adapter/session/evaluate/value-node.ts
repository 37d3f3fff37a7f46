import { formatValue, type Place, type Value } from '../../gic/expression/value.ts';
import type { Guest } from '../../guest/guest.ts';
import type { Frame } from '../frames.ts';
import { accessNodes, noAccessText } from '../variables/access.ts';
import { interfaceNodes } from '../variables/interface.ts';
import { irqNode } from '../variables/interrupts.ts';
import { fact, folder, type Node } from '../variables/node.ts';
import { arrayNode, fieldNode, registerNode, shareNode } from '../variables/registers.ts';

/** A value as the variables view shows it: what has a place there looks, opens and is edited the same here. */
export function valueNode(guest: Guest, value: Value, frame: Frame): Node {
  const text = formatValue(value);
  switch (value.kind) {
    case 'number':
    case 'boolean':
      return value.place === null ? fact(text, text) : placeNode(guest, value.place, text);
    case 'array': {
      const { row, vcpu } = value;
      const device = guest.registers.row(row.name)?.devices.find(({ owner }) => owner < 0 || owner === vcpu);
      const members = device === undefined ? [] : guest.registers.registersOf(device).filter((one) => one.row === row);
      return arrayNode(guest, row, members, vcpu);
    }
    case 'irq':
      return irqNode(guest, guest.controller.state.slot(value.intid, value.vcpu));
    case 'cpu':
      return folder(text, text, () => interfaceNodes(guest, value.vcpu));
    case 'listRegister':
      return interfaceNodes(guest, value.vcpu).find(({ name }) => name === `LR${value.lr}`) ?? fact(text, 'not in use');
    case 'access':
      return folder(text, accessText(guest, frame), () => accessNodes(guest, frame));
    default:
      return fact(text, text);
  }
}

function placeNode(guest: Guest, place: Place, text: string): Node {
  switch (place.kind) {
    case 'register':
      return registerNode(guest, place.register, place.vcpu);
    case 'field':
      return fieldNode(guest, place.register, place.vcpu, place.field);
    case 'part':
      return shareNode(guest, place.register, place.vcpu, place.intid);
    case 'irq': {
      const slot = guest.controller.state.slot(place.intid, place.vcpu);
      const node = irqNode(guest, slot)
        .children?.()
        .find(({ name }) => name === place.property);
      return node ?? fact(place.property, text);
    }
    case 'sgi':
      return { ...fact('ICC_SGI1R_EL1', '<write-only>'), writable: true };
  }
}

function accessText(guest: Guest, { entry }: Frame): string {
  return entry >= guest.total ? `none: ${noAccessText(guest)}` : guest.operation(entry).text;
}
