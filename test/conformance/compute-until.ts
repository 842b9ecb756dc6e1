import { setTimeout as pause } from 'node:timers/promises';

const LONGEST_WAIT_MS = 30_000;

/** Waits until the condition holds; fails after 30 s with what was awaited. */
export async function until(awaited: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${awaited}: not within ${LONGEST_WAIT_MS} ms`);
    await pause(20);
  }
}
