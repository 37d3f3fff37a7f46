import { RequestError } from '../request-error.ts';

/** One line of the variables view. It reads the state when it is shown, so that it survives an edit. */
export interface Node {
  readonly name: string;
  /** One line; what an edit starts from. */
  value(): string;
  /** Shown where the pointer rests. */
  readonly type?: string;
  /** The expression that means the same. An assignment to it is an edit, where `writable` says so. */
  readonly evaluateName?: string;
  readonly writable?: boolean;
  readonly memoryReference?: string;
  /** Sets what is no part of the controller. @throws RequestError where the text is no value for it */
  readonly assign?: (text: string) => void | Promise<void>;
  /** Fetches what the children show, where that is elsewhere. */
  readonly prepare?: () => Promise<void>;
  /** The frame whose registers the children are, by id. */
  readonly frame?: string;
  /** Made when asked for. */
  readonly children?: () => readonly Node[];
  /** Set for arrays: how many children, which are then all elements of it. */
  readonly elements?: number;
}

/** A line that only says something. */
export function fact(name: string, value: string, type?: string): Node {
  return { name, value: () => value, ...(type === undefined ? {} : { type }) };
}

/** A line that holds others. */
export function folder(name: string, value: string, children: () => readonly Node[]): Node {
  return { name, value: () => value, children };
}

/** Children of a node: some of them where a client pages through an array. */
export function childrenOf(
  node: Node,
  filter: 'indexed' | 'named' | undefined,
  start: number,
  count: number,
): readonly Node[] {
  const isArray = node.elements !== undefined;
  if (filter !== undefined && isArray !== (filter === 'indexed')) return [];
  const all = node.children?.() ?? [];
  return all.slice(start, count === 0 ? undefined : start + count);
}

/** The child a client names. */
export function childNamed(node: Node, name: string): Node {
  const child = node.children?.().find((one) => one.name === name);
  if (child === undefined) throw new RequestError(`there is no "${name}" in ${node.name}`);
  return child;
}
