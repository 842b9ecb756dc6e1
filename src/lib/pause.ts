import type { Clock } from './clock.ts';

/** Interruptible wait; one at a time. */
export class Pause {
  #clock: Pick<Clock, 'monotonic'>;
  #resting: { soonest: number; timer: NodeJS.Timeout; done: () => void } | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Waits until `latest`; after `wake`, only until `soonest`. Both are monotonic milliseconds. */
  until(latest: number, soonest = latest): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(this.#resting?.timer);
        this.#resting = undefined;
        resolve();
      };
      this.#resting = { soonest, timer: this.#timer(latest, done), done };
    });
  }

  /** Shortens the current wait to its `soonest`. */
  wake(): void {
    const resting = this.#resting;
    if (!resting) return;
    clearTimeout(resting.timer);
    resting.timer = this.#timer(resting.soonest, resting.done);
  }

  /** Ends the current wait now. */
  end(): void {
    this.#resting?.done();
  }

  #timer(at: number, done: () => void): NodeJS.Timeout {
    return setTimeout(done, Math.max(0, at - this.#clock.monotonic()));
  }
}
