/*
 * XML as stubs write it: elements, attributes, text, CDATA, the five entities and numeric ones. A document type is
 * passed over: nothing is loaded, nothing is defined.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Text directly in it, in one piece. */
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** The text is no XML. The message says in which line, and why. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

const DEEPEST = 64;
const MOST_ELEMENTS = 100_000;
const NAME = /[^\s=<>/"'!?&]+/y;
const SPACE = /\s*/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly text: string[];
  readonly line: number;
}

/** @returns the document's element @throws XmlError */
export function parseXml(text: string): XmlElement {
  return new Parser(text).document();
}

class Parser {
  readonly #text: string;
  readonly #open: Open[] = [];
  #root: XmlElement | null = null;
  #at = 0;
  #elements = 0;
  #line = 1;
  #newline: number;

  constructor(text: string) {
    this.#text = text;
    this.#newline = text.indexOf('\n');
  }

  document(): XmlElement {
    while (this.#at < this.#text.length) {
      const next = this.#text.indexOf('<', this.#at);
      this.#characters(this.#text.slice(this.#at, next < 0 ? undefined : next));
      if (next < 0) break;
      this.#at = next;
      this.#markup();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) this.#fail(`<${unclosed.name}> of line ${unclosed.line} is not closed`);
    return this.#root ?? this.#fail('there is no element');
  }

  #markup(): void {
    if (this.#skip('<!--', '-->') !== null || this.#skip('<?', '?>') !== null) return;
    const literal = this.#skip('<![CDATA[', ']]>');
    if (literal !== null) this.#open.at(-1)?.text.push(literal);
    else if (this.#text.startsWith('<!', this.#at)) this.#declaration();
    else if (this.#text.startsWith('</', this.#at)) this.#close();
    else this.#element();
  }

  /** What stands between two marks, if the first is here. */
  #skip(begin: string, end: string): string | null {
    if (!this.#text.startsWith(begin, this.#at)) return null;
    const from = this.#at + begin.length;
    const to = this.#text.indexOf(end, from);
    if (to < 0) this.#fail(`${begin} without ${end}`);
    this.#at = to + end.length;
    return this.#text.slice(from, to);
  }

  /** A document type, with a subset in brackets or without. */
  #declaration(): void {
    const bracket = this.#text.slice(this.#at, this.#endOfMark()).indexOf('[');
    if (bracket >= 0) {
      this.#at += bracket;
      this.#skip('[', ']');
    }
    this.#at = this.#endOfMark() + 1;
  }

  #endOfMark(): number {
    const end = this.#text.indexOf('>', this.#at);
    return end < 0 ? this.#fail('<! without >') : end;
  }

  #element(): void {
    const line = this.#lineHere();
    this.#at++;
    const name = this.#name('an element');
    const attributes = new Map<string, string>();
    for (;;) {
      this.#match(SPACE);
      if (this.#text.startsWith('/>', this.#at) || this.#text.startsWith('>', this.#at)) break;
      const attribute = this.#name(`an attribute of <${name}>`);
      attributes.set(attribute, this.#value(attribute));
    }
    if (++this.#elements > MOST_ELEMENTS) this.#fail(`more than ${MOST_ELEMENTS} elements`);
    if (this.#open.length === DEEPEST) this.#fail(`elements within more than ${DEEPEST} others`);
    this.#open.push({ name, attributes, children: [], text: [], line });
    const empty = this.#text.startsWith('/', this.#at);
    this.#at += empty ? 2 : 1;
    if (empty) this.#leave();
  }

  #close(): void {
    this.#at += 2;
    const name = this.#name('an end tag');
    this.#match(SPACE);
    if (!this.#text.startsWith('>', this.#at)) this.#fail(`</${name} without >`);
    this.#at++;
    const open = this.#open.at(-1)?.name;
    if (open !== name) this.#fail(`</${name}> ${open === undefined ? 'closes nothing' : `within <${open}>`}`);
    this.#leave();
  }

  #leave(): void {
    const open = this.#open.pop();
    if (open === undefined) return;
    const element = { ...open, text: open.text.join('') };
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else if (this.#root === null) this.#root = element;
    else this.#fail(`<${element.name}> behind the document's end`);
  }

  #value(attribute: string): string {
    this.#match(SPACE);
    if (!this.#text.startsWith('=', this.#at)) this.#fail(`attribute ${attribute} without a value`);
    this.#at++;
    this.#match(SPACE);
    const quote = this.#text.charAt(this.#at);
    if (quote !== '"' && quote !== "'") this.#fail(`the value of attribute ${attribute} is not quoted`);
    const value = this.#skip(quote, quote);
    return this.#decode(value ?? '');
  }

  #characters(text: string): void {
    const open = this.#open.at(-1);
    if (open !== undefined) open.text.push(this.#decode(text));
    else if (!/^[\s\ufeff\0]*$/.test(text)) this.#fail('text outside of any element');
  }

  #decode(text: string): string {
    if (!text.includes('&')) return text;
    return text.replace(/&([^;&]{0,12})(;?)/g, (whole, name: string, end: string) => {
      const character = end === '' ? null : entity(name);
      return character ?? this.#fail(`the entity ${whole} is not known`);
    });
  }

  #name(what: string): string {
    const name = this.#match(NAME);
    return name === '' ? this.#fail(`the name of ${what} is missing`) : name;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** Lines are counted as far as they are needed: places only go forward. */
  #lineHere(): number {
    while (this.#newline >= 0 && this.#newline < this.#at) {
      this.#newline = this.#text.indexOf('\n', this.#newline + 1);
      this.#line++;
    }
    return this.#line;
  }

  #fail(reason: string): never {
    throw new XmlError(`line ${this.#lineHere()}: ${reason}`);
  }
}

function entity(name: string): string | null {
  if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name] ?? null;
  const match = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
  if (match === null) return null;
  const code = match[1] === undefined ? parseInt(match[2] ?? '', 10) : parseInt(match[1], 16);
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : null;
}
