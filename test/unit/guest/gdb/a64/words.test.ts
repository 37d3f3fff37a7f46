import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAccess } from '../../../../../adapter/guest/gdb/a64/decode.ts';
import { REGISTERS, summary } from './summary.ts';

/* Words as GNU as 2.40 writes them, and what they do by hand. */

type Row = readonly [word: number, text: string, expected: string];

const EXCLUSIVE: readonly Row[] = [
  [0xc85f7c20, 'ldxr x0, [x1]', 'load 8@1000 x0 exclusive'],
  [0x085f7c20, 'ldxrb w0, [x1]', 'load 1@1000 w0 exclusive'],
  [0xc8027c23, 'stxr w2, x3, [x1]', 'store 8@1000 x3=3000 exclusive status w2'],
  [0x48027fe3, 'stxrh w2, w3, [sp]', 'store 2@80000 w3=3000 exclusive status w2'],
  [0x485ffc20, 'ldaxrh w0, [x1]', 'load 2@1000 w0 exclusive acquire'],
  [0x881ffc23, 'stlxr wzr, w3, [x1]', 'store 4@1000 w3=3000 exclusive release status wzr'],
  [0x887f1020, 'ldxp w0, w4, [x1]', 'load 4@1000 w0 4@1004 w4 exclusive'],
  [0xc87f9020, 'ldaxp x0, x4, [x1]', 'load 8@1000 x0 8@1008 x4 exclusive acquire'],
  [0xc8221023, 'stxp w2, x3, x4, [x1]', 'store 8@1000 x3=3000 8@1008 x4=4000 exclusive status w2'],
  [0x8822fc23, 'stlxp w2, w3, wzr, [x1]', 'store 4@1000 w3=3000 4@1004 wzr=0 exclusive release status w2'],
  [0x88dffc20, 'ldar w0, [x1]', 'load 4@1000 w0 acquire'],
  [0x089ffc23, 'stlrb w3, [x1]', 'store 1@1000 w3=0 release'],
  [0x48df7c20, 'ldlarh w0, [x1]', 'load 2@1000 w0 acquire'],
  [0xc89f7c23, 'stllr x3, [x1]', 'store 8@1000 x3=3000 release'],
];

const ATOMIC: readonly Row[] = [
  [0x88a27c23, 'cas w2, w3, [x1]', 'load-store 4@1000 w2 CAS 3000 if 2000'],
  [0x08e2fc23, 'casalb w2, w3, [x1]', 'load-store 1@1000 w2 CAS 0 if 0 acquire release'],
  [0x48e27c23, 'casah w2, w3, [x1]', 'load-store 2@1000 w2 CAS 3000 if 2000 acquire'],
  [0xc8a2fc23, 'casl x2, x3, [x1]', 'load-store 8@1000 x2 CAS 3000 if 2000 release'],
  [0x08227c24, 'casp w2, w3, w4, w5, [x1]', 'load-store 4@1000 w2 4@1004 w3 CAS 4000,5000 if 2000,3000'],
  [
    0x487efc24,
    'caspal x30, xzr, x4, x5, [x1]',
    'load-store 8@1000 x30 8@1008 xzr CAS 4000,5000 if 1e000,0 acquire release',
  ],
  [0xf8220023, 'ldadd x2, x3, [x1]', 'load-store 8@1000 x3 ADD 2000'],
  [0x38a91023, 'ldclrab w9, w3, [x1]', 'load-store 1@1000 w3 CLR f8 acquire'],
  [0x78692023, 'ldeorlh w9, w3, [x1]', 'load-store 2@1000 w3 EOR fff8 release'],
  [0xb8e23023, 'ldsetal w2, w3, [x1]', 'load-store 4@1000 w3 SET 2000 acquire release'],
  [0xf8224023, 'ldsmax x2, x3, [x1]', 'load-store 8@1000 x3 SMAX 2000'],
  [0xb8225023, 'ldsmin w2, w3, [x1]', 'load-store 4@1000 w3 SMIN 2000'],
  [0xb8226023, 'ldumax w2, w3, [x1]', 'load-store 4@1000 w3 UMAX 2000'],
  [0xb8e2703f, 'lduminal w2, wzr, [x1]', 'load-store 4@1000 wzr UMIN 2000 release'],
  [0xb822003f, 'stadd w2, [x1]', 'load-store 4@1000 wzr ADD 2000'],
  [0x3862103f, 'stclrlb w2, [x1]', 'load-store 1@1000 wzr CLR 0 release'],
  [0xb8298023, 'swp w9, w3, [x1]', 'load-store 4@1000 w3=fffffff8 SWP fffffff8'],
  [0x78e983e3, 'swpalh w9, w3, [sp]', 'load-store 2@80000 w3=fff8 SWP fff8 acquire release'],
  [0xf8bf8023, 'swpa xzr, x3, [x1]', 'load-store 8@1000 x3=0 SWP 0 acquire'],
];

