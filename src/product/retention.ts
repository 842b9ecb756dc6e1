import { type Activity, activeIn, firstActive, mondayOf } from './activity.ts';
import type { RetentionView } from './schema.ts';

/** A `first` cohort is the people first active in the week; a `recurring` cohort is everybody active in it. */
export type CohortKind = RetentionView['kind'];

/**
 * The retention triangle of the last `weeks` weekly cohorts, oldest first: how many people of each cohort were active k
 * weeks later. The averaged curve includes only cohorts whose week k has ended.
 */
export function retention(
  people: readonly Activity[],
  weeks: number,
  kind: CohortKind,
  event: string | null,
  today: string,
): RetentionView {
  const cohorts = Array.from({ length: weeks }, (_, index) =>
    cohort(people, weeks - 1 - index, weeks, kind, today),
  );
  return { event, kind, cohorts, curve: curve(cohorts, weeks) };
}

function cohort(
  people: readonly Activity[],
  weeksAgo: number,
  weeks: number,
  kind: CohortKind,
  today: string,
) {
  const members = people.filter((person) =>
    kind === 'first' ? firstActive(person) === weeksAgo : activeIn(person, weeksAgo),
  );
  const sum = (of: readonly Activity[]) => of.reduce((total, person) => total + person.people, 0);
  const retained = Array.from({ length: weeks }, (_, later) =>
    later > weeksAgo ? null : sum(members.filter((person) => activeIn(person, weeksAgo - later))),
  );
  return { week: mondayOf(today, weeksAgo), people: sum(members), retained, settlingIndex: weeksAgo };
}

function curve(cohorts: RetentionView['cohorts'], weeks: number): (number | null)[] {
  return Array.from({ length: weeks }, (_, later) => {
    const eligible = cohorts.filter(({ settlingIndex }) => later < (settlingIndex as number));
    const people = eligible.reduce((total, { people }) => total + people, 0);
    const retained = eligible.reduce((total, { retained }) => total + (retained[later] as number), 0);
    return people === 0 ? null : retained / people;
  });
}
