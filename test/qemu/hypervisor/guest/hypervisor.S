// Executes commands that the host put into RAM before the machine started, all at once, on one CPU at EL2; then ends
// QEMU. A command calls one instruction, made by the host, either at EL2 or at EL1, where HCR_EL2.IMO and FMO make the CPU
// interface the virtual one. After each command the CPU's inputs are noted: at EL2 ISR_EL1 tells of the physical ones, at
// EL1 of the virtual ones. The layout is that of batch.ts.

        .equ    CONTROL, 0x40110000
        .equ    CONTROL_COUNT, 0
        .equ    CONTROL_GICC, 4         // base of the CPU interface's frame; 0: GICv3
        .equ    COMMANDS, 0x40200000
        .equ    COMMAND_SIZE, 64
        .equ    COMMAND_AT_EL1, 0
        .equ    COMMAND_CODE, 8
        .equ    COMMAND_X0, 16
        .equ    COMMAND_X1, 24
        .equ    COMMAND_FAULT, 32       // 0, or ESR, with 1 above where EL2 took what EL1 did
        .equ    COMMAND_PHYSICAL, 40    // inputs: bit 0 FIQ, bit 1 IRQ
        .equ    COMMAND_VIRTUAL, 41

        .equ    HCR, 0x80000018         // RW, IMO, FMO
        .equ    EL1H_MASKED, 0x3c5
        .equ    HVC_CLASS, 0x16
        .equ    GICC_PMR, 4
        .equ    SYS_EXIT, 0x18
        .equ    ADP_STOPPED, 0x20026

        // X19 command, X20 commands left, X21 base of the CPU interface, X22 its mask as it was, X7 where to go after EL1
        .section .text.start, "ax"
        .global _start
_start:
        msr     daifset, #0xf
        ldr     x0, =vectors
        msr     vbar_el2, x0
        msr     vbar_el1, x0
        ldr     x0, =HCR
        msr     hcr_el2, x0
        ldr     x19, =COMMANDS
        ldr     x1, =CONTROL
        ldr     w20, [x1, #CONTROL_COUNT]
        ldr     w21, [x1, #CONTROL_GICC]
        isb

next:   cbz     w20, end
        ldr     x6, [x19, #COMMAND_CODE]
        ldr     x0, [x19, #COMMAND_X0]
        ldr     x1, [x19, #COMMAND_X1]
        ldr     w4, [x19, #COMMAND_AT_EL1]
        mov     x2, #0
        cbnz    w4, 1f
        blr     x6
        b       done
1:      bl      mask
        adr     x7, 2f
        adr     x8, below
        b       drop
2:      bl      unmask
done:   str     x1, [x19, #COMMAND_X1]
        str     x2, [x19, #COMMAND_FAULT]
        mrs     x1, isr_el1
        lsr     x1, x1, #6
        and     x1, x1, #3
        strb    w1, [x19, #COMMAND_PHYSICAL]
        bl      mask
        adr     x7, 3f
        adr     x8, look
        b       drop
3:      bl      unmask
        lsr     x1, x1, #6
        and     x1, x1, #3
        strb    w1, [x19, #COMMAND_VIRTUAL]
        add     x19, x19, #COMMAND_SIZE
        sub     w20, w20, #1
        b       next

        // Physical interrupts would be taken from EL1 however it masks them.
mask:   cbz     w21, 1f
        ldr     w22, [x21, #GICC_PMR]
        str     wzr, [x21, #GICC_PMR]
        ret
1:      mrs     x22, s3_0_c4_c6_0
        msr     s3_0_c4_c6_0, xzr
        isb
        ret

unmask: cbz     w21, 1f
        str     w22, [x21, #GICC_PMR]
        ret
1:      msr     s3_0_c4_c6_0, x22
        isb
        ret

drop:   mov     x5, #EL1H_MASKED
        msr     spsr_el2, x5
        msr     elr_el2, x8
        isb
        eret

below:  blr     x6
        hvc     #0
look:   mrs     x1, isr_el1
        hvc     #0

end:    ldr     x1, =exit
        mov     w0, #SYS_EXIT
        hlt     #0xf000
        b       end

        .data
        .balign 8
exit:   .quad   ADP_STOPPED, 0

        .text
        .balign 0x800
vectors:
        .org    vectors + 0x200
        mrs     x3, CurrentEL
        cmp     x3, #8
        b.eq    1f
        mrs     x2, esr_el1
        mrs     x3, elr_el1
        add     x3, x3, #4
        msr     elr_el1, x3
        eret
1:      mrs     x2, esr_el2
        mrs     x3, elr_el2
        add     x3, x3, #4
        msr     elr_el2, x3
        eret
        .org    vectors + 0x400
        mrs     x3, esr_el2
        lsr     x4, x3, #26
        cmp     x4, #HVC_CLASS
        b.eq    1f
        orr     x2, x3, #0x100000000
        mrs     x3, elr_el2
        add     x3, x3, #4
        msr     elr_el2, x3
        eret
1:      br      x7
