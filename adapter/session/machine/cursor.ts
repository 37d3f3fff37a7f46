/** The vCPU that a session speaks of: the one that stopped, or the one a step moves. */
export interface Cursor {
  vcpu: number;
}
