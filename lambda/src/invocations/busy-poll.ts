import { availableParallelism } from 'node:os';
import { systemClock } from '../clock.ts';
import type { Clock } from '../ports.ts';

/** Where sleeping and being woken costs most, on virtual machines, an exchange with a process takes half of it. */
const WINDOW_MS = 0.25;
/** While as much runs elsewhere as there are processors: who needs one for long makes the next arrival late. */
const CROWDED_WINDOW_MS = 0.1;
/** An arrival that was near counts one, up to so many; */
const MOST = 32;
/** one that was late takes away so many; */
const LATE = 8;
/** and with so many it is worth looking. */
const WORTH = 16;

/**
 * Keeps the event loop from going to sleep between arrivals that come so soon after one another that sleeping and being
 * woken would take longer than the wait, as the haltpoll governor of Linux does for virtual processors. It stops when an
 * arrival is late, and where more than one in nine is it costs nothing. It looks for a shorter time while as much runs
 * elsewhere as there are processors, and never where there is only one: it would keep from running who is waited for.
 */
export class BusyPoll {
  #processors: number;
  #running = 0;
  #clock: Pick<Clock, 'monotonic'>;
  #at = Number.NEGATIVE_INFINITY;
  #credit = 0;
  #polling = false;

  constructor(processors = availableParallelism(), clock: Pick<Clock, 'monotonic'> = systemClock) {
    this.#processors = processors;
    this.#clock = clock;
  }

  get polling(): boolean {
    return this.#polling;
  }

  /** Something runs in another process from now on, until as many `ended`. */
  began(): void {
    this.#running++;
  }

  ended(): void {
    this.#running--;
  }

  /** Something has come that will be answered at once, and may have a successor soon. */
  arrived(): void {
    if (this.#processors < 2) return;
    const now = this.#clock.monotonic();
    const isNear = now - this.#at <= WINDOW_MS;
    this.#credit = isNear ? Math.min(this.#credit + 1, MOST) : Math.max(this.#credit - LATE, 0);
    this.#at = now;
    if (this.#polling || this.#credit < WORTH) return;
    this.#polling = true;
    setImmediate(this.#turn);
  }

  #turn = (): void => {
    const windowMs = this.#running < this.#processors ? WINDOW_MS : CROWDED_WINDOW_MS;
    if (this.#clock.monotonic() - this.#at > windowMs) this.#polling = false;
    else setImmediate(this.#turn);
  };
}

/** Of this process' event loop. */
export const busyPoll = new BusyPoll();
