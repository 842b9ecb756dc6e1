/** Whether `work` ended within `limitMs`. Late work goes on unattended. Rejects when work fails in time. */
export async function doneWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, Math.max(limitMs, 0), false);
  const done = work.then(() => true);
  // Nobody listens to an error that comes late.
  done.catch(() => undefined);
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
