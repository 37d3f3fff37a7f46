import {
  createBoard,
  type Board,
  type BoardHooks,
  type BoardOptions,
} from '../../../../adapter/guest/simulated/board/virt-board.ts';
import { RAM_BASE, type VirtConfig } from '../../../../adapter/guest/simulated/board/virt.ts';
import type { Device, Width } from '../../../../adapter/guest/simulated/devices/device.ts';

/** A board with 64 KB of RAM to look at, and a log of what it did: "line 33 1", "output 41". */
export interface TestBoard extends Board {
  readonly events: string[];
  readonly ram: Uint8Array;
  /** Ticks; tests move it. */
  readonly clock: { now: bigint };
}

export function testBoard(
  options: Partial<Omit<BoardOptions, 'hooks' | 'config'>> & {
    config?: Partial<VirtConfig>;
    hooks?: Partial<BoardHooks>;
  } = {},
): TestBoard {
  const events: string[] = [];
  const ram = new Uint8Array(0x1_0000);
  const clock = { now: 0n };
  const { config, hooks, ...rest } = options;
  const board = createBoard({
    ...rest,
    config: { gic: 'v2', vcpus: 2, memory: 128 << 20, ...config },
    hooks: {
      uartOutput: (byte) => events.push(`output ${byte.toString(16).padStart(2, '0')}`),
      line: (intid, level) => events.push(`line ${intid} ${Number(level)}`),
      now: () => clock.now,
      memory: (address, length) => {
        const at = address - RAM_BASE;
        return at >= 0 && at + length <= ram.length ? ram.subarray(at, at + length) : null;
      },
      ...hooks,
    },
  });
  return { ...board, events, ram, clock };
}

/** A device's registers by offset, as its driver sees them. */
export interface Registers {
  readonly read: (offset: number) => number;
  readonly write: (offset: number, value: number) => void;
}

export function registersOf(device: Device, width: Width = 4): Registers {
  return {
    read: (offset: number): number => Number(device.read(offset, width)),
    write: (offset: number, value: number): void => {
      device.write(offset, width, value);
    },
  };
}
