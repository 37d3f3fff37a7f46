import type { TestEvent } from './commands.ts';

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Prints the tests of the suite as they end, and counts them. */
export class Report {
  #passed = 0;
  #skipped = 0;
  readonly #failures: { readonly title: string; readonly error: string }[] = [];

  get totals(): Totals {
    return { passed: this.#passed, failed: this.#failures.length, skipped: this.#skipped };
  }

  add(test: TestEvent): void {
    if (test.event === 'log') {
      console.log(test.line.replace(/^/gm, '      | '));
      return;
    }
    const indent = '  '.repeat(test.depth + 1);
    switch (test.event) {
      case 'suite':
        console.log(`${indent}${test.title}`);
        return;
      case 'pass':
        this.#passed += 1;
        console.log(`${indent}✔ ${test.title} (${test.ms} ms)`);
        return;
      case 'skip':
        this.#skipped += 1;
        console.log(`${indent}- ${test.title} (skipped)`);
        return;
      case 'fail':
        this.#failures.push(test);
        console.log(`${indent}✘ ${test.title}`);
    }
  }

  /** Prints what went wrong. `readable` makes stack traces of the bundle ones of its sources. */
  print(readable: (stack: string) => string): void {
    for (const [i, { title, error }] of this.#failures.entries()) {
      console.log(`\n  ${i + 1}) ${title}\n${readable(error).replace(/^/gm, '     ')}`);
    }
    const { passed, failed, skipped } = this.totals;
    console.log(`\n  ${passed} passed, ${failed} failed, ${skipped} skipped inside VS Code`);
  }
}
