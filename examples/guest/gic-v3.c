#include "gic.h"

#define GICD 0x08000000ul
#define GICR 0x080a0000ul
#define GICR_STRIDE 0x20000ul
#define SGI_FRAME 0x10000ul

#define GICD_CTLR 0x0000
#define GICD_IGROUPR 0x0080
#define GICD_ISENABLER 0x0100
#define GICD_IPRIORITYR 0x0400
#define GICD_ICFGR 0x0c00
#define GICD_IROUTER 0x6000
#define GICR_WAKER 0x0014

#define CTLR_ENABLE_GRP1 (1u << 1)
#define CTLR_ARE (1u << 4)
#define CTLR_RWP (1u << 31)
#define WAKER_PROCESSOR_SLEEP (1u << 1)
#define WAKER_CHILDREN_ASLEEP (1u << 2)

static volatile uint32_t *word(uint64_t address) { return (volatile uint32_t *)address; }
static volatile uint8_t *byte(uint64_t address) { return (volatile uint8_t *)address; }

#define write_icc(name, value) __asm__ volatile("msr " name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")
#define read_icc(name)                                          \
  ({                                                            \
    uint64_t value_;                                            \
    __asm__ volatile("mrs %0, " name : "=r"(value_)::"memory"); \
    value_;                                                     \
  })

static void gic_v3_init_distributor(void) {
  *word(GICD + GICD_CTLR) = CTLR_ARE;
  *word(GICD + GICD_CTLR) = CTLR_ARE | CTLR_ENABLE_GRP1;
  while (*word(GICD + GICD_CTLR) & CTLR_RWP) {
  }
}

static void gic_v3_init_cpu(unsigned cpu) {
  uint64_t frame = GICR + cpu * GICR_STRIDE;
  *word(frame + GICR_WAKER) &= ~WAKER_PROCESSOR_SLEEP;
  while (*word(frame + GICR_WAKER) & WAKER_CHILDREN_ASLEEP) {
  }
  write_icc("S3_0_C12_C12_5", 7);     // ICC_SRE_EL1: system registers
  write_icc("S3_0_C4_C6_0", 0xf0);    // ICC_PMR_EL1: everything more urgent than 0xf0
  write_icc("S3_0_C12_C12_3", 0);     // ICC_BPR1_EL1: all of a priority decides preemption
  write_icc("S3_0_C12_C12_7", 1);     // ICC_IGRPEN1_EL1
}

static void gic_v3_enable_private(unsigned cpu, unsigned intid, uint8_t priority) {
  uint64_t frame = GICR + cpu * GICR_STRIDE + SGI_FRAME;
  *word(frame + GICD_IGROUPR) |= 1u << intid;
  *byte(frame + GICD_IPRIORITYR + intid) = priority;
  *word(frame + GICD_ISENABLER) = 1u << intid;
}

static void gic_v3_enable_shared(unsigned intid, uint8_t priority, enum trigger trigger, unsigned cpu) {
  uint32_t bit = 1u << (intid % 32);
  uint32_t edge = 2u << (intid % 16 * 2);
  *word(GICD + GICD_IGROUPR + intid / 32 * 4) |= bit;
  *byte(GICD + GICD_IPRIORITYR + intid) = priority;
  volatile uint32_t *config = word(GICD + GICD_ICFGR + intid / 16 * 4);
  *config = trigger == EDGE ? *config | edge : *config & ~edge;
  *(volatile uint64_t *)(GICD + GICD_IROUTER + intid * 8ul) = cpu;
#ifdef FORGET_THE_OFFSET
  // The bug: a device tree counts SPIs from 0, INTIDs from 32. This is the enable bit of INTID 1.
  unsigned spi = intid - 32;
  *word(GICD + GICD_ISENABLER + spi / 32 * 4) = 1u << (spi % 32);
#else
  *word(GICD + GICD_ISENABLER + intid / 32 * 4) = bit;
#endif
}

static void gic_v3_send_sgi(unsigned intid, unsigned cpu) {
  __asm__ volatile("dsb ishst" ::: "memory");
  write_icc("S3_0_C12_C11_5", (uint64_t)intid << 24 | 1u << cpu);  // ICC_SGI1R_EL1
}

static uint32_t gic_v3_acknowledge(void) { return read_icc("S3_0_C12_C12_0"); }       // ICC_IAR1_EL1
static void gic_v3_end(uint32_t iar) { write_icc("S3_0_C12_C12_1", iar); }            // ICC_EOIR1_EL1
static uint8_t gic_v3_running_priority(void) { return read_icc("S3_0_C12_C11_3"); }   // ICC_RPR_EL1

const struct gic gic_v3 = {
  .init_distributor = gic_v3_init_distributor,
  .init_cpu = gic_v3_init_cpu,
  .enable_private = gic_v3_enable_private,
  .enable_shared = gic_v3_enable_shared,
  .send_sgi = gic_v3_send_sgi,
  .acknowledge = gic_v3_acknowledge,
  .end = gic_v3_end,
  .running_priority = gic_v3_running_priority,
};
