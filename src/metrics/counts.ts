/** Shared by kinds that count units with an event: the exact conditional e-process of `stats/counts/`. */
import { countText, percentText } from '../lib/number-text.ts';
import { ratioBounds } from '../stats/counts/counts.ts';
import type { StageCounts } from '../stats/input.ts';
import { memoized } from '../stats/numerics/memo.ts';
import { eventsForSupport, PLANNED_POWER } from '../stats/planning/plan.ts';
import { boundScales, weighCounts } from '../stats/verdict.ts';
import type { StageTotals } from './arms.ts';
import type { ArmEvidence, Asked, Evidence } from './evidence.ts';
import type { Direction } from './scale.ts';

/** Totals of a count: judged units, and judged units with the event. */
export function countTotals(judged: string, happened: string): string {
  return `[countIf(${judged}), countIf(${judged} AND ${happened})]`;
}

/** Evidence in totals of `countTotals`. Throws `StatsInputError` for a margin on the wrong side of 1. */
export function weighCounted(
  stages: readonly StageTotals[],
  { margin: marginRatio, alpha }: Asked,
  direction: Direction,
): Evidence {
  const counts: StageCounts[] = stages.map(({ share, control, treatment }) => ({
    control: control[1] ?? 0,
    treatment: treatment[1] ?? 0,
    share,
  }));
  const claim = { direction, marginRatio };
  const [control, treatment] = [armOf(stages, 'control'), armOf(stages, 'treatment')];
  return {
    claims: weighCounts(counts, claim),
    control,
    treatment,
    text: `${treatment.events} of ${treatment.units} units in treatment, ${control.events} of ${control.units} in control`,
    effect() {
      const { ratio, low, high } = ratioBounds(counts, { alpha, scales: boundScales(claim) });
      return { point: ratio !== null && Number.isFinite(ratio) ? ratio : null, low, high };
    },
    seen: control.events + treatment.events,
    needed: () => countsNeeded({ margin: marginRatio, alpha, direction, share: stages.at(-1)?.share ?? 0.5 }),
    method: 'counts',
    question: { calculation: 'verdict', input: { stages: counts, direction, marginRatio, alpha } },
  };
}

function armOf(stages: readonly StageTotals[], arm: 'control' | 'treatment'): ArmEvidence {
  const sum = (place: number) => stages.reduce((total, stage) => total + (stage[arm][place] ?? 0), 0);
  const [units, events] = [sum(0), sum(1)];
  return {
    units,
    events,
    value: units === 0 ? null : percentText(events / units),
    text: `${countText(events)} of ${countText(units)} units`,
  };
}

const MAX_KEPT = 64;

/** Takes tens of milliseconds, and a run asks repeatedly. */
const medianEvents = memoized(
  (plan: Parameters<typeof eventsForSupport>[0]) => eventsForSupport(plan).median,
  MAX_KEPT,
  JSON.stringify,
);

/** Median events over both arms at which a run is supported when the treatment changes nothing; null if unreachable. */
export function countsNeeded({
  margin: marginRatio,
  alpha,
  direction,
  share,
}: Asked & { direction: Direction; share: number }): number | null {
  const plan = { direction, marginRatio, share, alpha, power: PLANNED_POWER, expectedRatio: 1 };
  const events = medianEvents(plan);
  return Number.isFinite(events) ? events : null;
}
