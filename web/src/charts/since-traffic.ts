import type { Overview } from '../../../src/operate/overview/schema.ts';

type Series = Overview['series'];

/** Cuts the series to one step before its first traffic, so that the data of a new system fill the chart. */
export function sinceTraffic(series: Series): Series {
  const first = series.at.findIndex((_, index) => (series.invocations[index] ?? 0) > 0);
  if (first <= 1) return series;
  return {
    at: series.at.slice(first - 1),
    invocations: series.invocations.slice(first - 1),
    errors: series.errors.slice(first - 1),
    p95Ms: series.p95Ms.slice(first - 1),
  };
}
