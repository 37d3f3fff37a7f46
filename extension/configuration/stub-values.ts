/** What manifest and checks both know of the attributes for GDB stubs. */

/** Where QEMU's stub listens when it is told `-s`. */
export const DEFAULT_TARGET = 'localhost:1234';

/** Seconds a stub may take for an answer. */
export const TIMEOUT = { default: 5, min: 0.1, max: 600 } as const;

export const MEMORY_ACCESS = ['auto', 'physical', 'virtual'] as const;
/** What a target's controller can be expected to do: profiles of the adapter. */
export const MODEL_PROFILES = ['arch', 'qemu-7.2', 'qemu-10'] as const;
export const VERSIONS = ['v2', 'v3'] as const;
export const CONSOLES = ['integratedTerminal', 'internalConsole'] as const;

/** Bounds of what a controller may have, as the adapter has them. */
export const CONTROLLER_CPUS = { min: 1, max: 512 } as const;
export const CONTROLLER_SPIS = { min: 0, max: 988 } as const;

/** A physical address: JavaScript's numbers hold all 52 bits of it. */
export const ADDRESS_PATTERN = '^0[xX][0-9a-fA-F]{1,13}$';

/** Whether a text is an address rather than a path. */
export function isAddress(text: string): boolean {
  return new RegExp(ADDRESS_PATTERN).test(text.trim());
}
