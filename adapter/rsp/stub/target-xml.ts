import type { FlagsType, StubRegister, StubTarget } from './target.ts';

/** Features whose names and registers GDB prescribes ("AArch64 Features" in its manual). */
export const CORE_FEATURE = 'org.gnu.gdb.aarch64.core';
export const FPU_FEATURE = 'org.gnu.gdb.aarch64.fpu';

/** Views of a vector register, as GDB's own aarch64-fpu.xml has them: element type, count. */
const VECTORS: readonly (readonly [id: string, type: string, count: number])[] = [
  ['v2d', 'ieee_double', 2],
  ['v2u', 'uint64', 2],
  ['v2i', 'int64', 2],
  ['v4f', 'ieee_single', 4],
  ['v4u', 'uint32', 4],
  ['v4i', 'int32', 4],
  ['v8u', 'uint16', 8],
  ['v8i', 'int16', 8],
  ['v16u', 'uint8', 16],
  ['v16i', 'int8', 16],
  ['v1u', 'uint128', 1],
  ['v1i', 'int128', 1],
];

const UNIONS: readonly (readonly [id: string, fields: readonly (readonly [name: string, type: string])[]])[] = [
  [
    'vnd',
    [
      ['f', 'v2d'],
      ['u', 'v2u'],
      ['s', 'v2i'],
    ],
  ],
  [
    'vns',
    [
      ['f', 'v4f'],
      ['u', 'v4u'],
      ['s', 'v4i'],
    ],
  ],
  [
    'vnh',
    [
      ['u', 'v8u'],
      ['s', 'v8i'],
    ],
  ],
  [
    'vnb',
    [
      ['u', 'v16u'],
      ['s', 'v16i'],
    ],
  ],
  [
    'vnq',
    [
      ['u', 'v1u'],
      ['s', 'v1i'],
    ],
  ],
  [
    'aarch64v',
    [
      ['d', 'vnd'],
      ['s', 'vns'],
      ['h', 'vnh'],
      ['b', 'vnb'],
      ['q', 'vnq'],
    ],
  ],
];

/** The target's description: what its registers are called, in the order of their numbers. */
export function targetXml({ registers, types }: Pick<StubTarget, 'registers' | 'types'>): string {
  const features = [...new Set(registers.map(({ feature }) => feature))];
  let next = 0;
  const body = features.map((feature) => {
    const lines = [
      ...(feature === FPU_FEATURE ? vectorTypes() : []),
      ...types.filter((one) => one.feature === feature).map(flagsXml),
      ...registers.filter((one) => one.feature === feature).map((one) => registerXml(one, next++)),
    ];
    return `<feature name="${feature}">\n${lines.join('\n')}\n</feature>`;
  });
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE target SYSTEM "gdb-target.dtd">',
    '<target version="1.0">',
    '<architecture>aarch64</architecture>',
    ...body,
    '</target>\n',
  ].join('\n');
}

function vectorTypes(): string[] {
  return [
    ...VECTORS.map(([id, type, count]) => `<vector id="${id}" type="${type}" count="${count}"/>`),
    ...UNIONS.map(([id, fields]) => {
      const inner = fields.map(([name, type]) => `<field name="${name}" type="${type}"/>`).join('');
      return `<union id="${id}">${inner}</union>`;
    }),
  ];
}

function flagsXml({ id, bytes, fields }: FlagsType): string {
  const inner = fields.map(({ name, low, high }) => `<field name="${name}" start="${low}" end="${high}"/>`).join('');
  return `<flags id="${id}" size="${bytes}">${inner}</flags>`;
}

function registerXml({ name, bits, type, group }: StubRegister, number: number): string {
  const grouped = group === null ? '' : ` group="${group}"`;
  return `<reg name="${name}" bitsize="${bits}" type="${type}" regnum="${number}"${grouped}/>`;
}
