import type { Clock } from './clock.ts';

/** Interruptible waits, one at a time. */
export class Pause {
  #clock: Pick<Clock, 'monotonic'>;
  #current: { soonest: number; timer: NodeJS.Timeout; done: () => void } | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Waits until `latest`, or, once woken, until `soonest`; both are monotonic milliseconds. */
  until(latest: number, soonest = latest): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(this.#current?.timer);
        this.#current = undefined;
        resolve();
      };
      this.#current = { soonest, timer: this.#timer(latest, done), done };
    });
  }

  /** Makes the current wait, if any, end at `soonest`. */
  wake(): void {
    const current = this.#current;
    if (!current) return;
    clearTimeout(current.timer);
    current.timer = this.#timer(current.soonest, current.done);
  }

  /** Ends the current wait, if any, now. */
  end(): void {
    this.#current?.done();
  }

  #timer(at: number, done: () => void): NodeJS.Timeout {
    return setTimeout(done, Math.max(0, Math.ceil(at - this.#clock.monotonic())));
  }
}