const LITERAL: readonly Row[] = [
  [0x18ffffe0, 'ldr w0, .-4', 'load 4@3ffffffc w0'],
  [0x587fffe0, 'ldr x0, .+0xffffc', 'load 8@400ffffc x0'],
  [0x98800000, 'ldrsw x0, .-0x100000', 'load 4@3ff00000 x0'],
  [0x1c000040, 'ldr s0, .+8', 'load 4@40000008 v0'],
  [0x9c000040, 'ldr q0, .+8', 'load 16@40000008 v0'],
  [0xd8000040, 'prfm pldl1keep, .+8', 'prefetch @40000008'],
];

const PAIR: readonly Row[] = [
  [0x287f1020, 'ldnp w0, w4, [x1, #-8]', 'load 4@ff8 w0 4@ffc w4'],
  [0xa81f93e3, 'stnp x3, x4, [sp, #504]', 'store 8@801f8 x3=3000 8@80200 x4=4000'],
  [0xac408420, 'ldnp q0, q1, [x1, #16]', 'load 16@1010 v0 16@1020 v1'],
  [0x29207c23, 'stp w3, wzr, [x1, #-256]', 'store 4@f00 w3=3000 4@f04 wzr=0'],
  [0xa8c11020, 'ldp x0, x4, [x1], #16', 'load 8@1000 x0 8@1008 x4 x1:=1010'],
  [0xa9be7bfd, 'stp x29, x30, [sp, #-32]!', 'store 8@7ffe0 x29=1d000 8@7ffe8 x30=1e000 sp:=7ffe0'],
  [0x69c11020, 'ldpsw x0, x4, [x1, #8]!', 'load 4@1008 x0 4@100c x4 x1:=1008'],
  [0x2cff8420, 'ldp s0, s1, [x1], #-4', 'load 4@1000 v0 4@1004 v1 x1:=ffc'],
  [0x6d008821, 'stp d1, d2, [x1, #8]', 'store 8@1008 v1=1716151413121110 8@1010 v2=2726252423222120'],
  [
    0xadbf0821,
    'stp q1, q2, [x1, #-32]!',
    'store 16@fe0 v1=1f1e1d1c1b1a19181716151413121110 16@ff0 v2=2f2e2d2c2b2a29282726252423222120 x1:=fe0',
  ],
];

