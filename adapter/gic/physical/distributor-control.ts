/* GICD_CTLR as Secure software sees it, and all software with one security state: IHI 0069, 12.9.4. */

export const CTLR_ENABLE_G0 = 1 << 0;
export const CTLR_ENABLE_G1NS = 1 << 1;
export const CTLR_ENABLE_G1S = 1 << 2;
export const CTLR_ARE_S = 1 << 4;
export const CTLR_ARE_NS = 1 << 5;
/** One security state. */
export const CTLR_DS = 1 << 6;
