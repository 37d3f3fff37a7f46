import { Controller } from '../../gic/controller.ts';
import { GicState } from '../../gic/state/state.ts';

/** The states that views compare with: as it was when the guest last went on, and as it is after reset. */
export class References {
  readonly previous: GicState;
  readonly reset: GicState;
  readonly #now: GicState;
  readonly #departure: GicState;

  constructor(controller: Controller) {
    this.#now = controller.state;
    this.previous = new GicState(controller.config, controller.profile);
    this.#departure = new GicState(controller.config, controller.profile);
    // A controller of its own, so that whatever a profile does at reset is in it.
    this.reset = new Controller(controller.config, controller.profile).state;
    this.previous.copyFrom(this.#now);
  }

  /** Called as the guest goes on: edits made until now belong to the stop it leaves. */
  depart(): void {
    this.#departure.copyFrom(this.#now);
  }

  /** Called as it stops somewhere else: the stop it left is now the previous one. */
  arrive(): void {
    this.previous.copyFrom(this.#departure);
  }
}
