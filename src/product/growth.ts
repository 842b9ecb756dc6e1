import { type Activity, activeIn, firstActive, mondayOf } from './activity.ts';
import type { GrowthView } from './schema.ts';

/**
 * Growth accounting of the last `weeks` weeks, oldest first. In each week
 * active = new + returning + resurrecting, and active(w) - active(w-1) = new + resurrecting - dormant.
 * A person is new in the first week they were ever active, not in the first week on the chart.
 */
export function growth(people: readonly Activity[], weeks: number, today: string): GrowthView {
  const rows = Array.from({ length: weeks }, (_, index) => week(people, weeks - 1 - index, today));
  return { weeks: rows };
}

function week(people: readonly Activity[], weeksAgo: number, today: string): GrowthView['weeks'][number] {
  const counts = { new: 0, returning: 0, resurrecting: 0, dormant: 0, before: 0 };
  for (const person of people) {
    const before = activeIn(person, weeksAgo + 1);
    if (before) counts.before += person.people;
    if (!activeIn(person, weeksAgo)) counts.dormant += before ? person.people : 0;
    else if (before) counts.returning += person.people;
    else if (firstActive(person) === weeksAgo) counts.new += person.people;
    else counts.resurrecting += person.people;
  }
  return {
    week: mondayOf(today, weeksAgo),
    active: counts.new + counts.returning + counts.resurrecting,
    new: counts.new,
    returning: counts.returning,
    resurrecting: counts.resurrecting,
    dormant: counts.dormant,
    churn: counts.before === 0 ? null : counts.dormant / counts.before,
    settling: weeksAgo === 0,
  };
}
