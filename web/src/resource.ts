import { useCallback, useEffect, useState } from 'react';
import { type Answer, type ApiError, asApiError, call, type Input, type ReadName } from './api.ts';
import { loadRun, useLive } from './live.ts';

export interface Resource<Data> {
  data: Data | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload(): void;
}

/** The last results by operation and input. A revisited page shows them immediately while it fetches again. */
const answers = new Map<string, unknown>();

/** Clears the cache. Call it when a session ends, because the next one may have fewer permissions. */
export function forgetAnswers(): void {
  answers.clear();
}

interface Fetched {
  key: string;
  data?: unknown;
  error?: ApiError;
}

/**
 * The result of a reading operation. Fetched again after a reconnection, and every `everyMs` while the page is visible.
 * The old result stays until the new one arrives.
 */
export function useResource<Name extends ReadName>(
  name: Name,
  input: Input<Name>,
  everyMs?: number,
): Resource<Answer<Name>> {
  const key = JSON.stringify([name, input]);
  const generation = useLive((live) => live.generation);
  const [attempt, setAttempt] = useState(0);
  const [fetched, setFetched] = useState<Fetched>({ key });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for name and input; generation and attempt trigger a new fetch
  useEffect(() => {
    const controller = new AbortController();
    const load = async () => {
      try {
        const data = await call(name, input, controller.signal);
        answers.set(key, data);
        setFetched({ key, data });
      } catch (error) {
        if (!controller.signal.aborted) setFetched({ key, error: asApiError(error) });
      }
    };
    void load();
    const timer =
      everyMs === undefined ? undefined : setInterval(() => document.hidden || void load(), everyMs);
    return () => {
      controller.abort();
      clearInterval(timer);
    };
  }, [key, everyMs, generation, attempt]);

  const current = fetched.key === key ? fetched : { key };
  const data = (current.data ?? answers.get(key)) as Answer<Name> | undefined;
  const reload = useCallback(() => {
    setFetched({ key });
    setAttempt((count) => count + 1);
  }, [key]);
  const error = current.error;
  return { data, error, loading: data === undefined && error === undefined, reload };
}

/** How often a running experiment is fetched again, for what the stream lacks (the count of injections). */
const RUN_REFRESH_MS = 2_000;

/** One run, kept up to date by the stream and, while it is running, by fetching it again. */
export function useRun(runId: string) {
  const run = useLive((live) => live.runs.get(runId));
  const generation = useLive((live) => live.generation);
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState<ApiError | undefined>();
  const status = run?.status;

  // biome-ignore lint/correctness/useExhaustiveDependencies: generation, attempt and status trigger a new fetch
  useEffect(() => {
    const controller = new AbortController();
    const load = () =>
      loadRun(runId, controller.signal).then(
        () => setError(undefined),
        (reason) => controller.signal.aborted || setError(asApiError(reason)),
      );
    void load();
    const timer =
      status === 'ended' ? undefined : setInterval(() => document.hidden || void load(), RUN_REFRESH_MS);
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
