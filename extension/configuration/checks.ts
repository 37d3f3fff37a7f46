/**
 * What an attribute of a configuration may hold. A check gives what is wrong as the second half of a sentence that the
 * attribute's name begins: "has to be true or false". Undefined: nothing is wrong.
 */
export type Check = (value: unknown) => Problem | undefined;

/** Where below the attribute ("[1]", ".dist"; empty for itself), and what is wrong there. */
export interface Problem {
  readonly at: string;
  readonly what: string;
}

/** Checks of an object's members, by name. */
export type Members = Readonly<Record<string, Check>>;

export function problem(what: string, at = ''): Problem {
  return { at, what };
}

/** The sentence for the user. */
export function sentence(name: string, { at, what }: Problem): string {
  return `“${name}${at}” ${what}.`;
}

/** VS Code puts in values of variables later, and then the same checks run again. */
function isOpen(value: unknown): boolean {
  return typeof value === 'string' && /\$\{[^}]*\}/.test(value);
}

/** Absent: launch.json may say null, too. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function unlessOpen(check: Check): Check {
  return (value) => (isOpen(value) ? undefined : check(value));
}

export const flag = unlessOpen((value) =>
  typeof value === 'boolean' ? undefined : problem('has to be true or false, without quotes'),
);

/** A text of which `judge` says what is wrong. */
export function text(kind: string, judge: (value: string) => string | undefined = notEmpty): Check {
  return unlessOpen((value) => {
    if (typeof value !== 'string') return problem(`has to be ${kind}, as a string`);
    const what = judge(value.trim());
    return what === undefined ? undefined : problem(what);
  });
}

function notEmpty(value: string): string | undefined {
  return value === '' ? 'is empty' : undefined;
}

/** A text that may be empty: an argument, the value of a variable. */
export const anyText = text('text', () => undefined);

export function oneOf(words: readonly string[]): Check {
  const listed = words.map((word) => `"${word}"`).join(', ');
  return unlessOpen((value) =>
    words.some((word) => word === value)
      ? undefined
      : problem(`is ${shown(value)}: it has to be ${words.length > 1 ? 'one of ' : ''}${listed}`),
  );
}

export function integer(min: number, max: number): Check {
  return unlessOpen((value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : problem(`is ${shown(value)}: it has to be a whole number from ${min} to ${max}, without quotes`),
  );
}

export function number(min: number, max: number): Check {
  return unlessOpen((value) =>
    typeof value === 'number' && value >= min && value <= max
      ? undefined
      : problem(`is ${shown(value)}: it has to be a number from ${min} to ${max}, without quotes`),
  );
}

export function listOf(kind: string, check: Check): Check {
  return unlessOpen((value) => {
    if (!Array.isArray(value)) return problem(`has to be a list of ${kind}`);
    for (const [i, item] of value.entries()) {
      const found = check(item);
      if (found) return problem(found.what, `[${i}]${found.at}`);
    }
    return undefined;
  });
}

/** One value, or a list of them. */
export function oneOrMore(kind: string, check: Check): Check {
  const list = listOf(kind, check);
  return (value) => (Array.isArray(value) ? list(value) : check(value));
}

/** An object whose members all are of one kind, whatever their names. */
export function mapOf(kind: string, check: Check): Check {
  return unlessOpen((value) => {
    if (!isObject(value)) return problem(`has to be an object: ${kind}`);
    for (const [name, member] of Object.entries(value)) {
      const found = check(member);
      if (found) return problem(found.what, `.${name}${found.at}`);
    }
    return undefined;
  });
}

/** An object with these members and no others: a name that is misspelt would be ignored without a word. */
export function object(members: Members, required: readonly string[] = []): Check {
  const names = Object.keys(members).join(', ');
  return unlessOpen((value) => {
    if (!isObject(value)) return problem(`has to be an object, of ${names}`);
    for (const [name, member] of Object.entries(value)) {
      const check = Object.hasOwn(members, name) ? members[name] : undefined;
      if (!check) return problem(`is not known: there are ${names}`, `.${name}`);
      const found = isAbsent(member) ? undefined : check(member);
      if (found) return problem(found.what, `.${name}${found.at}`);
    }
    const missing = required.find((name) => isAbsent(value[name]));
    return missing === undefined ? undefined : problem('is missing', `.${missing}`);
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as launch.json has it; short. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) return 'missing';
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
