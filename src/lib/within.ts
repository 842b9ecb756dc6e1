/** The result of `work`, or an error after `limitMs`; work that is late is left to itself. */
export async function within<Result>(limitMs: number, what: string, work: Promise<Result>): Promise<Result> {
  if (await doneWithin(limitMs, work)) return await work;
  throw new Error(`${what} took longer than ${limitMs} ms`);
}

/** Whether `work` was done within `limitMs`; work that is late is left to itself. Rejects as work does that fails before. */
export async function doneWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, Math.max(limitMs, 0), false);
  });
  const done = work.then(() => true);
  // Nobody is there any more for an error that is late.
  done.catch(() => undefined);
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
