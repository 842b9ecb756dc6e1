import { durationText } from '../lib/duration.ts';

/** A metric with what it was asked for: a count of units that had an event, per arm. */
export type Metric =
  | {
      name: 'conversion';
      /** The product event that has to follow a unit's first exposure. */
      event: string;
      withinMs: number;
    }
  | {
      name: 'error-rate';
      /** The function whose invocations count; any function without it. */
      function?: string;
    };

export type MetricName = Metric['name'];

/** Records travel: an invocation or event counts as known this long after it happened, milliseconds. */
export const SETTLE_MS = 2_000;

/** Which way is better. */
export function directionOf(metric: Metric): 'up' | 'down' {
  return metric.name === 'conversion' ? 'up' : 'down';
}

/**
 * The age at which a unit's exposure can be judged, milliseconds: after the window, when both arms have had the same
 * time. Undefined when an event counts at once, because safety must not wait.
 */
export function judgedAfterMs(metric: Metric): number | undefined {
  return metric.name === 'conversion' ? metric.withinMs + SETTLE_MS : undefined;
}

/** One line for people. */
export function describeMetric(metric: Metric): string {
  if (metric.name === 'conversion') {
    return `units with "${metric.event}" within ${durationText(metric.withinMs)} of their first exposure`;
  }
  return metric.function === undefined
    ? 'units with a failed invocation after their first exposure'
    : `units with a failed invocation of ${metric.function} after their first exposure`;
}

/** A short name that tells two metrics of one experiment apart. */
export function labelOf(metric: Metric): string {
  return metric.name === 'error-rate' && metric.function !== undefined
    ? `error-rate ${metric.function}`
    : metric.name;
}
