/**
 * An access of a guest to its interrupt controller: to a frame, or to a system register of the CPU interface. One object
 * is used for all: whoever keeps it copies it.
 */
export class GicAccess {
  vcpu = 0;
  /** Address of the instruction. */
  pc = 0n;
  write = false;
  /** Physical address; -1 for a system register. */
  address = -1;
  /** Encoding of the system register; -1 for a frame. */
  encoding = -1;
  /** Bytes. */
  size = 0;
  /** What is written, or what was read: int32 words. Not known before a read. */
  low = 0;
  high = 0;
}
