/**
 * What was seen of the target since the model was loaded: what may be compared depends on it. Nothing is guessed: what
 * was not seen may have happened.
 */
export class Sight {
  #unwatched: string | null = null;
  #interface = true;
  #still = true;

  /** Why accesses to the frames may have been made unseen; null: all were seen. */
  get unwatched(): string | null {
    return this.#unwatched;
  }

  /** All accesses to CPU interfaces were seen, those by system registers too: no interrupt was taken or ended unseen. */
  get interface(): boolean {
    return this.#interface && this.#unwatched === null;
  }

  /** Nothing ran but instructions that were stepped, one at a time: devices had hardly time to do anything. */
  get still(): boolean {
    return this.#still && this.#unwatched === null;
  }

  /** The model was loaded. */
  begin(): void {
    this.#unwatched = null;
    this.#interface = true;
    this.#still = true;
  }

  /** CPUs ran, watched, from one access to the next. */
  ran(): void {
    this.#still = false;
  }

  /** CPU interfaces may have been used by system registers, or through virtual interrupts. */
  missedInterface(): void {
    this.#interface = false;
  }

  /** Accesses to frames may have been missed. @param why the first reason counts */
  missed(why: string): void {
    this.#unwatched ??= why;
  }
}
