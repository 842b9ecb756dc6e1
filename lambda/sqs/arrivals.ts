/**
 * Tells those who wait for a queue that it has something new, so that nobody has to ask the database again and again.
 * Within this process only: it is the one that writes.
 */
export class Arrivals {
  #watches = new Map<string, Set<Watch>>();
  #closed = false;

  /** Whether nobody is to wait any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Begun before one looks into the queue, a watch misses nothing. It must be closed. */
  watch(queue: string): Watch {
    const watches = this.#watches.get(queue) ?? new Set();
    this.#watches.set(queue, watches);
    const watch: Watch = new Watch(() => {
      watches.delete(watch);
      if (watches.size === 0) this.#watches.delete(queue);
    });
    watches.add(watch);
    if (this.#closed) watch.wake();
    return watch;
  }

  announce(queue: string): void {
    for (const watch of this.#watches.get(queue) ?? []) watch.wake();
  }

  /** Ends all waiting. */
  close(): void {
    this.#closed = true;
    for (const queue of this.#watches.keys()) this.announce(queue);
  }
}

export class Watch {
  #forget: () => void;
  #awake = false;
  #waiting: (() => void) | undefined;

  constructor(forget: () => void) {
    this.#forget = forget;
  }

  /** Resolves when something arrived since the last call, after `ms` milliseconds, or when the signal is aborted. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#awake && !signal.aborted) await this.#wait(ms, signal);
    this.#awake = false;
  }

  wake(): void {
    this.#awake = true;
    this.#waiting?.();
  }

  close(): void {
    this.#forget();
    this.wake();
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#waiting = done;
    });
  }
}
