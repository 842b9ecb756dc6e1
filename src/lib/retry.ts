import { setTimeout as pause } from 'node:timers/promises';

export interface RetryOptions {
  /** The first pause. It doubles after each failure up to `longestMs`; jitter shortens each pause by up to a quarter. */
  firstMs: number;
  longestMs: number;
  /** Stops retrying, also during a pause; the last error is thrown. */
  signal: AbortSignal;
  /** Called after each failure; throw from it to give up. */
  failed(error: unknown, attempt: number): void;
}

/** Repeats `work` until it succeeds, the signal is aborted, or `failed` throws. */
export async function retry<Result>(work: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  for (let attempt = 1, pauseMs = options.firstMs; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      options.failed(error, attempt);
      if (options.signal.aborted) throw error;
      const jitter = 1 - Math.random() / 4;
      await pause(pauseMs * jitter, undefined, { signal: options.signal }).catch(() => undefined);
      if (options.signal.aborted) throw error;
      pauseMs = Math.min(pauseMs * 2, options.longestMs);
    }
  }
}
