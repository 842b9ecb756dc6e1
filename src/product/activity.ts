/**
 * Which weeks a person was active in, as bits: bit k is set when they were active k weeks ago (bit 0 is the current
 * week, Monday to Sunday, UTC). People with the same pattern are counted together, so that one scan of the events
 * yields growth, churn and retention. Bit 63 stands for all weeks 63 or more weeks ago.
 */
export interface Activity {
  weeks: bigint;
  people: number;
}

export const WEEKS_KEPT = 64;

export function activeIn({ weeks }: Activity, weeksAgo: number): boolean {
  return weeksAgo >= 0 && ((weeks >> BigInt(weeksAgo)) & 1n) === 1n;
}

/** How many weeks ago the person was first active: the highest bit. */
export function firstActive({ weeks }: Activity): number {
  return weeks.toString(2).length - 1;
}

/** The Monday of the week `weeksAgo` weeks before the week of `today` (both `YYYY-MM-DD`). */
export function mondayOf(today: string, weeksAgo: number): string {
  const date = new Date(`${today}T00:00:00Z`);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  date.setUTCDate(date.getUTCDate() - sinceMonday - 7 * weeksAgo);
  return date.toISOString().slice(0, 10);
}
