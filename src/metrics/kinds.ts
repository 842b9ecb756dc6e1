import { conversion } from './kinds/conversion.ts';
import { errorRate } from './kinds/error-rate.ts';
import { type Metric, type MetricKind, SETTLE_MS } from './metric.ts';

/** All metric kinds. Add a new kind here and nowhere else. */
export const METRIC_KINDS: MetricKind[] = [conversion, errorRate];

/** The kind of a metric. Throws on an unknown key. */
export function metricKind({ kind: key }: Metric): MetricKind {
  const kind = METRIC_KINDS.find((known) => known.key === key);
  if (!kind) throw new Error(`there is no metric kind "${key}"`);
  return kind;
}

/**
 * Age of an exposure at which its unit is judged, milliseconds: window plus travel time of records. Undefined when events
 * count at once.
 */
export function judgedAfterMs(metric: Metric): number | undefined {
  const windowMs = metricKind(metric).windowMs(metric);
  return windowMs === undefined ? undefined : windowMs + SETTLE_MS;
}
