import { conversion } from './kinds/conversion.ts';
import { errorRate } from './kinds/error-rate.ts';
import { type Metric, type MetricKind, SETTLE_MS } from './metric.ts';

/** Every kind of metric that an experiment may name. A new kind is added here and nowhere else. */
export const METRIC_KINDS: MetricKind[] = [conversion, errorRate];

/** The kind of a metric. */
export function metricKind({ kind: key }: Metric): MetricKind {
  const kind = METRIC_KINDS.find((known) => known.key === key);
  if (!kind) throw new Error(`there is no metric kind "${key}"`);
  return kind;
}

/**
 * The age at which a unit's exposure can be judged, milliseconds: when its window is over and records have travelled.
 * Undefined when an event counts at once.
 */
export function judgedAfterMs(metric: Metric): number | undefined {
  const windowMs = metricKind(metric).windowMs(metric);
  return windowMs === undefined ? undefined : windowMs + SETTLE_MS;
}
