import { RequestError } from './request-error.ts';

/** The arguments of a request, which a client may send in any shape: each reader checks what it hands out. */
export class Arguments {
  readonly #fields: Readonly<Record<string, unknown>>;
  /** How error messages name the whole: "setVariable", "setBreakpoints: breakpoints[2]". */
  readonly #of: string;

  /** @throws RequestError where `raw` is neither absent nor an object */
  constructor(raw: unknown, of: string) {
    this.#of = of;
    if (raw === undefined || raw === null) this.#fields = {};
    else if (typeof raw === 'object' && !Array.isArray(raw)) this.#fields = raw as Record<string, unknown>;
    else throw new RequestError(`${of}: the arguments are not an object`);
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  /** Names of all there is. */
  get names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.#missing(name, 'a string');
  }

  optionalString(name: string): string | undefined {
    const value = this.#get(name);
    return value === undefined || typeof value === 'string' ? value : this.#wrong(name, 'a string');
  }

  isString(name: string): boolean {
    return typeof this.#get(name) === 'string';
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.#get(name);
    if (value === undefined) return otherwise;
    return typeof value === 'boolean' ? value : this.#wrong(name, 'true or false');
  }

  integer(name: string, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number {
    return this.optionalInteger(name, min, max) ?? this.#missing(name, 'an integer');
  }

  optionalInteger(name: string, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return this.#wrong(name, 'an integer');
    if (value >= min && value <= max) return value;
    return this.#wrong(name, max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`);
  }

  /** Any number, whole or not. */
  optionalNumber(name: string, min: number, max: number): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.#wrong(name, 'a number');
    return value >= min && value <= max ? value : this.#wrong(name, `from ${min} to ${max}`);
  }

  /** One of a few words. */
  oneOf<T extends string>(name: string, words: readonly T[]): T {
    const value = this.#get(name);
    const known = words.find((word) => word === value);
    return known ?? this.#wrong(name, words.map((word) => `"${word}"`).join(' or '));
  }

  optionalOneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    return this.has(name) ? this.oneOf(name, words) : undefined;
  }

  strings(name: string): string[] {
    return this.#array(name).map((value) =>
      typeof value === 'string' ? value : this.#wrong(name, 'a list of strings'),
    );
  }

  /** A list of objects; empty where it is absent. */
  list(name: string): Arguments[] {
    return this.#array(name).map((value, i) => new Arguments(value, `${this.#of}: ${name}[${i}]`));
  }

  object(name: string): Arguments {
    return new Arguments(this.#get(name), `${this.#of}: ${name}`);
  }

  #array(name: string): unknown[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    return Array.isArray(value) ? value : this.#wrong(name, 'a list');
  }

  #get(name: string): unknown {
    // Only what the client sent counts: `constructor` and its like are not arguments.
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  #missing(name: string, what: string): never {
    throw new RequestError(`${this.#of}: "${name}" is missing: it is ${what}`);
  }

  #wrong(name: string, what: string): never {
    throw new RequestError(`${this.#of}: "${name}" is not ${what}`);
  }
}
