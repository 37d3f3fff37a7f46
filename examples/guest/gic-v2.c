#include "gic.h"

#define GICD 0x08000000ul
#define GICC 0x08010000ul

#define GICD_CTLR 0x000
#define GICD_IGROUPR 0x080
#define GICD_ISENABLER 0x100
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_ICFGR 0xc00
#define GICD_SGIR 0xf00
#define GICC_CTLR 0x00
#define GICC_PMR 0x04
#define GICC_BPR 0x08
#define GICC_IAR 0x0c
#define GICC_EOIR 0x10
#define GICC_RPR 0x14

// All interrupts are of group 0, and FIQEn stays 0: they come as IRQs, and GICC_IAR acknowledges them.
#define CTLR_ENABLE_GRP0 (1u << 0)

// The bit of each vCPU's CPU interface in GICD_ITARGETSR and GICD_SGIR.
static uint8_t interfaces[8];

static volatile uint32_t *word(uint64_t address) { return (volatile uint32_t *)address; }
static volatile uint8_t *byte(uint64_t address) { return (volatile uint8_t *)address; }

static void gic_v2_init_distributor(void) { *word(GICD + GICD_CTLR) = CTLR_ENABLE_GRP0; }

static void gic_v2_init_cpu(unsigned cpu) {
  // The targets of private interrupts are the interface that reads them; 0 where there is only one.
  uint8_t own = *byte(GICD + GICD_ITARGETSR);
  interfaces[cpu] = own ? own : 1;
  *word(GICC + GICC_PMR) = 0xf0;    // everything more urgent than 0xf0
  *word(GICC + GICC_BPR) = 0;       // all of a priority decides preemption
  *word(GICC + GICC_CTLR) = CTLR_ENABLE_GRP0;
}

// The first words of these registers are banked: each vCPU has its own.
static void gic_v2_enable_private(unsigned cpu, unsigned intid, uint8_t priority) {
  (void)cpu;
  *word(GICD + GICD_IGROUPR) &= ~(1u << intid);
  *byte(GICD + GICD_IPRIORITYR + intid) = priority;
  *word(GICD + GICD_ISENABLER) = 1u << intid;
}

static void gic_v2_enable_shared(unsigned intid, uint8_t priority, enum trigger trigger, unsigned cpu) {
  uint32_t bit = 1u << (intid % 32);
  uint32_t edge = 2u << (intid % 16 * 2);
  *word(GICD + GICD_IGROUPR + intid / 32 * 4) &= ~bit;
  *byte(GICD + GICD_IPRIORITYR + intid) = priority;
  volatile uint32_t *config = word(GICD + GICD_ICFGR + intid / 16 * 4);
  *config = trigger == EDGE ? *config | edge : *config & ~edge;
  *byte(GICD + GICD_ITARGETSR + intid) = interfaces[cpu];
#ifdef FORGET_THE_OFFSET
  // The bug: a device tree counts SPIs from 0, INTIDs from 32. This is the enable bit of INTID 1.
  unsigned spi = intid - 32;
  *word(GICD + GICD_ISENABLER + spi / 32 * 4) = 1u << (spi % 32);
#else
  *word(GICD + GICD_ISENABLER + intid / 32 * 4) = bit;
#endif
}

static void gic_v2_send_sgi(unsigned intid, unsigned cpu) {
  __asm__ volatile("dsb ishst" ::: "memory");
  *word(GICD + GICD_SGIR) = (uint32_t)interfaces[cpu] << 16 | intid;
}

static uint32_t gic_v2_acknowledge(void) { return *word(GICC + GICC_IAR); }
static void gic_v2_end(uint32_t iar) { *word(GICC + GICC_EOIR) = iar; }
static uint8_t gic_v2_running_priority(void) { return *word(GICC + GICC_RPR); }

const struct gic gic_v2 = {
  .init_distributor = gic_v2_init_distributor,
  .init_cpu = gic_v2_init_cpu,
  .enable_private = gic_v2_enable_private,
  .enable_shared = gic_v2_enable_shared,
  .send_sgi = gic_v2_send_sgi,
  .acknowledge = gic_v2_acknowledge,
  .end = gic_v2_end,
  .running_priority = gic_v2_running_priority,
};
