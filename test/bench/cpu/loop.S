// An integer loop with loads, stores and branches, with the MMU off or on, and a loop of accesses to the distributor.
// What to do is patched into the three words at `orders`. Built by build.sh; the ELF file is committed.
    .section .text
    .global _start
_start:
    b begin
    .balign 8
    .global orders
orders:
    .quad 1000000               // turns of the loop
    .quad 0                     // 1: MMU on
    .quad 0                     // 1: read GICD_ISENABLER1 instead of computing
begin:
    ldr x0, orders + 8
    cbz x0, 1f
    bl mmu_on
1:  ldr x19, orders
    ldr x0, orders + 16
    cbnz x0, device
    ldr x20, =table
    mov x21, #0
    mov x22, #0x5bd1
    mov x23, #0
// 16 instructions a turn, one in eight turns a little less.
turn:
    and x1, x21, #0x1f8
    ldr x2, [x20, x1]
    eor x2, x2, x22
    add x23, x23, x2
    tst x23, #7
    b.eq 2f
    lsr x3, x2, #3
    str x3, [x20, x1]
2:  stp x2, x23, [x20, #496]
    ldp x4, x5, [x20, #496]
    add x22, x22, x4, lsl #1
    orr x22, x22, #1
    bl leaf
    add x21, x21, #8
    subs x19, x19, #1
    b.ne turn
end:
    ldr x0, =0x84000008          // PSCI SYSTEM_OFF
    .global finish
finish:
    hvc #0
    b .
leaf:
    ret
device:
    ldr x20, =0x08000104
3:  ldr w1, [x20]
    str w1, [x20]
    subs x19, x19, #1
    b.ne 3b
    b end

// 4 KiB granule, 39 bits: 1 GiB blocks, the first of devices, the second of normal memory.
mmu_on:
    ldr x0, =translation
    ldr x1, =0x401               // device: attribute 0, AF
    str x1, [x0]
    ldr x1, =0x40000705          // normal: attribute 1, inner shareable, AF
    str x1, [x0, #8]
    msr ttbr0_el1, x0
    ldr x1, =0xff00
    msr mair_el1, x1
    ldr x1, =0x200803519         // T0SZ 25, inner and outer write-back, inner shareable, no TTBR1, 40 bits
    msr tcr_el1, x1
    tlbi vmalle1
    dsb sy
    isb
    mrs x1, sctlr_el1
    orr x1, x1, #1
    msr sctlr_el1, x1
    isb
    ret

    .section .bss
    .balign 4096
translation:
    .skip 4096
table:
    .skip 1024
