import type { ByteReader } from '../byte-reader.ts';
import type { Abbreviation, Abbreviations } from './abbreviations.ts';
import { readForm, skipForm, type AttributeValue, type UnitFormat } from './forms.ts';

/** Deepest nesting taken: code that people write stays far below. */
const DEEPEST = 1024;

/** A debugging information entry, with the attributes that were asked for. */
export interface Die {
  /** Byte of `.debug_info`. */
  readonly offset: number;
  /** DW_TAG_ */
  readonly tag: number;
  /** 0: the unit's own entry. */
  readonly depth: number;
  /** By DW_AT_ name. */
  readonly attributes: ReadonlyMap<number, AttributeValue>;
}

/** Which attributes to read of an entry of this tag; null: the entry is of no interest, but its children may be. */
export type Interest = (tag: number) => ReadonlySet<number> | null;

/** Goes through the entries of a unit in the order they are written: each before its children. */
export class DieReader {
  readonly #reader: ByteReader;
  readonly #abbreviations: Abbreviations;
  readonly #format: UnitFormat;
  readonly #interest: Interest;
  /** Entries around the next one, by depth. */
  readonly #around: number[] = [];
  #depth = 0;
  #lastDepth = 0;
  #done = false;

  /** @param reader over the unit, at an entry */
  constructor(reader: ByteReader, abbreviations: Abbreviations, format: UnitFormat, interest: Interest) {
    this.#reader = reader;
    this.#abbreviations = abbreviations;
    this.#format = format;
    this.#interest = interest;
  }

  /**
   * The next entry of interest, or null behind the last one.
   * @throws DwarfError
   */
  next(): Die | null {
    const reader = this.#reader;
    while (!this.#done && reader.left > 0) {
      const offset = reader.at;
      const code = reader.uleb();
      if (code === 0) {
        this.#depth--;
        if (this.#depth <= 0) this.#done = true;
        continue;
      }
      const abbreviation = this.#abbreviations.get(code);
      if (!abbreviation) return reader.fail(`an entry with abbreviation ${code}, which there is not`, offset);
      const depth = this.#depth;
      if (abbreviation.hasChildren) {
        this.#around[this.#depth++] = offset;
        if (this.#depth > DEEPEST) reader.fail(`entries nested more than ${DEEPEST} deep`, offset);
      } else if (depth === 0) this.#done = true;
      const wanted = this.#interest(abbreviation.tag);
      const attributes = this.#attributes(abbreviation, wanted);
      this.#lastDepth = depth;
      if (attributes) return { offset, tag: abbreviation.tag, depth, attributes };
    }
    return null;
  }

  /** Whether the entry that `next` returned last is inside of another one, of that offset and depth. */
  isInside(offset: number, depth: number): boolean {
    return depth < this.#lastDepth && this.#around[depth] === offset;
  }

  #attributes(
    abbreviation: Abbreviation,
    wanted: ReadonlySet<number> | null,
  ): ReadonlyMap<number, AttributeValue> | null {
    const values = wanted ? new Map<number, AttributeValue>() : null;
    for (const { name, form, implicit } of abbreviation.attributes) {
      if (values && wanted?.has(name)) values.set(name, readForm(this.#reader, form, this.#format, implicit));
      else skipForm(this.#reader, form, this.#format);
    }
    return values;
  }
}
