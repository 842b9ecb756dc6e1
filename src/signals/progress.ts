/** Counts records from their acceptance to their arrival in the events engine. Arrivals come in the order of acceptance. */
export class Progress {
  #accepted: number;
  #arrived = 0;
  #waiting: { until: number; resolve: () => void }[] = [];

  /** `accepted`: records that a previous process accepted. */
  constructor(accepted: number) {
    this.#accepted = accepted;
  }

  accept(records: number): void {
    this.#accepted += records;
  }

  arrive(records: number): void {
    this.#arrived += records;
    this.#waiting = this.#waiting.filter(({ until, resolve }) => {
      if (until <= this.#arrived) resolve();
      return until > this.#arrived;
    });
  }

  /** Records that are accepted and have not arrived. */
  get waiting(): number {
    return this.#accepted - this.#arrived;
  }

  /** Resolves when everything accepted so far has arrived. */
  settled(): Promise<void> {
    const until = this.#accepted;
    if (this.#arrived >= until) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ until, resolve }));
  }
}
