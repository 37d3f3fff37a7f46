import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Handles } from './handles.ts';
import type { Node } from './node.ts';

/** A node as the protocol has it. */
export function toVariable(node: Node, handles: Handles): DebugProtocol.Variable {
  return {
    name: node.name,
    value: node.value(),
    ...(node.type === undefined ? {} : { type: node.type }),
    ...(node.evaluateName === undefined ? {} : { evaluateName: node.evaluateName }),
    ...(node.memoryReference === undefined ? {} : { memoryReference: node.memoryReference }),
    ...(node.elements === undefined ? {} : { indexedVariables: node.elements, namedVariables: 0 }),
    ...(node.writable === true ? {} : { presentationHint: { attributes: ['readOnly'] } }),
    variablesReference: node.children === undefined ? 0 : handles.add(node),
  };
}
