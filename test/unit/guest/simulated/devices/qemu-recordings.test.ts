import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RAM_BASE } from '../../../../../adapter/guest/simulated/board/virt.ts';
import type { Width } from '../../../../../adapter/guest/simulated/devices/device.ts';
import { testBoard } from '../support.ts';

// What QEMU's devices answered to the same accesses, recorded over its qtest protocol. Left out of the recordings is
// where QEMU differs from the manuals and this machine follows them: it keeps register bits that do not exist, latches
// the PL061's level interrupts, keeps a pin's last output as input, and its flash leaves the query only by ReadArray.

const RECORDINGS = ['pl011', 'pl031', 'pl061', 'flash', 'fw-cfg', 'virtio'];

function recording(name: string): readonly string[] {
  const url = new URL(`../../../../data/devices/qemu-${name}.txt`, import.meta.url);
  return readFileSync(fileURLToPath(url), 'utf8').trimEnd().split('\n');
}

describe('devices answer as QEMU’s do', () => {
  for (const name of RECORDINGS) {
    it(name, () => {
      const board = testBoard({ config: { gic: 'v2', vcpus: 2 } });
      const memory = new DataView(board.ram.buffer);
      /** Everything the board did is to be what was recorded next. */
      const expectEvents = (expected: string[], line: number): void => {
        assert.deepEqual(board.events.splice(0).sort(), expected.sort(), `before line ${line}`);
      };
      let pending: string[] = [];
      let reads = 0;
      recording(name).forEach((text, index) => {
        const [operation = '', first = '', second = ''] = text.split(' ');
        if (operation === '#') return;
        if (operation === 'line') {
          pending.push(text);
          return;
        }
        if (operation === 'output') {
          for (const byte of first.match(/../g) ?? []) pending.push(`output ${byte}`);
          return;
        }
        expectEvents(pending, index + 1);
        pending = [];
        if (operation === 'input') {
          board.uart.input(Buffer.from(first, 'hex'));
          return;
        }
        const width = Number(operation.slice(1)) as Width;
        const address = Number(first);
        if (operation.startsWith('w')) {
          if (address >= RAM_BASE && address < RAM_BASE + board.ram.length) {
            memory.setUint32(address - RAM_BASE, Number(second), true);
          } else board.bus.write(address, width, BigInt(second));
          return;
        }
        const inMemory = address >= RAM_BASE && address < RAM_BASE + board.ram.length;
        const value = inMemory ? memory.getUint32(address - RAM_BASE, true) : board.bus.read(address, width);
        assert.equal(BigInt(value), BigInt(second), `line ${index + 1}: ${text}`);
        reads += 1;
      });
      expectEvents(pending, -1);
      assert.ok(reads > 30);
    });
  }
});