const SINGLE: readonly Row[] = [
  [0x381ff023, 'sturb w3, [x1, #-1]', 'store 1@fff w3=0'],
  [0x78c01020, 'ldursh w0, [x1, #1]', 'load 2@1001 w0'],
  [0xb8804020, 'ldursw x0, [x1, #4]', 'load 4@1004 x0'],
  [0x3c808021, 'stur q1, [x1, #8]', 'store 16@1008 v1=1f1e1d1c1b1a19181716151413121110'],
  [0xf89f8020, 'prfum pldl1keep, [x1, #-8]', 'prefetch @ff8'],
  [0x78002423, 'strh w3, [x1], #2', 'store 2@1000 w3=3000 x1:=1002'],
  [0x38dff420, 'ldrsb w0, [x1], #-1', 'load 1@1000 w0 x1:=fff'],
  [0x3cc10421, 'ldr q1, [x1], #16', 'load 16@1000 v1 x1:=1010'],
  [0xf8008823, 'sttr x3, [x1, #8]', 'store 8@1008 x3=3000 unprivileged'],
  [0x38800820, 'ldtrsb x0, [x1]', 'load 1@1000 x0 unprivileged'],
  [0x785febe0, 'ldtrh w0, [sp, #-2]', 'load 2@7fffe w0 unprivileged'],
  [0xf81f0fff, 'str xzr, [sp, #-16]!', 'store 8@7fff0 xzr=0 sp:=7fff0'],
  [0xb84ffc20, 'ldr w0, [x1, #255]!', 'load 4@10ff w0 x1:=10ff'],
  [0x3c001c21, 'str b1, [x1, #1]!', 'store 1@1001 v1=10 x1:=1001'],
  [0xf8626820, 'ldr x0, [x1, x2]', 'load 8@3000 x0'],
  [0xf8627820, 'ldr x0, [x1, x2, lsl #3]', 'load 8@11000 x0'],
  [0xb8294823, 'str w3, [x1, w9, uxtw]', 'store 4@100000ff8 w3=3000'],
  [0xb8295823, 'str w3, [x1, w9, uxtw #2]', 'store 4@400000fe0 w3=3000'],
  [0x3869c820, 'ldrb w0, [x1, w9, sxtw]', 'load 1@ff8 w0'],
  [0x7869d820, 'ldrh w0, [x1, w9, sxtw #1]', 'load 2@ff0 w0'],
  [0xb8a9f820, 'ldrsw x0, [x1, x9, sxtx #2]', 'load 4@2000000fe0 x0'],
  [0x38bf7820, 'ldrsb x0, [x1, xzr, lsl #0]', 'load 1@1000 x0'],
  [0x3ca27821, 'str q1, [x1, x2, lsl #4]', 'store 16@21000 v1=1f1e1d1c1b1a19181716151413121110'],
  [0x7c69d821, 'ldr h1, [x1, w9, sxtw #1]', 'load 2@ff0 v1'],
  [0xf8a27830, 'prfm pstl1keep, [x1, x2, lsl #3]', 'prefetch @11000'],
  [0x393ffc3f, 'strb wzr, [x1, #4095]', 'store 1@1fff wzr=0'],
  [0x3900002a, 'strb w10, [x1]', 'store 1@1000 w10=80'],
  [0xb9000423, 'str w3, [x1, #4]', 'store 4@1004 w3=3000'],
  [0xf93ffc3f, 'str xzr, [x1, #32760]', 'store 8@8ff8 xzr=0'],
  [0xb97fffe0, 'ldr w0, [sp, #16380]', 'load 4@83ffc w0'],
  [0x79800420, 'ldrsh x0, [x1, #2]', 'load 2@1002 x0'],
  [0x39c00c20, 'ldrsb w0, [x1, #3]', 'load 1@1003 w0'],
  [0x3dbffc21, 'str q1, [x1, #65520]', 'store 16@10ff0 v1=1f1e1d1c1b1a19181716151413121110'],
  [0xfd400421, 'ldr d1, [x1, #8]', 'load 8@1008 v1'],
  [0xf9800420, 'prfm pldl1keep, [x1, #8]', 'prefetch @1008'],
];

