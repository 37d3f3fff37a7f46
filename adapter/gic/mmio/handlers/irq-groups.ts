import type { RowHandlers, WriteHandler } from '../../registers/row.ts';
import { GLOBAL_V2_GROUPS_WRITABLE } from '../../state/layout.ts';

/** A write is an event for every interrupt of the word, changed or not. */
const putGroups: WriteHandler = (delivery, vcpu, offset, _length, bits) => {
  const { state } = delivery;
  const word = state.planeWord(offset << 3, vcpu);
  state.put(state.at.group + word, bits);
  delivery.queueWord(word, -1);
};

export const IGROUPR: RowHandlers = { read: { words: 'group', bankWords: 1 }, write: putGroups };

/** User space that knows nothing of groups must not restore the ones it once read: it first has to write GICD_IIDR. */
export const IGROUPR_V2: RowHandlers = {
  ...IGROUPR,
  user: {
    write(delivery, vcpu, offset, length, lo, hi) {
      if (delivery.state.get(GLOBAL_V2_GROUPS_WRITABLE) !== 0) putGroups(delivery, vcpu, offset, length, lo, hi);
    },
  },
};
