import type { LookView, MetricLook } from '../../../../src/experiments/schema.ts';
import type { EffectScale } from './effect-scale.ts';

/** One metric's confidence sequence over the run, as a chart needs it: on the scale of the axis, open ends clamped to it. */
export interface ConfidenceColumns {
  /** The looks that the columns come from, aligned with them. */
  points: readonly { seconds: number; look: MetricLook }[];
  seconds: number[];
  point: (number | null)[];
  low: number[];
  high: number[];
  /** The effects at the ends of the axis. */
  domain: [number, number];
}

export function confidenceColumns(
  looks: readonly LookView[],
  metric: string,
  margin: number,
  scale: EffectScale,
): ConfidenceColumns {
  const points = looks.flatMap(({ elapsedMs, metrics }) => {
    const look = metrics.find((candidate) => candidate.metric === metric);
    return look === undefined ? [] : [{ seconds: elapsedMs / 1000, look }];
  });
  const domain = scale.domain(
    points.map(({ look }) => look),
    margin,
  );
  const [least, most] = domain;
  const clamp = (value: number) => scale.toAxis(Math.min(most, Math.max(least, value)));
  return {
    points,
    domain,
    seconds: points.map(({ seconds }) => seconds),
    point: points.map(({ look }) => (look.point === null ? null : clamp(look.point))),
    low: points.map(({ look }) => clamp(look.low ?? scale.lowest)),
    high: points.map(({ look }) => clamp(look.high ?? Number.POSITIVE_INFINITY)),
  };
}