const STRUCTURES: readonly Row[] = [
  [0x4c407c21, 'ld1 {v1.2d}, [x1]', 'load 8@1000 v1 8@1008 v1[1]'],
  [
    0x0c9fa821,
    'st1 {v1.2s, v2.2s}, [x1], #16',
    'store 4@1000 v1=13121110 4@1004 v1[1]=17161514 4@1008 v2=23222120 4@100c v2[1]=27262524 x1:=1010',
  ],
  [0x0c406fff, 'ld1 {v31.1d, v0.1d, v1.1d}, [sp]', 'load 8@80000 v31 8@80008 v0 8@80010 v1'],
  [
    0x4c822c20,
    'st1 {v0.2d, v1.2d, v2.2d, v3.2d}, [x1], x2',
    'store 8@1000 v0=706050403020100 8@1008 v0[1]=f0e0d0c0b0a0908 8@1010 v1=1716151413121110 8@1018 v1[1]=1f1e1d1c1b1a1918 8@1020 v2=2726252423222120 8@1028 v2[1]=2f2e2d2c2b2a2928 8@1030 v3=3736353433323130 8@1038 v3[1]=3f3e3d3c3b3a3938 x1:=3000',
  ],
  [
    0x0c008821,
    'st2 {v1.2s, v2.2s}, [x1]',
    'store 4@1000 v1=13121110 4@1004 v2=23222120 4@1008 v1[1]=17161514 4@100c v2[1]=27262524',
  ],
  [
    0x0cdf4821,
    'ld3 {v1.2s, v2.2s, v3.2s}, [x1], #24',
    'load 4@1000 v1 4@1004 v2 4@1008 v3 4@100c v1[1] 4@1010 v2[1] 4@1014 v3[1] x1:=1018',
  ],
  [
    0x4c000c21,
    'st4 {v1.2d, v2.2d, v3.2d, v4.2d}, [x1]',
    'store 8@1000 v1=1716151413121110 8@1008 v2=2726252423222120 8@1010 v3=3736353433323130 8@1018 v4=4746454443424140 8@1020 v1[1]=1f1e1d1c1b1a1918 8@1028 v2[1]=2f2e2d2c2b2a2928 8@1030 v3[1]=3f3e3d3c3b3a3938 8@1038 v4[1]=4f4e4d4c4b4a4948',
  ],
  [
    0x0c007021,
    'st1 {v1.8b}, [x1]',
    'store 1@1000 v1=10 1@1001 v1[1]=11 1@1002 v1[2]=12 1@1003 v1[3]=13 1@1004 v1[4]=14 1@1005 v1[5]=15 1@1006 v1[6]=16 1@1007 v1[7]=17',
  ],
  [0x4d001421, 'st1 {v1.b}[13], [x1]', 'store 1@1000 v1[13]=1d'],
  [0x4ddf4821, 'ld1 {v1.h}[5], [x1], #2', 'load 2@1000 v1[5] x1:=1002'],
  [0x4d829021, 'st1 {v1.s}[3], [x1], x2', 'store 4@1000 v1[3]=1f1e1d1c x1:=3000'],
  [0x4d408421, 'ld1 {v1.d}[1], [x1]', 'load 8@1000 v1[1]'],
  [0x4dbf1c21, 'st2 {v1.b, v2.b}[15], [x1], #2', 'store 1@1000 v1[15]=1f 1@1001 v2[15]=2f x1:=1002'],
  [0x4d007821, 'st3 {v1.h, v2.h, v3.h}[7], [x1]', 'store 2@1000 v1[7]=1f1e 2@1002 v2[7]=2f2e 2@1004 v3[7]=3f3e'],
  [
    0x4dbfa43f,
    'st4 {v31.d, v0.d, v1.d, v2.d}[1], [x1], #32',
    'store 8@1000 v31[1]=fffefdfcfbfaf9f8 8@1008 v0[1]=f0e0d0c0b0a0908 8@1010 v1[1]=1f1e1d1c1b1a1918 8@1018 v2[1]=2f2e2d2c2b2a2928 x1:=1020',
  ],
  [0x0d40c421, 'ld1r {v1.4h}, [x1]', 'load 2@1000 v1'],
  [0x4dffcc21, 'ld2r {v1.2d, v2.2d}, [x1], #16', 'load 8@1000 v1 8@1008 v2 x1:=1010'],
  [0x4dc2e021, 'ld3r {v1.16b, v2.16b, v3.16b}, [x1], x2', 'load 1@1000 v1 1@1001 v2 1@1002 v3 x1:=3000'],
  [0x0d60ebe1, 'ld4r {v1.2s, v2.2s, v3.2s, v4.2s}, [sp]', 'load 4@80000 v1 4@80004 v2 4@80008 v3 4@8000c v4'],
];

