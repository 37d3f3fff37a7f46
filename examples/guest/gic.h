// The parts of a GICv3 this guest uses. Names are Arm's (IHI 0069).
#pragma once
#include <stdint.h>

enum { SPURIOUS = 1023 };
enum trigger { LEVEL, EDGE };

void gic_init_distributor(void);
// Of the vCPU that calls it: its redistributor and its CPU interface.
void gic_init_cpu(unsigned cpu);

// A private interrupt of the calling vCPU.
void gic_enable_private(unsigned cpu, unsigned intid, uint8_t priority);
// A shared interrupt, routed to a vCPU.
void gic_enable_shared(unsigned intid, uint8_t priority, enum trigger trigger, unsigned cpu);

void gic_send_sgi(unsigned intid, unsigned cpu);
unsigned gic_acknowledge(void);
void gic_end(unsigned intid);
uint8_t gic_running_priority(void);
