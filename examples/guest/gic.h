// The parts of a GICv2 or a GICv3 this guest uses. Names are Arm's (IHI 0048, IHI 0069).
#pragma once
#include <stdint.h>

enum { SPURIOUS = 1023 };
// Which bits of what was acknowledged are the INTID. On a GICv2 an SGI's have its sender above.
enum { IAR_INTID = 0x3ff };
enum trigger { LEVEL, EDGE };

// Finds out which of the two there is.
void gic_init_distributor(void);
// Of the vCPU that calls it: its redistributor, if it has one, and its CPU interface.
void gic_init_cpu(unsigned cpu);

// A private interrupt of the calling vCPU.
void gic_enable_private(unsigned cpu, unsigned intid, uint8_t priority);
// A shared interrupt, routed to a vCPU.
void gic_enable_shared(unsigned intid, uint8_t priority, enum trigger trigger, unsigned cpu);

void gic_send_sgi(unsigned intid, unsigned cpu);
uint32_t gic_acknowledge(void);
// What was acknowledged, as it was read.
void gic_end(uint32_t iar);
uint8_t gic_running_priority(void);

// How one of the two does it.
struct gic {
  void (*init_distributor)(void);
  void (*init_cpu)(unsigned cpu);
  void (*enable_private)(unsigned cpu, unsigned intid, uint8_t priority);
  void (*enable_shared)(unsigned intid, uint8_t priority, enum trigger trigger, unsigned cpu);
  void (*send_sgi)(unsigned intid, unsigned cpu);
  uint32_t (*acknowledge)(void);
  void (*end)(uint32_t iar);
  uint8_t (*running_priority)(void);
};
extern const struct gic gic_v2, gic_v3;
