// Executes commands that the host writes into RAM, one at a time on the CPU that each names, in their order. After each
// command every CPU notes the level of its interrupt inputs. Interrupts stay masked for ever: only ISR_EL1 tells of them.
//
// A command calls a piece of code, also written by the host, that has one instruction and RET: X0 is an address, X1 a
// value to and from. A fault of that instruction skips it. The layout is that of mailbox.ts.

        .equ    CONFIG, 0x40110000      // written by the host; a reset leaves it
        .equ    CONFIG_CPUS, 0
        .equ    CONFIG_SCR, 8           // SCR_EL3 where CPUs start at EL3
        .equ    COMMANDS, 0x40200000
        .equ    COMMAND_SHIFT, 6
        .equ    COMMAND_CPU, 0
        .equ    COMMAND_STATE, 4        // 0: where this program runs; 1: secure EL1; 2: non-secure EL1
        .equ    COMMAND_CODE, 8
        .equ    COMMAND_X0, 16
        .equ    COMMAND_X1, 24
        .equ    COMMAND_FAULT, 32       // 0, or ESR of the fault and FROM_BELOW
        .equ    COMMAND_INPUTS, 40      // a byte a CPU: bit 0 FIQ, bit 1 IRQ
        .equ    COMMAND_FROM, 48        // 0, or where X1 is to be taken from instead
        .equ    FROM_BELOW, 0x100000000 // the fault was taken to a higher level than that of the instruction

        .equ    SMC_CLASS, 0x17
        .equ    PSCI_CPU_ON, 0xc4000003
        .equ    SYS_WRITEC, 3

        // X19 this CPU, X20 CONFIG, X21 control, X22 number of CPUs, X23 commands after which inputs were noted,
        // X24 COMMANDS, X25 CurrentEL, X26 SCR_EL3, X27 the limit that the host was told was reached
        .section .text.start, "ax"
        .global _start
