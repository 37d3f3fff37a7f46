import type { ChangedEvent } from '../../adapter/protocol.ts';

/** What a message between VS Code and the adapter means for the views. */
export type Observation =
  | { kind: 'ready' }
  | { kind: 'running' }
  | { kind: 'stopped' }
  | { kind: 'ending' }
  | { kind: 'changed'; change: ChangedEvent };

/** Requests after whose success the guest runs until the next `stopped`. */
const RUNNING = new Set([
  'continue',
  'reverseContinue',
  'next',
  'stepIn',
  'stepOut',
  'stepBack',
  'goto',
  'restartFrame',
]);

const START = new Set(['launch', 'attach']);

/** Reads a message the adapter sent; undefined where the views need not know. */
export function observeFromAdapter(message: unknown): Observation | undefined {
  if (!isObject(message)) return undefined;
  if (message['type'] === 'event') return observeEvent(message['event'], message['body']);
  if (message['type'] !== 'response' || message['success'] !== true) return undefined;
  const command = String(message['command']);
  if (START.has(command)) return { kind: 'ready' };
  if (RUNNING.has(command)) return { kind: 'running' };
  return undefined;
}

/** Reads a message on its way to the adapter: an end the user asked for is no accident. */
export function observeToAdapter(message: unknown): Observation | undefined {
  if (!isObject(message) || message['type'] !== 'request') return undefined;
  const command = message['command'];
  return command === 'disconnect' || command === 'terminate' ? { kind: 'ending' } : undefined;
}

function observeEvent(event: unknown, body: unknown): Observation | undefined {
  switch (event) {
    case 'stopped':
      return { kind: 'stopped' };
    case 'continued':
      return { kind: 'running' };
    case 'terminated':
    case 'exited':
      return { kind: 'ending' };
    case 'gic/changed':
      return isChangedEvent(body) ? { kind: 'changed', change: body } : undefined;
    default:
      return undefined;
  }
}

function isChangedEvent(body: unknown): body is ChangedEvent {
  return isObject(body) && typeof body['version'] === 'number' && typeof body['position'] === 'number';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
