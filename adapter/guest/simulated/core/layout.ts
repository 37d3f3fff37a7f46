/**
 * The CPU core's memory, shared by the AssemblyScript core and TypeScript around it. One WebAssembly memory holds all:
 *
 *     0x00000400  LIVE       state of the vCPU that executes (VCPU_SIZE bytes, below)
 *     0x00001000  MACHINE    exit record, regions, breakpoints (below)
 *     0x00004000  DISPATCH   2048 function indices (u16), by instruction bits 31:21
 *     0x00006000  CONDITION  16 masks (u16): bit NZCV of mask `cond` is set where the condition holds
 *     0x00010000  the compiler's own data
 *     0x00020000  SYSREGS    32768 descriptors (u32) of system registers, by encoding op0<0>:op1:CRn:CRm:op2
 *     0x00040000  BANKS      state of each vCPU while another executes
 *     0x00060000  TLBS       two translation buffers a vCPU: EL1's and EL0's (below)
 *     0x00200000  RAM        guest memory, then firmware
 *
 * State of a vCPU, byte offsets; 64-bit words unless said otherwise:
 *
 *     0x000  X0 .. X30
 *     0x0f8  always zero: XZR
 *     0x100  SP of the current stack pointer selection
 *     0x108  PC
 *     0x110  NZCV (u32, bits 3:0)    0x114  DAIF (u32, bits 3:0 = D A I F)
 *     0x118  EL (u32, 0 or 1)        0x11c  SPSel (u32)
 *     0x120  IL (u32): illegal execution state
 *     0x124  interrupt inputs (u32): bit 0 IRQ, bit 1 FIQ
 *     0x128  event register (u32)
 *     0x12c  exclusive monitor: size in bytes, 0 is open (u32)
 *     0x130  its address             0x138  its value, low           0x140  its value, high
 *     0x148  the SP_ELx that is not current: SP_EL0 at EL1h, SP_EL1 otherwise
 *     0x200  V0 .. V31, 16 bytes each
 *     0x400  system registers, 8 bytes each
 */
export const LIVE = 0x400;
export const MACHINE = 0x1000;
export const DISPATCH = 0x4000;
export const CONDITION = 0x6000;
export const SYSREGS = 0x20000;
export const BANKS = 0x40000;
export const TLBS = 0x60000;
export const RAM = 0x200000;

export const VCPU_SIZE = 0x800;
export const MAX_VCPUS = 16;

export const X = 0;
export const XZR = 0xf8;
export const SP = 0x100;
export const PC = 0x108;
export const NZCV = 0x110;
export const DAIF = 0x114;
export const EL = 0x118;
export const SPSEL = 0x11c;
export const IL = 0x120;
export const LINES = 0x124;
export const EVENT = 0x128;
export const MONITOR_SIZE = 0x12c;
export const MONITOR_ADDRESS = 0x130;
export const MONITOR_LOW = 0x138;
export const MONITOR_HIGH = 0x140;
export const SP_OTHER = 0x148;
export const V = 0x200;
export const SYSTEM = 0x400;

/** System registers the core itself uses: byte offsets into a vCPU's state. */
export const SCTLR = SYSTEM;
export const TTBR0 = SYSTEM + 0x08;
export const TTBR1 = SYSTEM + 0x10;
export const TCR = SYSTEM + 0x18;
export const MAIR = SYSTEM + 0x20;
export const VBAR = SYSTEM + 0x28;
export const ESR = SYSTEM + 0x30;
export const FAR = SYSTEM + 0x38;
export const ELR = SYSTEM + 0x40;
export const SPSR = SYSTEM + 0x48;
export const CPACR = SYSTEM + 0x50;
export const PAR = SYSTEM + 0x58;
export const CNTKCTL = SYSTEM + 0x60;
export const CONTEXTIDR = SYSTEM + 0x68;
export const FPCR = SYSTEM + 0x70;
export const FPSR = SYSTEM + 0x78;
export const CSSELR = SYSTEM + 0x80;
/** First byte of the registers that are storage and nothing else. */
export const PLAIN = SYSTEM + 0x90;

/**
 * Machine words, byte offsets from MACHINE.
 *
 *     0x00  EXIT_REASON (u32)        0x04  EXIT_SIZE (u32): bytes of the access
 *     0x08  EXIT_WRITE (u32)         0x0c  EXIT_CODE (u32): encoding of a system register, immediate of HVC, SMC, HLT
 *     0x10  EXIT_ADDRESS: physical   0x18  EXIT_VIRTUAL
 *     0x20  EXIT_VALUE: what is written
 *     0x28  TICKS: the system counter when `run` was called last
 *     0x30  REGION_COUNT (u32)       0x34  BREAKPOINT_COUNT (u32)
 *     0x38  WATCHPOINT_COUNT (u32)   0x3c  SKIP (u32): do not stop before the first instruction
 *     0x40  EXIT_WORD (u32): the instruction
 *     0x44  UNDEFINED_COUNT (u32): undefined instructions met so far
 *     0x48  UNDEFINED_WORD (u32): the last of them
 *     0x50  UNDEFINED_PC: where it was
 *     0x100 regions, 32 bytes each: physical base, size, offset in this memory (u32), flags (u32)
 *     0x300 answers of devices to the current instruction's accesses, 8 bytes each
 *     0x800 breakpoints, 8 bytes each
 *     0x1800 watchpoints, 24 bytes each: address, last byte, kinds (u32)
 */
