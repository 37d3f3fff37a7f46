import type { RowHandlers } from '../../registers/row.ts';
import { VCPU_AP0R, VCPU_VM_ABPR, VCPU_VM_BPR, VCPU_VM_CTLR, VCPU_VM_PMR } from '../../state/layout.ts';

/** A field of the virtual machine control register of a vCPU, `mask` wide, right-aligned as user space sees it. */
function vmcrField(word: number, mask: number): RowHandlers {
  return {
    read: (state, vcpu) => state.get(state.vcpuWord(vcpu, word)),
    write({ state }, vcpu, _offset, _length, value) {
      state.put(state.vcpuWord(vcpu, word), value & mask);
    },
  };
}

/** EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR (4:0) and EOImode (9). */
export const GICC_CTLR: RowHandlers = vmcrField(VCPU_VM_CTLR, 0x21f);
/** Five bits, as a number: priority bits 7:3 shifted down. */
export const GICC_PMR: RowHandlers = {
  read: (state, vcpu) => state.get(state.vcpuWord(vcpu, VCPU_VM_PMR)) >> 3,
  write({ state }, vcpu, _offset, _length, value) {
    state.put(state.vcpuWord(vcpu, VCPU_VM_PMR), (value & 0x1f) << 3);
  },
};
export const GICC_BPR: RowHandlers = vmcrField(VCPU_VM_BPR, 7);
export const GICC_ABPR: RowHandlers = vmcrField(VCPU_VM_ABPR, 7);

/** Active priorities: GICv2 hardware has one register of them, for both groups. */
export const GICC_APR: RowHandlers = {
  read: (state, vcpu, offset) => (offset < 4 ? state.get(state.vcpuWord(vcpu, VCPU_AP0R)) : 0),
  write({ state }, vcpu, offset, _length, value) {
    if (offset < 4) state.put(state.vcpuWord(vcpu, VCPU_AP0R), value);
  },
};
