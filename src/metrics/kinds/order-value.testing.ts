/**
 * A kind of metric that exists in tests alone and counts nothing: what a unit spends after its first exposure, capped, 0
 * without an order. Its effect is the difference of the means of both arms.
 */

import { productEvents } from '../../signals/product-events/table.ts';
import { source } from '../../signals/source.ts';
import { confidenceSequence, estimateOf, PLANNED_N } from '../../stats/means/mean.ts';
import { PLANNED_POWER, valuesForMean } from '../../stats/planning/plan.ts';
import { type ArmMeans, burnedIn, type StageArms, weighMeans } from '../../stats/verdict.ts';
import type { StageTotals } from '../arms.ts';
import type { ArmEvidence, Asked, Evidence } from '../evidence.ts';
import type { Metric, MetricKind } from '../metric.ts';

export interface OrderValue extends Metric {
  readonly kind: 'order-value';
  /** The numeric property of the event "Order Completed". */
  readonly property: string;
  readonly cap: number;
  readonly withinMs: number;
}

const EVENT = "event = 'Order Completed'";
const MAX_WINDOW_MS = 3_600_000;

function armMeans([n = 0, sum = 0, squares = 0, nonZero = 0]: readonly number[]): ArmMeans {
  const mean = n === 0 ? 0 : sum / n;
  const variance = n < 2 ? 0 : Math.max(0, squares - n * mean * mean) / (n - 1);
  return { n, mean, variance, nonZero };
}

function armEvidence(stages: readonly ArmMeans[]): ArmEvidence {
  const units = stages.reduce((sum, { n }) => sum + n, 0);
  const total = stages.reduce((sum, { n, mean }) => sum + n * mean, 0);
  return {
    units,
    events: stages.reduce((sum, { nonZero = 0 }) => sum + nonZero, 0),
    value: units === 0 ? null : `$${(total / units).toFixed(2)}`,
    text: `$${total.toFixed(0)} of ${units} units`,
  };
}

function weigh(totals: readonly StageTotals[], { margin, alpha }: Asked): Evidence {
  const stages: StageArms[] = totals.map(({ control, treatment }) => ({
    control: armMeans(control),
    treatment: armMeans(treatment),
  }));
  const claim = {
    direction: 'up',
    scale: 'difference',
    margin: Math.abs(margin),
    alpha,
    plannedN: PLANNED_N,
  } as const;
  const estimate = estimateOf(stages.filter(burnedIn));
  const bounds = (direction: 'up' | 'down') =>
    confidenceSequence(estimate, { alpha, plannedN: PLANNED_N, sides: 1, direction });
  const control = armEvidence(stages.map((stage) => stage.control));
  const treatment = armEvidence(stages.map((stage) => stage.treatment));
  return {
    claims: weighMeans(stages, claim),
    control,
    treatment,
    text: `${treatment.value} per unit in treatment, ${control.value} in control`,
    effect: () => ({ point: estimate?.difference ?? null, low: bounds('up')[0], high: bounds('down')[1] }),
    seen: control.units + treatment.units,
    needed: () => null,
    method: 'mean',
    question: { calculation: 'verdict', input: { metric: 'mean', stages, ...claim } },
  };
}

export const orderValue: MetricKind<OrderValue> = {
  key: 'order-value',
  summary: 'what units spend within a window after their first exposure',
  fields: ['property', 'cap', 'within'],
  scale: 'difference',
  counted: 'units',
  read: (fields) => ({
    kind: 'order-value',
    property: fields.need('property', 'total').text(100),
    cap: fields.need('cap', '100').number(),
    withinMs: fields.need('within', '20s').durationMs(1, MAX_WINDOW_MS, 'at most 1h'),
  }),
  describe: ({ property, cap }) => `${property} of orders per unit, at most ${cap}`,
  label: () => 'order-value',
  direction: () => 'up',
  windowMs: ({ withinMs }) => withinMs,
  functionOf: () => undefined,
  occurrence: ({ property }) => `an order with a ${property}`,
  compile({ property, cap, withinMs }, { n, judged }) {
    const amount = `JSONExtractFloat(properties, {property${n}:String})`;
    const until = `exposed + toIntervalMillisecond({within${n}:UInt32})`;
    const spent = `least({cap${n}:Float64}, arraySum(order -> if(order.1 >= toDateTime64(exposed, 3, 'UTC') AND order.1 <= ${until}, order.2, 0), orders${n}))`;
    return {
      productEvents: {
        // An order that was received twice is one.
        columns: [`groupUniqArrayIf((ts, ${amount}, message_id), ${EVENT}) AS orders${n}`],
        where: EVENT,
      },
      totals: `[countIf(${judged}), sumIf(${spent}, ${judged}), sumIf(pow(${spent}, 2), ${judged}), countIf(${judged} AND ${spent} != 0)]`,
      parameters: { [`property${n}`]: property, [`cap${n}`]: cap, [`within${n}`]: withinMs },
    };
  },
  weigh: (_, stages, asked) => weigh(stages, asked),
  recent: ({ property, cap }) => ({
    sql: ({ units, environment }) => `SELECT seen.Unit AS unit, now64(3) - {seconds:UInt32} AS first,
        least({cap:Float64}, sum(amount)) AS value
      FROM (SELECT DISTINCT Unit FROM (${units})) AS seen LEFT JOIN (
        SELECT unit, JSONExtractFloat(properties, {property:String}) AS amount FROM ${source(productEvents, environment)}
        WHERE ${EVENT} AND type = 'track' AND day >= toDate(now('UTC') - {seconds:UInt32}) AND ts >= now() - {seconds:UInt32}
      ) AS orders ON seen.Unit = orders.unit GROUP BY seen.Unit`,
    parameters: { property, cap },
  }),
  needed(_, { margin, alpha, share }, recent) {
    const sd = recent?.deviation;
    if (!sd) return null;
    return valuesForMean({ sd, share, alpha, power: PLANNED_POWER, expected: 0, null: margin }).median;
  },
};
