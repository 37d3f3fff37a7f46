/*
 * A guest has one owner at a time who lets it run: its own session, or GDB. While the session runs it, GDB may only look;
 * while GDB runs it, `running` of the server says so, and the session is to wait for `stopped`.
 */

/** What whoever owns the guest wants to say in what GDB does with it, and hear of it. */
export interface GuestSharing {
  /** Why GDB may neither run nor change the guest now; null: it may. */
  readonly busy?: () => string | null;
  /** GDB has changed the guest, or let it run and stopped it. */
  readonly changed?: () => void;
  /** The guest powered itself off while GDB ran it, or after it was detached. */
  readonly exited?: (code: number) => void;
  /** GDB's user wants the guest gone. */
  readonly killed?: () => void;
  /** A packet met a fault of ours. */
  readonly defect?: (error: unknown) => void;
}
