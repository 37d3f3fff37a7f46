import { Emitter, type Listen } from '../event.ts';
import type { TreeNode } from './nodes.ts';
import { VALUE_FORMATS, type ValueFormat } from './values.ts';

/** The part of `vscode.Memento` that is needed. */
export interface Storage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const FORMATS = 'gic.registers.formats';
const PINS = 'gic.registers.pins';
const ONLY_NON_RESET = 'gic.registers.onlyNonReset';

/** What the user has set up in the register tree, remembered for the workspace. */
export class TreeSettings {
  readonly #storage: Storage;
  readonly #formats: Map<string, ValueFormat>;
  #pins: string[];
  #onlyNonReset: boolean;
  readonly #emitter = new Emitter<void>();

  readonly onDidChange: Listen<void> = this.#emitter.event;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#formats = readFormats(storage.get(FORMATS));
    const pins = storage.get(PINS);
    this.#pins = Array.isArray(pins) ? pins.filter((pin) => typeof pin === 'string') : [];
    this.#onlyNonReset = storage.get(ONLY_NON_RESET) === true;
  }

  get onlyNonReset(): boolean {
    return this.#onlyNonReset;
  }

  set onlyNonReset(on: boolean) {
    this.#onlyNonReset = on;
    void this.#storage.update(ONLY_NON_RESET, on);
    this.#emitter.fire();
  }

  /** Keys of the pinned nodes, in the order they were pinned. */
  get pins(): readonly string[] {
    return this.#pins;
  }

  isPinned(key: string): boolean {
    return this.#pins.includes(key);
  }

  setPinned(key: string, pinned: boolean): void {
    this.#pins = this.#pins.filter((pin) => pin !== key);
    if (pinned) this.#pins.push(key);
    void this.#storage.update(PINS, this.#pins);
    this.#emitter.fire();
  }

  /** The format set for a node, or else for the closest node above it. */
  formatOf(node: TreeNode): ValueFormat {
    for (let at: TreeNode | undefined = node; at; at = at.parent) {
      const format = this.#formats.get(at.key);
      if (format !== undefined) return format;
    }
    return 'hex';
  }

  setFormat(key: string, format: ValueFormat): void {
    this.#formats.set(key, format);
    void this.#storage.update(FORMATS, Object.fromEntries(this.#formats));
    this.#emitter.fire();
  }
}

/** What was stored may come from another version: only what is understood counts. */
function readFormats(stored: unknown): Map<string, ValueFormat> {
  const formats = new Map<string, ValueFormat>();
  if (typeof stored !== 'object' || stored === null) return formats;
  for (const [key, value] of Object.entries(stored)) {
    const format = VALUE_FORMATS.find((known) => known === value);
    if (format !== undefined) formats.set(key, format);
  }
  return formats;
}
