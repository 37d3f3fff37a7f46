// A reporter for node:test that writes nothing but the runner's own totals, as JSON.

const TOTAL = /^(pass|fail|cancelled|skipped|todo) (\d+)$/;

/** @param {AsyncIterable<{ type: string, data: { nesting?: number, message?: string } }>} events */
export async function* totals(events) {
  const found = { pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  for await (const { type, data } of events) {
    // A test may print such a line as well; the runner's own come last.
    const match = type === 'test:diagnostic' && data.nesting === 0 ? TOTAL.exec(data.message ?? '') : null;
    if (match !== null) found[match[1]] = Number(match[2]);
  }
  yield JSON.stringify(found);
}

// node:test takes a reporter as the default export of a module
export { totals as default };
