import type { DebugProtocol } from '@vscode/debugprotocol';
import { makeEdit } from '../edits.ts';
import { consoleCommand } from '../evaluate/console.ts';
import type { Completion } from '../../gic/expression/complete.ts';
import { hoveredExpression, hoveredRegister } from '../evaluate/hover.ts';
import { bankOf } from '../frames.ts';
import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';
import { childNamed, type Node } from '../variables/node.ts';
import { toVariable } from '../variables/variable.ts';
import { registerNode } from '../variables/registers.ts';
import type { Handles } from '../variables/handles.ts';
import { frameOf, nodeOf } from './stack.ts';

/** Expressions and assignments, wherever a client lets them be typed. */
export const EVALUATE: HandlerTable = {
  async evaluate(session, args) {
    const { debuggee, client } = session;
    const { guest, language, handles } = debuggee;
    const text = args.string('expression');
    const context = args.optionalString('context');
    const frame = frameOf(debuggee, args);
    const vcpu = bankOf(frame);
    if (context === 'hover') {
      const register = hoveredRegister(guest, text);
      if (register !== null) return result(named(registerNode(guest, register, vcpu)), handles);
      const expression = hoveredExpression(text);
      return result(named(language.evaluate(expression, frame)), handles);
    }
    if (context === 'repl') {
      const said = consoleCommand(debuggee, text, vcpu);
      if (said !== null) return { result: said, variablesReference: 0 };
    }
    const assignment = language.assignment(text);
    if (assignment === null) return result(language.evaluate(text, frame), handles);
    if (context === 'watch') {
      throw new RequestError('a watched assignment would be made again at each stop: make it in the debug console');
    }
    await makeEdit(debuggee, client, assignment.target, assignment.value, vcpu);
    return result(language.evaluate(assignment.target, frame), handles);
  },

  async setExpression(session, args) {
    const { debuggee, client } = session;
    const frame = frameOf(debuggee, args);
    const expression = args.string('expression');
    await makeEdit(debuggee, client, expression, args.string('value'), bankOf(frame));
    const { result: value, ...rest } = result(debuggee.language.evaluate(expression, frame), debuggee.handles);
    return { value, ...rest };
  },

  async setVariable(session, args) {
    const debuggee = session.stopped;
    const name = args.string('name');
    const node = childNamed(nodeOf(debuggee, args.integer('variablesReference')), name);
    if (node.assign !== undefined) {
      await node.assign(args.string('value'));
      session.client.invalidate(['stacks', 'variables']);
      return { value: node.value() };
    }
    if (node.writable !== true || node.evaluateName === undefined) {
      throw new RequestError(`${name} cannot be edited: it is read-only`, true);
    }
    await makeEdit(debuggee, session.client, node.evaluateName, args.string('value'), 0);
    return { value: node.value() };
  },

  completions(session, args) {
    const { debuggee, client } = session;
    const lines = args.string('text').split('\n');
    const line = args.has('line') ? client.fromLine(args.integer('line')) : 1;
    const text = lines[line - 1] ?? '';
    const column = Math.min(text.length, Math.max(0, args.integer('column') - client.firstColumn));
    const { start, items } = debuggee.language.complete(text.slice(0, column), frameOf(debuggee, args));
    const place = { start: start + client.firstColumn, length: column - start };
    return { targets: items.map(({ kind, ...item }) => ({ ...item, type: ICONS[kind], ...place })) };
  },
};

const ICONS: Readonly<Record<Completion['kind'], DebugProtocol.CompletionItemType>> = {
  register: 'variable',
  field: 'field',
  property: 'property',
  function: 'function',
  value: 'enum',
};

/** A node as the result of an evaluation. */
function result(node: Node, handles: Handles): DebugProtocol.EvaluateResponse['body'] {
  const { name: _name, value, evaluateName: _evaluateName, ...rest } = toVariable(node, handles);
  return { result: value, ...rest };
}

/** Hovers show nothing but the value: it has to say whose it is. */
function named(node: Node): Node {
  return { ...node, value: () => `${node.evaluateName ?? node.name} = ${node.value()}` };
}
