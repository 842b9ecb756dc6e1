import { availableParallelism } from 'node:os';

/** Where sleeping and being woken costs most, on virtual machines, an exchange with a process takes half of it. */
const WINDOW_MS = 0.3;
/** So many arrivals in a row must have been that near. */
const WORTH = 16;

/**
 * Keeps the event loop from going to sleep between arrivals that come so soon after one another that sleeping and being
 * woken would take longer than the wait, as the haltpoll governor of Linux does for virtual processors. Once an arrival
 * is late it costs nothing any more, until many in a row were near again. Off where there is one processor: there it
 * would keep from running who is waited for.
 */
export class BusyPoll {
  #on: boolean;
  #now: () => number;
  #at = Number.NEGATIVE_INFINITY;
  #near = 0;
  #polling = false;

  constructor(on = availableParallelism() > 1, now = () => performance.now()) {
    this.#on = on;
    this.#now = now;
  }

  get polling(): boolean {
    return this.#polling;
  }

  /** Something has come that will be answered at once, and may have a successor soon. */
  arrived(): void {
    if (!this.#on) return;
    const now = this.#now();
    this.#near = now - this.#at <= WINDOW_MS ? this.#near + 1 : 0;
    this.#at = now;
    if (this.#polling || this.#near < WORTH) return;
    this.#polling = true;
    setImmediate(this.#turn);
  }

  #turn = (): void => {
    if (this.#now() - this.#at > WINDOW_MS) this.#polling = false;
    else setImmediate(this.#turn);
  };
}

/** Of this process' event loop. */
export const busyPoll = new BusyPoll();