const LATER: readonly Row[] = [
  [0xf8bfc020, 'ldapr x0, [x1]', 'load 8@1000 x0 acquire'],
  [0x38bfc020, 'ldaprb w0, [x1]', 'load 1@1000 w0 acquire'],
  [0x595ff020, 'ldapurh w0, [x1, #-1]', 'load 2@fff w0 acquire'],
  [0x198ff020, 'ldapursb x0, [x1, #255]', 'load 1@10ff x0 acquire'],
  [0x99900020, 'ldapursw x0, [x1, #-256]', 'load 4@f00 x0 acquire'],
  [0x59c00020, 'ldapursh w0, [x1]', 'load 2@1000 w0 acquire'],
  [0x99004023, 'stlur w3, [x1, #4]', 'store 4@1004 w3=3000 release'],
  [0x69009023, 'stgp x3, x4, [x1, #16]', 'store 8@1010 x3=3000 8@1018 x4=4000'],
  [0xf8600420, 'ldraa x0, [x1, #-4096]', 'load 8@0 x0 authenticated'],
  [0xf8bffc20, 'ldrab x0, [x1, #4088]!', 'load 8@1ff8 x0 authenticated x1:=1ff8'],
  [0xf8200560, 'ldraa x0, [x11]', 'load 8@ffff800008000000 x0 authenticated'],
  [
    0xf83fd022,
    'ld64b x2, [x1]',
    'load 8@1000 x2 8@1008 x3 8@1010 x4 8@1018 x5 8@1020 x6 8@1028 x7 8@1030 x8 8@1038 x9',
  ],
  [
    0xf83f93e2,
    'st64b x2, [sp]',
    'store 8@80000 x2=2000 8@80008 x3=3000 8@80010 x4=4000 8@80018 x5=5000 8@80020 x6=603d 8@80028 x7=7000 8@80030 x8=8000 8@80038 x9=7fffffff8',
  ],
  [
    0xf83eb022,
    'st64bv x30, x2, [x1]',
    'store 8@1000 x2=2000 8@1008 x3=3000 8@1010 x4=4000 8@1018 x5=5000 8@1020 x6=603d 8@1028 x7=7000 8@1030 x8=8000 8@1038 x9=7fffffff8 status x30',
  ],
  [
    0xf83fa022,
    'st64bv0 xzr, x2, [x1]',
    'store 8@1000 x2 8@1008 x3=3000 8@1010 x4=4000 8@1018 x5=5000 8@1020 x6=603d 8@1028 x7=7000 8@1030 x8=8000 8@1038 x9=7fffffff8 status xzr',
  ],
  [0xd9601423, 'stzg x3, [x1], #16', 'store 8@1000 xzr=0 8@1008 xzr=0 x1:=1010'],
  [0xd9ffec3f, 'stz2g sp, [x1, #-32]!', 'store 8@fe0 xzr=0 8@fe8 xzr=0 8@ff0 xzr=0 8@ff8 xzr=0 x1:=fe0'],
];

