import type { LiveSource } from './stream.ts';

const OVERVIEW_MS = 2_000;

export interface LiveOptions {
  /** Run events of the experiment worker, passed through as they come. */
  runs: { subscribe(listener: (event: unknown) => void): () => void };
  overview(): Promise<unknown>;
}

/**
 * The dashboards' live stream: `run` messages as they happen, and an `overview` every 2 s that is computed once for
 * all readers and only while there are any.
 */
export class Live implements LiveSource {
  #options: LiveOptions;
  #listeners = new Set<(event: string, data: unknown) => void>();
  #timer: NodeJS.Timeout | undefined;
  #stopRuns: () => void;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#stopRuns = options.runs.subscribe((event) => this.#send('run', event));
  }

  subscribe(listener: (event: string, data: unknown) => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setTimeout(() => this.#tick(), 0);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#stopRuns();
    this.#listeners.clear();
    clearTimeout(this.#timer);
  }

  async #tick(): Promise<void> {
    // A dashboard that gets no overview keeps the last one; what is wrong shows in the health it asks for itself.
    const overview = await this.#options.overview().catch(() => undefined);
    if (overview !== undefined) this.#send('overview', overview);
    this.#timer = this.#listeners.size > 0 ? setTimeout(() => this.#tick(), OVERVIEW_MS) : undefined;
  }

  #send(event: string, data: unknown): void {
    for (const listener of this.#listeners) listener(event, data);
  }
}
