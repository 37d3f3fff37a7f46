// Where both vCPUs begin, and where their interrupts arrive.

        .section .text.start, "ax"
        .global _start
_start:
        msr     daifset, #0xf
        ldr     x0, =vectors
        msr     vbar_el1, x0
        ldr     x0, =stack0_top
        mov     sp, x0
        // C has its variables zeroed before it runs.
        ldr     x0, =__bss_start
        ldr     x1, =__bss_end
1:      cmp     x0, x1
        b.hs    2f
        stp     xzr, xzr, [x0], #16
        b       1b
2:      isb
        bl      main
        b       .

        // vCPU 1, by PSCI CPU_ON.
        .global secondary_start
secondary_start:
        msr     daifset, #0xf
        ldr     x0, =vectors
        msr     vbar_el1, x0
        ldr     x0, =stack1_top
        mov     sp, x0
        isb
        bl      secondary_main
        b       .

        // Registers a C function may change are kept on the stack, with where to return to: a handler may be interrupted
        // itself, and then ELR and SPSR are overwritten.
        .macro  save
        stp     x29, x30, [sp, #-192]!
        stp     x0, x1, [sp, #16]
        stp     x2, x3, [sp, #32]
        stp     x4, x5, [sp, #48]
        stp     x6, x7, [sp, #64]
        stp     x8, x9, [sp, #80]
        stp     x10, x11, [sp, #96]
        stp     x12, x13, [sp, #112]
        stp     x14, x15, [sp, #128]
        stp     x16, x17, [sp, #144]
        mrs     x0, elr_el1
        mrs     x1, spsr_el1
        stp     x18, x0, [sp, #160]
        str     x1, [sp, #176]
        mov     x29, sp
        .endm

        .macro  restore
        ldr     x1, [sp, #176]
        ldp     x18, x0, [sp, #160]
        msr     spsr_el1, x1
        msr     elr_el1, x0
        ldp     x16, x17, [sp, #144]
        ldp     x14, x15, [sp, #128]
        ldp     x12, x13, [sp, #112]
        ldp     x10, x11, [sp, #96]
        ldp     x8, x9, [sp, #80]
        ldp     x6, x7, [sp, #64]
        ldp     x4, x5, [sp, #48]
        ldp     x2, x3, [sp, #32]
        ldp     x0, x1, [sp, #16]
        ldp     x29, x30, [sp], #192
        eret
        .endm

        .section .text.vectors, "ax"
        .balign 0x800
vectors:
        .rept   4                       // from EL1 with SP_EL0: unused
        b       .
        .balign 0x80
        .endr
        b       fault                   // synchronous
        .balign 0x80
        b       irq                     // IRQ
        .balign 0x80
        b       fault                   // FIQ
        .balign 0x80
        b       fault                   // SError
        .balign 0x80
        .rept   8                       // from EL0: unused
        b       .
        .balign 0x80
        .endr

irq:    save
        bl      handle_interrupt
        restore

fault:  save
        mrs     x0, esr_el1
        mrs     x1, elr_el1
        mrs     x2, far_el1
        bl      handle_fault
        b       .

        .section .bss.stacks, "aw", @nobits
        .balign 16
        .skip   0x4000
stack0_top:
        .skip   0x4000
stack1_top:
