import { useCallback, useEffect, useState } from 'react';
import { type Answer, type ApiError, asApiError, call, type Input, type ReadName } from './api.ts';
import { loadRun, useLive } from './live.ts';

export interface Resource<Data> {
  data: Data | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload(): void;
}

/** Last answers by operation and input: a page that is visited again shows them at once, while it asks again. */
const answers = new Map<string, unknown>();

/** Call when a session ends: the next one may have fewer permissions. */
export function forgetAnswers(): void {
  answers.clear();
}

interface Fetched {
  key: string;
  data?: unknown;
  error?: ApiError;
}

/**
 * The answer of an operation that reads, asked again after a reconnection and, with `everyMs`, periodically while the page is visible.
 * While a new answer is on its way the old one stays.
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for name and input; generation and attempt are reasons to ask again
  useEffect(() => {
    const controller = new AbortController();
    const ask = async () => {
      try {
        const data = await call(name, input, controller.signal);
        answers.set(key, data);
        setFetched({ key, data });
      } catch (error) {
        if (!controller.signal.aborted) setFetched({ key, error: asApiError(error) });
      }
    };
    void ask();
    const timer =
      everyMs === undefined ? undefined : setInterval(() => document.hidden || void ask(), everyMs);
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
