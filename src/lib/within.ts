/** The result of `work`. Throws after `limitMs`; `work` is not cancelled then. */
export async function within<Result>(limitMs: number, what: string, work: Promise<Result>): Promise<Result> {
  if (await doneWithin(limitMs, work)) return await work;
  throw new Error(`${what} took longer than ${limitMs} ms`);
}

/** Whether `work` finished within `limitMs`; late work is not cancelled. Rejects if `work` rejects in time. */
export async function doneWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, Math.max(limitMs, 0), false);
  });
  const done = work.then(() => true);
  // Nothing awaits a late rejection.
  done.catch(() => undefined);
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
