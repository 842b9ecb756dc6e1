const BUCKETS = 10;

/** Counts per second over the last ten whole and the current second. */
export class Rate {
  #now: { monotonic(): number };
  #buckets = new Map<number, number>();

  constructor(clock: { monotonic(): number }) {
    this.#now = clock;
  }

  add(count: number): void {
    const second = Math.floor(this.#now.monotonic() / 1000);
    this.#buckets.set(second, (this.#buckets.get(second) ?? 0) + count);
    for (const old of this.#buckets.keys()) if (old <= second - BUCKETS) this.#buckets.delete(old);
  }

  perSecond(): number {
    const since = Math.floor(this.#now.monotonic() / 1000) - BUCKETS;
    let sum = 0;
    for (const [second, count] of this.#buckets) if (second > since) sum += count;
    return sum / BUCKETS;
  }
}