const MAINTENANCE: readonly Row[] = [
  [
    0xd50b7426,
    'dc zva, x6',
    'cache-maintenance 8@6000 xzr=0 8@6008 xzr=0 8@6010 xzr=0 8@6018 xzr=0 8@6020 xzr=0 8@6028 xzr=0 8@6030 xzr=0 8@6038 xzr=0',
  ],
  [0xd50b7b21, 'dc cvau, x1', 'cache-maintenance @1000'],
  [0xd50b7e21, 'dc civac, x1', 'cache-maintenance @1000'],
  [0xd5087621, 'dc ivac, x1', 'cache-maintenance @1000'],
  [0xd50b7c21, 'dc cvap, x1', 'cache-maintenance @1000'],
  [0xd50b7d21, 'dc cvadp, x1', 'cache-maintenance @1000'],
  [
    0xd50b7486,
    'dc gzva, x6',
    'cache-maintenance 8@6000 xzr=0 8@6008 xzr=0 8@6010 xzr=0 8@6018 xzr=0 8@6020 xzr=0 8@6028 xzr=0 8@6030 xzr=0 8@6038 xzr=0',
  ],
  [0xd50b7521, 'ic ivau, x1', 'cache-maintenance @1000'],
];

const GROUPS: readonly (readonly [name: string, rows: readonly Row[]])[] = [
  ['exclusive and ordered', EXCLUSIVE],
  ['compare and swap, atomics', ATOMIC],
  ['literals', LITERAL],
  ['pairs', PAIR],
  ['single registers', SINGLE],
  ['structures of vector registers', STRUCTURES],
  ['what later architectures added', LATER],
  ['cache maintenance', MAINTENANCE],
];

for (const [name, rows] of GROUPS) {
  test(`words of an assembler: ${name}`, () => {
    for (const [word, text, expected] of rows) {
      const access = decodeAccess(word, REGISTERS);
      assert.equal(summary(access), expected, text);
      assert.ok(text.startsWith(access?.mnemonic ?? 'none'), text);
    }
  });
}

/** Tags alone, scalable vectors, copies of FEAT_MOPS, and what has nothing to do with memory. */
const OTHERS: readonly (readonly [word: number, text: string])[] = [
  [0xd503201f, 'nop'],
  [0x8b020020, 'add x0, x1, x2'],
  [0xd9600020, 'ldg x0, [x1]'],
  [0xd9200820, 'stg x0, [x1]'],
  [0xd5087641, 'dc isw, x1'],
  [0xd508751f, 'ic iallu'],
  [0xd5088721, 'tlbi vae1, x1'],
  [0xd5087801, 'at s1e1r, x1'],
  [0xd53b00e0, 'mrs x0, dczid_el0'],
  [0x19c20420, 'setp [x0]!, x1!, x2'],
  [0xa41f6020, 'ldff1b {z0.b}, p0/z, [x1]'],
  [0x85804020, 'ldr z0, [x1]'],
  [0x14000000, 'b .'],
];

const UNALLOCATED: typeof OTHERS = [
  [0xe9401020, 'LDP, opc 3'],
  [0x68001020, 'STGP without allocation'],
  [0xf8620820, 'LDR with an index of less than 32 bits'],
  [0x7c800020, 'STUR of 32 bytes'],
  [0xb9c00020, 'LDR, size 2, opc 3'],
  [0xf8800420, 'PRFM, post-indexed'],
  [0xfc400820, 'LDTR of a vector register'],
  [0xdc000040, 'LDR (literal) of 32 bytes'],
  [0x88a20020, 'CAS with a second register'],
  [0x08237c24, 'CASP of an odd register'],
  [0xb8a29023, 'SWP, opc 1'],
  [0xf8a2c020, 'LDAPR with an operand'],
  [0x99c00020, 'LDAPUR, size 2, opc 3'],
  [0xf83fd021, 'LD64B of an odd register'],
  [0xf83fd038, 'LD64B beyond x30'],
  [0x0c401020, 'LD1, opcode 1'],
  [0x0c408c20, 'LD2 of 1D'],
  [0x0c417020, 'LD1 with an index, not post-indexed'],
  [0x8c407020, 'LD1, bit 31'],
  [0x0d40d020, 'LD1R, S'],
  [0x0d00c020, 'LD1R that stores'],
  [0x0d404420, 'LD1 of half a halfword'],
];

test('what is no load or store, or is unallocated', () => {
  for (const [word, text] of [...OTHERS, ...UNALLOCATED]) assert.equal(decodeAccess(word, REGISTERS), null, text);
});
