import type { FdtNode, FdtProperty } from '../../../../../adapter/guest/device-tree/fdt.ts';

/** A tree as source text, the way dtc prints it: strings where all is text, cells where it is words, bytes else. */
export function dtsOf(root: FdtNode): string {
  return `/dts-v1/;\n\n${linesOf(root, '').join('\n')}\n`;
}

function linesOf({ name, properties, children }: FdtNode, indent: string): string[] {
  const deeper = `${indent}\t`;
  return [
    `${indent}${name === '' ? '/' : name} {`,
    ...properties.map((property) => `${deeper}${propertyText(property)}`),
    ...children.flatMap((child) => linesOf(child, deeper)),
    `${indent}};`,
  ];
}

function propertyText({ name, value }: FdtProperty): string {
  if (value.length === 0) return `${name};`;
  const text = new TextDecoder('latin1').decode(value);
  if (/^(?:[ -~]+\0)+$/.test(text)) {
    const parts = text.slice(0, -1).split('\0');
    return `${name} = ${parts.map((part) => `"${part}"`).join(', ')};`;
  }
  if (value.length % 4 !== 0)
    return `${name} = [${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}];`;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const cells = Array.from({ length: value.length / 4 }, (_, n) => `0x${view.getUint32(4 * n).toString(16)}`);
  return `${name} = <${cells.join(' ')}>;`;
}