_start:
        msr     daifset, #0xf
        mrs     x19, mpidr_el1
        and     x19, x19, #0xff
        ldr     x20, =CONFIG
        ldr     x21, =control
        ldr     w22, [x20, #CONFIG_CPUS]
        mov     x23, #0
        ldr     x24, =COMMANDS
        mrs     x25, CurrentEL
        ldr     x26, [x20, #CONFIG_SCR]
        mov     x27, #0
        ldr     x0, =vectors
        cmp     x25, #8
        b.lo    1f
        b.eq    2f
        msr     vbar_el3, x0
        msr     scr_el3, x26
        b       1f
2:      msr     vbar_el2, x0
1:      msr     vbar_el1, x0
        isb
        cbz     x19, first
        // The first CPU waits for this.
        add     x0, x21, #(started - control)
        mov     w1, #1
        strb    w1, [x0, x19]
        b       loop

        // Others are already on their way here where there is no PSCI: with EL3.
first:  cmp     x25, #12
        b.eq    2f
        mov     x28, #1
1:      cmp     x28, x22
        b.hs    2f
        ldr     x0, =PSCI_CPU_ON
        mov     x1, x28
        ldr     x2, =_start
        mov     x3, #0
        cmp     x25, #8
        b.eq    3f
        hvc     #0
        b       4f
3:      smc     #0
4:      add     x28, x28, #1
        b       1b
2:      mov     x28, #1
1:      cmp     x28, x22
        b.hs    ring
        add     x0, x21, #(started - control)
        ldrb    w1, [x0, x28]
        yield
        cbz     w1, 1b
        add     x28, x28, #1
        b       1b

        // The host waits for a byte from semihosting: at the start, and when commands are executed up to the limit.
ring:   mov     w0, #SYS_WRITEC
        ldr     x1, =bell
        hlt     #0xf000

loop:   ldr     w0, [x21, #(position - control)]
        dmb     ish
        add     x9, x24, x0, lsl #COMMAND_SHIFT
        cmp     w0, w23
        b.eq    1f
        mrs     x1, isr_el1
        lsr     x1, x1, #6
        and     x1, x1, #3
        sub     x2, x9, #((1 << COMMAND_SHIFT) - COMMAND_INPUTS)
        strb    w1, [x2, x19]
        mov     w23, w0
        dmb     ish
        add     x2, x21, #(noted - control)
        str     w23, [x2, x19, lsl #2]
1:      ldr     w1, [x21, #(limit - control)]
        dmb     ish
        cmp     w0, w1
        b.hs    idle
        ldr     w3, [x9, #COMMAND_CPU]
        cmp     w3, w19
        b.ne    pause
        mov     x4, #0
        add     x2, x21, #(noted - control)
2:      ldr     w3, [x2, x4, lsl #2]
        cmp     w3, w0
        b.ne    pause
        add     x4, x4, #1
        cmp     x4, x22
        b.lo    2b
        dmb     ish
        mov     w28, w0
        b       execute

idle:   cbnz    x19, pause
        cmp     w1, w27
        b.eq    pause
        mov     x4, #0
        add     x2, x21, #(noted - control)
2:      ldr     w3, [x2, x4, lsl #2]
        cmp     w3, w0
        b.ne    pause
        add     x4, x4, #1
        cmp     x4, x22
        b.lo    2b
        mov     w27, w1
        b       ring
        // CPUs take turns; without this the next turn would begin some time later.
pause:  yield
        b       loop

execute:
        ldr     w4, [x9, #COMMAND_STATE]
        ldr     x6, [x9, #COMMAND_CODE]
        ldr     x0, [x9, #COMMAND_X0]
        ldr     x1, [x9, #COMMAND_X1]
        ldr     x2, [x9, #COMMAND_FROM]
        cbz     x2, 1f
        ldr     x1, [x2]
1:      mov     x2, #0
        cbnz    w4, 1f
        blr     x6
        b       executed
1:      sub     w4, w4, #1
        orr     x4, x26, x4
        msr     scr_el3, x4
        mov     x5, #0x3c5
        msr     spsr_el3, x5
        adr     x5, below
        msr     elr_el3, x5
        eret
below:  blr     x6
        smc     #0
returned:
        msr     scr_el3, x26
        isb
executed:
        str     x1, [x9, #COMMAND_X1]
        str     x2, [x9, #COMMAND_FAULT]
        dmb     ish
        add     w28, w28, #1
        str     w28, [x21, #(position - control)]
        b       loop

        // Of synchronous exceptions; there are no others. X2 tells of the fault.
        .balign 0x800
vectors:
        .org    vectors + 0x200
        mrs     x3, CurrentEL
        mov     x4, #0
        b       skip
        .org    vectors + 0x400
        mrs     x3, CurrentEL
        mrs     x4, esr_el3
        lsr     x4, x4, #26
        cmp     x4, #SMC_CLASS
        b.eq    returned
        mov     x4, #FROM_BELOW
        b       skip
        .org    vectors + 0x600
skip:   cmp     x3, #8
        b.eq    2f
        b.hi    3f
        mrs     x2, esr_el1
        mrs     x3, elr_el1
        add     x3, x3, #4
        msr     elr_el1, x3
        eret
2:      mrs     x2, esr_el2
        mrs     x3, elr_el2
        add     x3, x3, #4
        msr     elr_el2, x3
        eret
3:      mrs     x2, esr_el3
        orr     x2, x2, x4
        mrs     x3, elr_el3
        add     x3, x3, #4
        msr     elr_el3, x3
        eret

        // In the program, so that a reset makes it zero.
        .data
        .balign 8
control:
limit:    .word 0                       // written by the host
position: .word 0                       // commands executed
noted:    .fill 8, 4, 0                 // commands after which each CPU has noted its inputs
started:  .fill 8, 1, 0
bell:     .byte '!'