export const EXIT_REASON = MACHINE;
export const EXIT_SIZE = MACHINE + 0x04;
export const EXIT_WRITE = MACHINE + 0x08;
export const EXIT_CODE = MACHINE + 0x0c;
export const EXIT_ADDRESS = MACHINE + 0x10;
export const EXIT_VIRTUAL = MACHINE + 0x18;
export const EXIT_VALUE = MACHINE + 0x20;
export const TICKS = MACHINE + 0x28;
export const REGION_COUNT = MACHINE + 0x30;
export const BREAKPOINT_COUNT = MACHINE + 0x34;
export const WATCHPOINT_COUNT = MACHINE + 0x38;
export const SKIP = MACHINE + 0x3c;
export const EXIT_WORD = MACHINE + 0x40;
export const UNDEFINED_COUNT = MACHINE + 0x44;
export const UNDEFINED_WORD = MACHINE + 0x48;
export const UNDEFINED_PC = MACHINE + 0x50;
export const REGIONS = MACHINE + 0x100;
export const REGION_SIZE = 32;
export const MAX_REGIONS = 8;
export const ANSWERS = MACHINE + 0x300;
export const MAX_ANSWERS = 128;
export const BREAKPOINTS = MACHINE + 0x800;
export const MAX_BREAKPOINTS = 512;
export const WATCHPOINTS = MACHINE + 0x1800;
export const WATCHPOINT_SIZE = 24;
export const MAX_WATCHPOINTS = 64;

export const REGION_READ = 1;
export const REGION_WRITE = 2;
export const WATCH_READ = 1;
export const WATCH_WRITE = 2;

/**
 * A translation buffer: 256 entries of 32 bytes, by bits 19:12 of the virtual address. A tag is the page's address; all
 * ones matches nothing.
 *
 *     0   tag for loads       8   tag for stores      16  tag for instruction fetches
 *     24  u32: what to add to the low word of the virtual address to get the offset in this memory
 *     28  u32: bit 0 the page is Device memory
 */
export const TLB_ENTRIES = 256;
export const TLB_ENTRY = 32;
export const TLB_BYTES = TLB_ENTRIES * TLB_ENTRY;

/** Why the core returned. */
export const EXIT_BUDGET = 0;
/** An access to no memory: EXIT_ADDRESS, EXIT_SIZE, EXIT_WRITE, EXIT_VALUE. The instruction is not finished. */
export const EXIT_MMIO = 1;
/** A system register that is not the core's: EXIT_CODE, EXIT_WRITE, EXIT_VALUE. The instruction is not finished. */
export const EXIT_SYSREG = 2;
/** These are finished: PC is behind them. */
export const EXIT_WFI = 3;
export const EXIT_WFE = 4;
export const EXIT_SEV = 5;
export const EXIT_HVC = 6;
export const EXIT_SMC = 7;
/** HLT: not finished, the host decides whether it is a semihosting call. */
export const EXIT_HLT = 8;
/** Before the instruction at PC. */
export const EXIT_BREAKPOINT = 9;
/** Before the access: EXIT_VIRTUAL, EXIT_SIZE, EXIT_WRITE. */
export const EXIT_WATCHPOINT = 10;

/**
 * A descriptor of a system register: offset into the vCPU's state in bits 15:0, flags above.
 */
export const SYSREG_KNOWN = 1 << 16;
export const SYSREG_READ_EL0 = 1 << 17;
export const SYSREG_WRITE_EL0 = 1 << 18;
export const SYSREG_READ_ONLY = 1 << 19;
export const SYSREG_WRITE_ONLY = 1 << 20;
/** Values are 32 bits wide: the upper half is RES0. */
export const SYSREG_WORD = 1 << 21;
/** What the core does beyond loading and storing, bits 31:24. */
export const SYSREG_ACTION = 24;
export const ACTION_NONE = 0;
/** Translation changes: buffers are emptied. */
export const ACTION_TRANSLATION = 1;
export const ACTION_SCTLR = 2;
export const ACTION_NZCV = 3;
export const ACTION_DAIF = 4;
export const ACTION_CURRENT_EL = 5;
export const ACTION_SPSEL = 6;
export const ACTION_SP_EL0 = 7;
export const ACTION_COUNTER = 8;
export const ACTION_ISR = 9;
export const ACTION_CTR = 10;
export const ACTION_DCZID = 11;
/** The host answers. */
export const ACTION_EXIT = 12;
/** The host answers; at EL0 where CNTKCTL_EL1 lets virtual (13) or physical (14) timers be used. */
export const ACTION_VIRTUAL_TIMER = 13;
export const ACTION_PHYSICAL_TIMER = 14;
export const ACTION_FPU = 15;
/** Reads as the reset value; writes are dropped. */
export const ACTION_IGNORE = 16;
