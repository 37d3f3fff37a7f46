import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { DapClient, SCENARIO, startAdapter, V3 } from './client.ts';

test('two sessions on one port know nothing of each other', async () => {
  const child = startAdapter('--port', '0');
  try {
    const [line] = (await once(child.stderr as NodeJS.ReadableStream, 'data')) as [Buffer];
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(line.toString())?.[1]);
    const [one, two] = await Promise.all([DapClient.connect(port), DapClient.connect(port)]);
    await Promise.all([one.start(SCENARIO), two.start(V3)]);
    assert.equal((await one.gic('gic/describe', {})).gic, 'v2');
    assert.equal((await two.gic('gic/describe', {})).gic, 'v3');
    await one.go('next');
    assert.deepEqual(
      [await one.gic('gic/journal', { start: 0, count: 0 }), await two.gic('gic/journal', { start: 0, count: 0 })].map(
        ({ position }) => position,
      ),
      [1, 0],
    );
    // One vanishes without a word, the other says goodbye: neither takes the adapter along.
    one.stop();
    await two.go('continue');
    await two.request('disconnect');
    const three = await DapClient.connect(port);
    await three.start(SCENARIO);
    three.stop();
  } finally {
    child.kill('SIGKILL');
  }
});
