import { durationText } from '../../lib/duration.ts';
import { productEvents } from '../../signals/product-events/table.ts';
import { source } from '../../signals/source.ts';
import { countsNeeded, countTotals, weighCounted } from '../counts.ts';
import type { Metric, MetricKind } from '../metric.ts';

export interface Conversion extends Metric {
  readonly kind: 'conversion';
  /** The product event that has to follow a unit's first exposure. */
  readonly event: string;
  readonly withinMs: number;
}

const MAX_EVENT_LENGTH = 256;
const MIN_WINDOW_MS = 100;
const MAX_WINDOW_MS = 24 * 3_600_000;

export const conversion: MetricKind<Conversion> = {
  key: 'conversion',
  summary: 'units whose first exposure is followed by a product event within a window',
  fields: ['event', 'within'],
  scale: 'ratio',
  counted: 'events',
  read(fields) {
    const event = fields.need('event', '"Order Completed"').text(MAX_EVENT_LENGTH);
    const withinMs = fields
      .need('within', '20s')
      .durationMs(MIN_WINDOW_MS, MAX_WINDOW_MS, 'from 100ms to 24h');
    return { kind: 'conversion', event, withinMs };
  },
  describe: ({ event, withinMs }) =>
    `units with "${event}" within ${durationText(withinMs)} of their first exposure`,
  label: () => 'conversion',
  direction: () => 'up',
  windowMs: ({ withinMs }) => withinMs,
  functionOf: () => undefined,
  occurrence: () => 'the event of conversion',
  compile: ({ event, withinMs }, { n, judged }) => ({
    productEvents: {
      columns: [`groupArrayIf(ts, event = {event${n}:String}) AS times${n}`],
      where: `event = {event${n}:String}`,
    },
    // Event times are whole milliseconds, rounded down, and spans have finer ones: both are compared as milliseconds.
    totals: countTotals(
      judged,
      `arrayExists(t -> t >= toDateTime64(exposed, 3, 'UTC') AND t <= exposed + toIntervalMillisecond({within${n}:UInt32}), times${n})`,
    ),
    parameters: { [`event${n}`]: event, [`within${n}`]: withinMs },
  }),
  weigh: (_, stages, asked) => weighCounted(stages, asked, 'up'),
  recent: ({ event }) => ({
    sql: ({
      units,
      environment,
    }) => `SELECT unit, min(ts) AS first, 1 AS value FROM ${source(productEvents, environment)}
      WHERE event = {event:String} AND type = 'track' AND day >= toDate(now('UTC') - {seconds:UInt32})
        AND ts >= now() - {seconds:UInt32} AND ts <= now64(3) AND unit IN (${units}) GROUP BY unit`,
    parameters: { event },
  }),
  needed: (_, asked) => countsNeeded({ ...asked, direction: 'up' }),
};
