        .section .text.entry, "ax"
        .global _start
_start:
        ldr     x0, =stack_top
        mov     sp, x0
        mov     x29, xzr
        mov     w0, #3
        bl      work
1:      wfi
        b       1b

        .balign 0x800
        .global vectors
vectors:
        .rept   5
        b       .
        .balign 0x80
        .endr
        sub     sp, sp, #272            // IRQ from the same level, as Linux writes it
        b       irq
        .balign 0x80
        .rept   10
        b       .
        .balign 0x80
        .endr

irq:    stp     x0, x1, [sp, #0]
        stp     x28, x29, [sp, #224]
        mrs     x22, elr_el1
        mrs     x23, spsr_el1
        str     x30, [sp, #240]
        stp     x22, x23, [sp, #256]
        add     x29, sp, #224
        bl      interrupt
        ldp     x22, x23, [sp, #256]
        msr     elr_el1, x22
        msr     spsr_el1, x23
        ldr     x30, [sp, #240]
        ldp     x28, x29, [sp, #224]
        ldp     x0, x1, [sp, #0]
        add     sp, sp, #272
        eret

        .global sized
        .type   sized, %function
sized:
        nop
inside: nop
        ret
        .size   sized, . - sized

        .bss
        .balign 16
        .skip   0x1000
stack_top:
