#include "uart.h"
#include <stdint.h>

#define UART 0x09000000ul
#define DR 0x00
#define FR 0x18
#define CR 0x30
#define IMSC 0x38
#define ICR 0x44

#define FR_TXFF (1u << 5)
#define CR_ENABLE (1u << 0 | 1u << 8 | 1u << 9)
#define TX (1u << 5)

static const char *volatile rest;

static volatile uint32_t *reg(unsigned offset) { return (volatile uint32_t *)(UART + offset); }

void uart_init(void) { *reg(CR) = CR_ENABLE; }

static void put(char c) {
  while (*reg(FR) & FR_TXFF) {
  }
  *reg(DR) = c;
}

void print(const char *text) {
  for (; *text; text++) put(*text);
}

void print_number(unsigned number) {
  if (number >= 10) print_number(number / 10);
  put('0' + number % 10);
}

// The first byte is sent here: only a byte that has left raises the interrupt.
void uart_send_by_interrupt(const char *text) {
  rest = text + 1;
  *reg(ICR) = TX;
  put(*text);
  *reg(IMSC) = TX;
}

int uart_idle(void) { return rest == 0; }

void uart_interrupt(void) {
  *reg(ICR) = TX;
  if (rest && *rest) {
    put(*rest++);
    return;
  }
  *reg(IMSC) = 0;
  rest = 0;
}
