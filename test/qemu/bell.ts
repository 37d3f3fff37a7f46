const PATIENCE_MS = 60_000;

/** QEMU ended by itself, or no longer answers: some operations have that effect. */
export class QemuEnded extends Error {
  override readonly name = 'QemuEnded';
}

/** What the guest rings when it has done what it was told; perhaps before anyone listens. */
export class Bell {
  #rung = 0;
  #broken: Error | null = null;
  #listener: { heard: () => void; failed: (error: Error) => void } | null = null;

  ring(times: number): void {
    this.#rung += times;
    this.#settle();
  }

  break(error: Error): void {
    this.#broken ??= error;
    this.#settle();
  }

  heard(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.break(new QemuEnded(`the guest did not answer in ${PATIENCE_MS} ms`)),
        PATIENCE_MS,
      );
      this.#listener = {
        heard: () => {
          clearTimeout(timer);
          resolve();
        },
        failed: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#settle();
    });
  }

  #settle(): void {
    const listener = this.#listener;
    if (listener === null) return;
    if (this.#broken !== null) {
      this.#listener = null;
      listener.failed(this.#broken);
    } else if (this.#rung > 0) {
      this.#rung--;
      this.#listener = null;
      listener.heard();
    }
  }
}
