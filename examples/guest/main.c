// A guest that shows what interrupts do: a timer's PPI, a UART's SPI, SGIs between two vCPUs, and preemption.
#include <stdint.h>
#include "gic.h"
#include "uart.h"

enum { SGI_PING = 1, SGI_PONG = 2, SGI_LOW = 3, SGI_HIGH = 4, TIMER_INTID = 27 };
enum { URGENT = 0x40, NORMAL = 0x80, LAZY = 0xc0 };
enum { TICKS = 5 };

static volatile unsigned ticks, pings, pongs, nested;
static volatile int low_is_running;
static volatile int secondary_ready;

extern char secondary_start[];

static long psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c) {
  register uint64_t x0 __asm__("x0") = function;
  register uint64_t x1 __asm__("x1") = a;
  register uint64_t x2 __asm__("x2") = b;
  register uint64_t x3 __asm__("x3") = c;
  __asm__ volatile("hvc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}

_Noreturn static void power_off(void) {
  psci(0x84000008, 0, 0, 0);
  for (;;) __asm__ volatile("wfi");
}

static unsigned this_cpu(void) {
  uint64_t mpidr;
  __asm__("mrs %0, mpidr_el1" : "=r"(mpidr));
  return mpidr & 0xff;
}

static void enable_interrupts(void) { __asm__ volatile("msr daifclr, #2" ::: "memory"); }
static void disable_interrupts(void) { __asm__ volatile("msr daifset, #2" ::: "memory"); }

static void start_timer(unsigned ticks_from_now) {
  __asm__ volatile("msr cntv_tval_el0, %0" : : "r"((uint64_t)ticks_from_now));
  __asm__ volatile("msr cntv_ctl_el0, %0\n\tisb" : : "r"(1ul));
}

static void stop_timer(void) { __asm__ volatile("msr cntv_ctl_el0, %0\n\tisb" : : "r"(0ul)); }

static void timer_interrupt(void) {
  // Setting the timer anew lowers its wire: the interrupt is level-triggered.
  if (++ticks < TICKS) start_timer(20000);
  else stop_timer();
}

static void low_priority_work(void) {
  low_is_running = 1;
  enable_interrupts();
  gic_send_sgi(SGI_HIGH, this_cpu());
  // The more urgent one interrupts here.
  for (volatile int i = 0; i < 100; i++) {
  }
  disable_interrupts();
  low_is_running = 0;
}

void handle_interrupt(void) {
  uint32_t iar = gic_acknowledge(), intid = iar & IAR_INTID;
  if (intid == SPURIOUS) return;
  switch (intid) {
    case TIMER_INTID:
      timer_interrupt();
      break;
    case UART_INTID:
      uart_interrupt();
      break;
    case SGI_PING:
      pings++;
      gic_send_sgi(SGI_PONG, 0);
      break;
    case SGI_PONG:
      pongs++;
      break;
    case SGI_LOW:
      low_priority_work();
      break;
    case SGI_HIGH:
      if (low_is_running && gic_running_priority() == URGENT) nested++;
      break;
  }
  gic_end(iar);
}

void handle_fault(uint64_t syndrome, uint64_t address, uint64_t data) {
  (void)address;
  (void)data;
  print("fault, exception class ");
  print_number(syndrome >> 26);
  print("\n");
  power_off();
}

void secondary_main(void) {
  gic_init_cpu(1);
  gic_enable_private(1, SGI_PING, NORMAL);
  enable_interrupts();
  secondary_ready = 1;
  for (;;) __asm__ volatile("wfi");
}

// Sleeps until an interrupt has made something true. Masked meanwhile, so that none slips in between look and sleep.
#define wait_until(condition)                        \
  do {                                               \
    disable_interrupts();                            \
    while (!(condition)) {                           \
      __asm__ volatile("wfi" ::: "memory");          \
      enable_interrupts();                           \
      __asm__ volatile("isb" ::: "memory");          \
      disable_interrupts();                          \
    }                                                \
    enable_interrupts();                             \
  } while (0)

static void report(const char *what, unsigned count) {
  print(what);
  print_number(count);
  print("\n");
}

int main(void) {
  uart_init();
  print("guest: starting\n");
  gic_init_distributor();
  gic_init_cpu(0);
  gic_enable_private(0, TIMER_INTID, NORMAL);
  gic_enable_private(0, SGI_PONG, NORMAL);
  gic_enable_private(0, SGI_LOW, LAZY);
  gic_enable_private(0, SGI_HIGH, URGENT);
  gic_enable_shared(UART_INTID, NORMAL, LEVEL, 0);
  enable_interrupts();

  start_timer(20000);
  wait_until(ticks == TICKS);
  report("timer: ticks ", ticks);

  if (psci(0xc4000003, 1, (uint64_t)secondary_start, 0) == 0) {
    while (!secondary_ready) {
    }
    for (unsigned i = 1; i <= 3; i++) {
      gic_send_sgi(SGI_PING, 1);
      wait_until(pongs == i);
    }
    report("sgi: answers ", pongs);
  } else print("sgi: there is no second vCPU\n");

  gic_send_sgi(SGI_LOW, 0);
  wait_until(nested == 1);
  report("preemption: nested ", nested);

  uart_send_by_interrupt("uart: sent by interrupt\n");
  wait_until(uart_idle());
  print("guest: done\n");
  power_off();
}
