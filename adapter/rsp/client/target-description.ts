import { RspError } from './errors.ts';
import { parseXml, XmlError, type XmlElement } from './xml.ts';

export interface RegisterDescription {
  readonly name: string;
  /** Number in packets. */
  readonly number: number;
  /** At least 1; a packet has them in whole bytes. */
  readonly bits: number;
  /** "int", "uint64", "code_ptr", or a type of the feature. */
  readonly type: string;
  readonly feature: string;
  /** Null where the stub leaves it to the debugger. */
  readonly group: string | null;
}

/** What a stub says of its target ("Target Description Format" in GDB's manual). */
export interface TargetDescription {
  /** "aarch64"; null where it is not said. */
  readonly architecture: string | null;
  /** In the order of their numbers. */
  readonly registers: readonly RegisterDescription[];
  readonly byNumber: ReadonlyMap<number, RegisterDescription>;
  /** Where two have one name, the first. */
  readonly byName: ReadonlyMap<string, RegisterDescription>;
}

export const MAIN_FILE = 'target.xml';

const DEEPEST = 8;
const MOST_FILES = 64;
/** Characters of all files. */
const MOST_TEXT = 4 * 1024 * 1024;
const MOST_REGISTERS = 16_384;
const WIDEST = 65_536;
/** What may stand in a packet that asks for a file: no marks of the packet's own. */
const FILE = /^[\w.\-+/@ ]{1,200}$/;

export const READING_DESCRIPTION = "reading the target's description";

/**
 * Reads a description, with the files it includes.
 * @param load gives a file's text by its name
 * @throws RspError of kind malformed, with place and reason; whatever `load` throws
 */
export async function readDescription(load: (file: string) => Promise<string>): Promise<TargetDescription> {
  const reader = new DescriptionReader(load);
  await reader.file(MAIN_FILE, []);
  return reader.description();
}

class DescriptionReader {
  readonly #load: (file: string) => Promise<string>;
  readonly #registers = new Map<number, RegisterDescription>();
  #architecture: string | null = null;
  /** One more than the register before, in whatever feature it stands. */
  #next = 0;
  #files = 0;
  #text = 0;

  constructor(load: (file: string) => Promise<string>) {
    this.#load = load;
  }

  description(): TargetDescription {
    const registers = [...this.#registers.values()].sort((one, other) => one.number - other.number);
    const byName = new Map<string, RegisterDescription>();
    for (const register of registers) if (!byName.has(register.name)) byName.set(register.name, register);
    return { architecture: this.#architecture, registers, byNumber: this.#registers, byName };
  }

  /** @param path files that include it, the outermost first */
  async file(name: string, path: readonly string[]): Promise<void> {
    if (++this.#files > MOST_FILES) fail(name, `more than ${MOST_FILES} files`);
    const text = await this.#load(name);
    this.#text += text.length;
    if (this.#text > MOST_TEXT) fail(name, `more than ${MOST_TEXT} characters`);
    let root: XmlElement;
    try {
      root = parseXml(text);
    } catch (error) {
      if (error instanceof XmlError) fail(name, error.message);
      throw error;
    }
    if (path.length === 0 && root.name !== 'target') fail(name, `line ${root.line}: <${root.name}>, not <target>`);
    await this.#element(root, '', [...path, name]);
  }

  async #element(element: XmlElement, feature: string, path: readonly string[]): Promise<void> {
    const file = path.at(-1) ?? MAIN_FILE;
    switch (element.name) {
      case 'target':
        return this.#children(element, feature, path);
      case 'feature':
        return this.#children(element, element.attributes.get('name') ?? '', path);
      case 'architecture':
        this.#architecture ??= element.text.trim();
        return;
      case 'reg':
        this.#register(element, feature, file);
        return;
      case 'xi:include':
      case 'include':
        return this.#include(element, path);
      default:
      // Types, and what is to come: values are shown without.
    }
  }

  async #children(element: XmlElement, feature: string, path: readonly string[]): Promise<void> {
    for (const child of element.children) await this.#element(child, feature, path);
  }

  async #include(element: XmlElement, path: readonly string[]): Promise<void> {
    const file = path.at(-1) ?? MAIN_FILE;
    const name = element.attributes.get('href') ?? '';
    const where = `line ${element.line}: `;
    if (!FILE.test(name)) fail(file, `${where}an include of "${name.slice(0, 40)}"`);
    if (path.includes(name)) fail(file, `${where}${name} includes itself`);
    if (path.length === DEEPEST) fail(file, `${where}includes within more than ${DEEPEST} others`);
    await this.file(name, path);
  }

  #register(element: XmlElement, feature: string, file: string): void {
    const { attributes, line } = element;
    const name = attributes.get('name') ?? '';
    if (name === '') fail(file, `line ${line}: a register without a name`);
    const number = wholeNumber(attributes.get('regnum') ?? `${this.#next}`);
    const bits = wholeNumber(attributes.get('bitsize') ?? '');
    if (number === null) fail(file, `line ${line}: the number of register ${name}`);
    if (bits === null || bits < 1 || bits > WIDEST) fail(file, `line ${line}: the size of register ${name}`);
    const other = this.#registers.get(number);
    if (other !== undefined) fail(file, `line ${line}: registers ${other.name} and ${name} have one number`);
    if (this.#registers.size === MOST_REGISTERS) fail(file, `more than ${MOST_REGISTERS} registers`);
    const type = attributes.get('type') ?? 'int';
    this.#registers.set(number, { name, number, bits, type, feature, group: attributes.get('group') ?? null });
    this.#next = number + 1;
  }
}

function wholeNumber(text: string): number | null {
  return /^([0-9]{1,9}|0x[0-9a-fA-F]{1,7})$/.test(text) ? Number(text) : null;
}

function fail(file: string, reason: string): never {
  throw new RspError('malformed', READING_DESCRIPTION, `${file}, ${reason}`);
}
