#include "gic.h"

static const struct gic *gic;

// ID_AA64PFR0_EL1.GIC is 0 where the CPU interface has no system registers: then it has a frame, as a GICv2's does.
static int has_icc_registers(void) {
  uint64_t features;
  __asm__("mrs %0, id_aa64pfr0_el1" : "=r"(features));
  return (features >> 24 & 0xf) != 0;
}

void gic_init_distributor(void) {
  gic = has_icc_registers() ? &gic_v3 : &gic_v2;
  gic->init_distributor();
}

void gic_init_cpu(unsigned cpu) { gic->init_cpu(cpu); }

void gic_enable_private(unsigned cpu, unsigned intid, uint8_t priority) { gic->enable_private(cpu, intid, priority); }

void gic_enable_shared(unsigned intid, uint8_t priority, enum trigger trigger, unsigned cpu) {
  gic->enable_shared(intid, priority, trigger, cpu);
}

void gic_send_sgi(unsigned intid, unsigned cpu) { gic->send_sgi(intid, cpu); }
uint32_t gic_acknowledge(void) { return gic->acknowledge(); }
void gic_end(uint32_t iar) { gic->end(iar); }
uint8_t gic_running_priority(void) { return gic->running_priority(); }
