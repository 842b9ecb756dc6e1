import { directionOf } from '../metrics/definition.ts';
import { eventsForSupport, PLANNED_POWER } from '../stats/planning/plan.ts';
import type { Experiment } from './definition/experiment.ts';

/** The answer takes tens of milliseconds and is the same for an experiment's whole life. */
const KNOWN = new WeakMap<Experiment, number>();

/** Goal events, both arms together, after which half of all runs are supported if the treatment changes nothing. */
export function expectedEvents(experiment: Experiment): number {
  const known = KNOWN.get(experiment);
  if (known !== undefined) return known;
  const { goal, slice, alpha } = experiment;
  const { median } = eventsForSupport({
    direction: directionOf(goal.metric),
    marginRatio: goal.marginRatio,
    share: slice.share,
    alpha,
    power: PLANNED_POWER,
    expectedRatio: 1,
  });
  KNOWN.set(experiment, median);
  return median;
}
