import type { z } from 'zod';
import { type LiveListener, type LiveMessages, liveMessages } from './messages.ts';
import type { LiveSource } from './stream.ts';

const OVERVIEW_MS = 2_000;

export interface LiveOptions {
  /** Messages of the experiment worker, passed through as they come. */
  runs: { subscribe(listener: (message: LiveMessages['run']) => void): () => void };
  overview(): Promise<LiveMessages['overview']>;
}

/**
 * The dashboards' live stream: `run` messages as they happen, and an `overview` every 2 s that is computed once for
 * all readers and only while there are any. Each message goes through its schema.
 */
export class Live implements LiveSource {
  #options: LiveOptions;
  #listeners = new Set<LiveListener>();
  #timer: NodeJS.Timeout | undefined;
  #stopRuns: () => void;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#stopRuns = options.runs.subscribe((message) => this.#send('run', message));
  }

  subscribe(listener: LiveListener): () => void {
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
    const sent = this.#options.overview().then((overview) => this.#send('overview', overview));
    await sent.catch(() => undefined);
    this.#timer = this.#listeners.size > 0 ? setTimeout(() => this.#tick(), OVERVIEW_MS) : undefined;
  }

  #send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void {
    if (this.#listeners.size === 0) return;
    const schema: z.ZodType = liveMessages[name];
    const sent = schema.parse(message) as LiveMessages[Name];
    for (const listener of this.#listeners) listener(name, sent);
  }
}
