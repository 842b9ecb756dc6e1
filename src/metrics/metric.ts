/**
 * What an experiment can measure. A metric is plain data: the key of its kind and what the experiment file said. A kind is
 * one object that knows all about its metrics, from reading the file to weighing the evidence; `kinds.ts` lists them.
 * Nothing else compares keys, so adding a kind touches its own file and that list.
 */
import type { Fields } from '../lib/yaml-file.ts';
import type { StageTotals } from './arms.ts';
import type { Asked, Evidence } from './evidence.ts';
import type { Direction, ScaleName } from './scale.ts';
import type { RecentSql, UnitScope, UnitSql } from './unit-sql.ts';

/** A metric as an experiment carries it and the state engine stores it. Each kind extends it with its own parameters. */
export interface Metric {
  /** The key of its kind. */
  readonly kind: string;
}

/** What units did in the last minutes, for a plan. */
export interface Recent {
  /** Units that count towards a verdict. */
  units: number;
  /** Of them per second; null without any. */
  perSecond: number | null;
  /** Mean and standard deviation of their values; null where there are too few. */
  mean: number | null;
  deviation: number | null;
}

export interface MetricKind<Measured extends Metric = Metric> {
  /** What stands after `metric:` in an experiment file. */
  readonly key: Measured['kind'];
  /** What it measures, in one line. */
  readonly summary: string;
  /** The keys that may stand beside `metric` in an experiment file. */
  readonly fields: readonly string[];
  /** What an effect on it is measured on, and its margin with it. */
  readonly scale: ScaleName;
  /** What a plan counts on the way to a verdict, in the plural: "events". */
  readonly counted: string;
  /** Reads the parameters. A kind with a window reads it from the field `within`. Throws through the fields. */
  read(fields: Fields): Measured;
  /** One line for people. */
  describe(metric: Measured): string;
  /** A short name that tells two metrics of one experiment apart. */
  label(metric: Measured): string;
  /** Which way is better. */
  direction(metric: Measured): Direction;
  /**
   * How long a unit is observed after its exposure, milliseconds; it is judged when that is over, so that both arms have
   * had the same time. Undefined when an event counts at once, because safety must not wait.
   */
  windowMs(metric: Measured): number | undefined;
  /** The function whose invocations count; undefined when those of any do. */
  functionOf(metric: Measured): string | undefined;
  /** What a unit has when it counts, for sentences: "the event of conversion". */
  occurrence(metric: Measured): string;
  /** What it adds to the query of a look. */
  compile(metric: Measured, scope: UnitScope): UnitSql;
  /** The evidence in the totals of `compile`, stage by stage. An arm without units has no totals: an empty list. */
  weigh(metric: Measured, stages: readonly StageTotals[], asked: Asked): Evidence;
  /** The query for what units of a function did lately. */
  recent(metric: Measured): RecentSql;
  /**
   * How many of what is counted, both arms together, half of all runs need until they are supported, if the treatment
   * changes nothing. Null when nobody can tell.
   */
  needed(metric: Measured, asked: Asked & { share: number }, recent: Recent | undefined): number | null;
}

/** Records travel: an invocation or event counts as known this long after it happened, milliseconds. */
export const SETTLE_MS = 2_000;
