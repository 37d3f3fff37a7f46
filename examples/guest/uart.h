// The PL011 of QEMU's virt machine.
#pragma once

enum { UART_INTID = 33 };

void uart_init(void);
// Waits for room: for reports.
void print(const char *text);
void print_number(unsigned number);

// Hands a text to the interrupt handler, which sends it, a byte at each interrupt.
void uart_send_by_interrupt(const char *text);
// True once all of it is sent.
int uart_idle(void);
void uart_interrupt(void);
