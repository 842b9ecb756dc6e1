import { useCallback, useEffect, useState } from 'react';
import { type ApiError, asApiError, call } from './api.ts';
import { loadRun, useLive } from './live.ts';

export interface Resource<Data> {
  data: Data | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload(): void;
}

/** Last answers by path: a page that is visited again shows them at once, while it asks again. */
const answers = new Map<string, unknown>();

interface Fetched {
  path: string;
  data?: unknown;
  error?: ApiError;
}

/**
 * The answer of a GET, asked again after a reconnection and, with `everyMs`, periodically while the page is visible.
 * While a new answer is on its way the old one stays.
 */
export function useResource<Data>(path: string, everyMs?: number): Resource<Data> {
  const generation = useLive((live) => live.generation);
  const [attempt, setAttempt] = useState(0);
  const [fetched, setFetched] = useState<Fetched>({ path });

  // biome-ignore lint/correctness/useExhaustiveDependencies: generation and attempt are reasons to ask again
  useEffect(() => {
    const controller = new AbortController();
    const ask = async () => {
      try {
        const data = await call<Data>('GET', path, undefined, controller.signal);
        answers.set(path, data);
        setFetched({ path, data });
      } catch (error) {
        if (!controller.signal.aborted) setFetched({ path, error: asApiError(error) });
      }
    };
    void ask();
    const timer =
      everyMs === undefined ? undefined : setInterval(() => document.hidden || void ask(), everyMs);
    return () => {
      controller.abort();
      clearInterval(timer);
    };
  }, [path, everyMs, generation, attempt]);

  const current = fetched.path === path ? fetched : { path };
  const data = (current.data ?? answers.get(path)) as Data | undefined;
  const reload = useCallback(() => {
    setFetched({ path });
    setAttempt((count) => count + 1);
  }, [path]);
  const error = current.error;
  return { data, error, loading: data === undefined && error === undefined, reload };
}

/** How often a running experiment is fetched anew, for what the stream does not carry (the count of injections). */
const RUN_REFRESH_MS = 2_000;

/** One run: fetched once, then kept up to date by the stream. */
export function useRun(runId: string) {
  const run = useLive((live) => live.runs.get(runId));
  const generation = useLive((live) => live.generation);
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState<ApiError | undefined>();
  const status = run?.status;

  // biome-ignore lint/correctness/useExhaustiveDependencies: generation, attempt and status are reasons to ask again
  useEffect(() => {
    const controller = new AbortController();
    const ask = () =>
      loadRun(runId, controller.signal).then(
        () => setError(undefined),
        (reason) => controller.signal.aborted || setError(asApiError(reason)),
      );
    void ask();
    const timer =
      status === 'ended' ? undefined : setInterval(() => document.hidden || void ask(), RUN_REFRESH_MS);
    return () => {
      controller.abort();
      clearInterval(timer);
    };
  }, [runId, generation, attempt, status]);

  const reload = useCallback(() => {
    setError(undefined);
    setAttempt((count) => count + 1);
  }, []);
  return { run, error, reload };
}
