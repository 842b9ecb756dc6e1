/** Rows from `from` up to, not including, `to` that were refused, and why. */
export interface RefusedRange {
  from: number;
  to: number;
  reason: string;
}

/**
 * Beyond this many refusals ranges are not halved further. So even a batch full of bad rows costs a bounded time, and
 * fewer tokens than a table remembers (1,000), which is what makes a repetition after a crash land once.
 */
const MOST_REFUSALS = 400;

/**
 * Lands `count` rows but for the bad ones: what is refused is tried again in halves, down to single rows. `attempt`
 * lands a range all or none and says why it is refused, or undefined when it landed; which ranges it is asked for
 * depends on its answers alone. Returns the refused ranges, in order.
 */
export async function isolate(
  count: number,
  attempt: (from: number, to: number) => Promise<string | undefined>,
): Promise<RefusedRange[]> {
  const refused: RefusedRange[] = [];
  const pending: [number, number][] = count > 0 ? [[0, count]] : [];
  let refusals = 0;
  // Broadest first, so that when refusals run out every range left is a small one. Halves join the list being walked.
  for (const [from, to] of pending) {
    const reason = await attempt(from, to);
    if (reason === undefined) continue;
    if (to - from === 1 || ++refusals > MOST_REFUSALS) {
      refused.push({ from, to, reason });
      continue;
    }
    const middle = (from + to) >>> 1;
    pending.push([from, middle], [middle, to]);
  }
  return refused.sort((a, b) => a.from - b.from);
}
