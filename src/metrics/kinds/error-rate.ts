import { source } from '../../signals/source.ts';
import { traces } from '../../signals/traces/table.ts';
import { countsNeeded, countTotals, weighCounted } from '../counts.ts';
import { functionField } from '../function-field.ts';
import type { Metric, MetricKind } from '../metric.ts';

export interface ErrorRate extends Metric {
  readonly kind: 'error-rate';
  /** The function whose invocations count; any function without it. */
  readonly function?: string;
}

/** A failed call is a span too (kind Client); an invocation is of one of these kinds. */
const FAILED = "IsError AND SpanKind IN ('Server', 'Consumer')";
const ENDED = 'Timestamp + toIntervalNanosecond(Duration)';

const label = (metric: ErrorRate) =>
  metric.function === undefined ? 'error-rate' : `error-rate ${metric.function}`;

/**
 * An invocation counts if it ended after the exposure, because the caller of the treated function started before it. A
 * unit fails at most once, which keeps events independent when clients retry.
 */
export const errorRate: MetricKind<ErrorRate> = {
  key: 'error-rate',
  summary: 'units with a failed invocation after their first exposure',
  fields: ['function'],
  scale: 'ratio',
  counted: 'events',
  read(fields) {
    const field = fields.get('function');
    return { kind: 'error-rate', ...(field === undefined ? {} : { function: functionField(field) }) };
  },
  describe: (metric) =>
    metric.function === undefined
      ? 'units with a failed invocation after their first exposure'
      : `units with a failed invocation of ${metric.function} after their first exposure`,
  label,
  direction: () => 'down',
  windowMs: () => undefined,
  functionOf: (metric) => metric.function,
  occurrence: (metric) => `the event of ${label(metric)}`,
  compile(metric, { n, judged }) {
    const where = metric.function === undefined ? '' : ` AND FaasName = {function${n}:String}`;
    return {
      spans: { columns: [`maxIf(${ENDED}, ${FAILED}${where}) AS failed${n}`], where: FAILED },
      totals: countTotals(judged, `failed${n} >= exposed`),
      parameters: metric.function === undefined ? {} : { [`function${n}`]: metric.function },
    };
  },
  weigh: (_, stages, asked) => weighCounted(stages, asked, 'down'),
  recent: () => ({
    sql: ({
      units,
      environment,
    }) => `SELECT Unit AS unit, min(Timestamp) AS first, 1 AS value FROM ${source(traces, environment)}
      WHERE Timestamp >= now() - {seconds:UInt32} AND IsError AND Unit IN (${units}) GROUP BY Unit`,
    parameters: {},
  }),
  needed: (_, asked) => countsNeeded({ ...asked, direction: 'down' }),
};
