/**
 * What an experiment can measure. A metric is plain data: the key of its kind plus the parameters from the experiment
 * file. A kind is one object with everything specific to its metrics, from reading the file to weighing evidence;
 * `kinds.ts` lists the kinds. No other code compares keys, so adding a kind touches its own file and that list.
 */
import type { Fields } from '../lib/yaml-file.ts';
import type { StageTotals } from './arms.ts';
import type { Asked, Evidence } from './evidence.ts';
import type { Direction, ScaleName } from './scale.ts';
import type { RecentSql, UnitScope, UnitSql } from './unit-sql.ts';

/** A metric as stored in an experiment. Each kind adds its own parameters. */
export interface Metric {
  /** Key of the kind. */
  readonly kind: string;
}

/** Recent activity of units, for a plan. */
export interface Recent {
  /** Units that count towards a verdict. */
  units: number;
  /** Such units per second; null without any. */
  perSecond: number | null;
  /** Mean and sample standard deviation of their values; null for too few. */
  mean: number | null;
  deviation: number | null;
}

export interface MetricKind<Measured extends Metric = Metric> {
  /** The value of `metric:` in an experiment file. */
  readonly key: Measured['kind'];
  /** One line: what it measures. */
  readonly summary: string;
  /** Keys allowed beside `metric` in an experiment file. */
  readonly fields: readonly string[];
  /** Scale of effects and margins. */
  readonly scale: ScaleName;
  /** Plural noun for what a plan counts on the way to a verdict: "events". */
  readonly counted: string;
  /** Reads the parameters. A kind with a window reads it from `within`. Throws through the fields. */
  read(fields: Fields): Measured;
  /** One line for a reader. */
  describe(metric: Measured): string;
  /** Short name, unique among the metrics of one experiment. */
  label(metric: Measured): string;
  /** Which way is better. */
  direction(metric: Measured): Direction;
  /**
   * Observation window after a unit's exposure, milliseconds. The unit is judged when the window is over, so that both
   * arms had the same time. Undefined when events count at once, because safety must not wait.
   */
  windowMs(metric: Measured): number | undefined;
  /** The only function whose invocations count; undefined for all functions. */
  functionOf(metric: Measured): string | undefined;
  /** What a unit has when it counts, for use in a sentence: "the event of conversion". */
  occurrence(metric: Measured): string;
  /** The metric's part of a look's query. */
  compile(metric: Measured, scope: UnitScope): UnitSql;
  /** Evidence in the totals that `compile` selects, per stage. Totals are empty for an arm without units. */
  weigh(metric: Measured, stages: readonly StageTotals[], asked: Asked): Evidence;
  /** Query for the recent activity of a function's units. */
  recent(metric: Measured): RecentSql;
  /**
   * Median count, over both arms, at which a run is supported when the treatment changes nothing, in units of `counted`.
   * Null when it cannot be computed.
   */
  needed(metric: Measured, asked: Asked & { share: number }, recent: Recent | undefined): number | null;
}

/** Travel time of a record: an invocation or event is readable this long after it happened, milliseconds. */
export const SETTLE_MS = 2_000;
